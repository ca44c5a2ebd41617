import DirectorySource
import Encodings
import GitWorker

/// The parts of a `.gitmodules` file that say where a submodule's repository lies (gitmodules(5)).
///
/// A wrong answer can only lead to a repository that lacks the commit: commits are named by their content.
struct SubmoduleSettings {
    /// Names by path.
    private var names: [[UInt8]: [UInt8]] = [:]

    /// Reads `[submodule "name"]` sections with a `path`; anything else is passed over.
    init(_ content: [UInt8]) {
        var name: [UInt8]?
        for rawLine in content.split(separator: UInt8(ascii: "\n")) {
            let line = SubmoduleSettings.trimmed(rawLine)
            if line.first == UInt8(ascii: "[") {
                name = SubmoduleSettings.sectionName(line)
            } else if let name, let equals = line.firstIndex(of: UInt8(ascii: "=")),
                SubmoduleSettings.trimmed(line[..<equals]).elementsEqual("path".utf8)
            {
                names[Array(SubmoduleSettings.trimmed(line[(equals + 1)...]))] = name
            }
        }
    }

    /// Where the repository of the submodule at `path` may lie, the likeliest first.
    func repositories(of path: [UInt8], in places: RepositoryPlaces) -> [[UInt8]] {
        var repositories: [[UInt8]] = []
        if !places.workTree.isEmpty { repositories.append(places.workTree + path) }
        // A name is a path below `modules`; one that leads out of it is not followed.
        let name = names[path] ?? path
        if (try? TreePath(name)) != nil {
            for directory in [places.gitDirectory, places.commonDirectory] {
                let place = directory + Array("modules/".utf8) + name
                if !repositories.contains(place) { repositories.append(place) }
            }
        }
        return repositories
    }

    private static func sectionName(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        let prefix = Array("[submodule \"".utf8)
        guard line.starts(with: prefix), line.suffix(2).elementsEqual("\"]".utf8),
            line.count > prefix.count + 2
        else { return nil }
        return Array(line.dropFirst(prefix.count).dropLast(2))
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
        let start = line.drop(while: isSpace)
        return start.prefix((start.lastIndex { !isSpace($0) }.map { $0 + 1 - start.startIndex }) ?? 0)
    }
}

/// How many submodule repositories one reading opens, over all depths: each costs a process.
///
/// Beyond it submodules stay unresolved, which a verdict shows as gaps.
final class SubmoduleBudget {
    /// Which part of what any repository may cost a submodule may.
    static let share: UInt8 = 128
    private var remaining = 200

    /// Takes one; false when there is none left.
    func take() -> Bool {
        remaining -= 1
        return remaining >= 0
    }
}

/// A place where a submodule's repository may lie.
enum SubmodulePlace {
    /// Whether something there looks like a repository, asked without starting a process.
    static func isRepository(_ place: [UInt8]) -> Bool {
        ["/HEAD", "/.git"].contains { name in
            do throws(DescriptorError) {
                _ = try FileDescriptor.open(place + Array(name.utf8), for: .reading)
                return true
            } catch {
                return false
            }
        }
    }
}

extension TreeGraph {
    /// The submodule entries, each at every path where it stands, with its link number.
    func linkPaths() -> [(path: [UInt8], link: Int)] {
        var found: [(path: [UInt8], link: Int)] = []
        for tree in trees.indices {
            for entry in entries(of: tree) where entry.mode == .submodule {
                let directory = path(of: tree)
                let separator = directory.isEmpty ? [] : [UInt8(ascii: "/")]
                found.append((directory + separator + name(of: entry), Int(entry.target)))
            }
        }
        return found
    }

    /// The blobs of files with this name, each once, in the whole source or in its root directory.
    func blobs(named name: [UInt8], rootOnly: Bool) -> [Int] {
        var found: Set<Int> = []
        for tree in rootOnly ? 0..<1 : trees.indices {
            for entry in entries(of: tree) where entry.mode.isBlob && self.name(of: entry).elementsEqual(name) {
                found.insert(Int(entry.target))
            }
        }
        return found.sorted()
    }
}
