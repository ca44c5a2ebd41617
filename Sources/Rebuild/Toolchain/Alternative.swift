import DirectorySource
import Encodings

/// A name that several packages offer, as `cc`: the links and choices of update-alternatives(1).
struct Alternative {
    /// A link that is made, by way of `/etc/alternatives`.
    struct Link: Hashable {
        /// The name in `/etc/alternatives`.
        let name: [UInt8]
        /// Where the link stands.
        let path: [UInt8]
        /// Where it leads.
        let target: [UInt8]
    }

    /// What the name can stand for.
    struct Choice {
        let priority: Int
        /// The link of the name itself.
        let link: Link
        /// Links that go with it.
        let slaves: [Link]
        /// What it leads to.
        var target: [UInt8] { link.target }
    }

    /// The choices.
    let choices: [Choice]

    /// The alternatives of this machine, ordered by name.
    static func all(in folder: String = "/var/lib/dpkg/alternatives") -> [Alternative] {
        let names = (try? TreeDescriptor.directory(Array(folder.utf8)).list(ceiling: 100_000)).flatMap(\.self) ?? []
        return names.compactMap { name in
            let path = Array(folder.utf8) + [UInt8(ascii: "/")] + name
            return (try? BoundedFile.read(path, ceiling: 1 << 20)).map { Alternative(parsing: $0, name: name) }
        }
    }

    /// Reads one file of update-alternatives: the state, the link, pairs of name and link of what goes with it, an empty
    /// line; then of every choice its path, its priority, and a path for each of those pairs.
    init(parsing bytes: [UInt8], name: [UInt8]) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)[...]
        lines = lines.dropFirst()
        guard let path = lines.popFirst() else {
            choices = []
            return
        }
        var slaves: [(name: [UInt8], path: [UInt8])] = []
        while let slave = lines.popFirst(), !slave.isEmpty, let path = lines.popFirst() { slaves.append((slave, path)) }
        var found: [Choice] = []
        while let target = lines.popFirst(), !target.isEmpty, let number = lines.popFirst(),
            let priority = Int(String(decoding: number, as: UTF8.self)), lines.count >= slaves.count
        {
            let targets = lines.prefix(slaves.count)
            lines = lines.dropFirst(slaves.count)
            let links = zip(slaves, targets).filter { !$0.1.isEmpty }.map { slave, target in
                Link(name: slave.name, path: slave.path, target: target)
            }
            found.append(
                Choice(priority: priority, link: Link(name: name, path: path, target: target), slaves: links)
            )
        }
        choices = found
    }
}
