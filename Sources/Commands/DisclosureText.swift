import Disclosures
import Encodings
import SourceManifest

/// What a disclosure shows, as lines for people.
enum DisclosureText {
    /// The entries and absences that were proven; nothing where nothing was.
    static func text(_ disclosure: Disclosure?) -> String {
        guard let disclosure else { return "" }
        var lines = ["", "proven:"]
        for item in disclosure.items {
            switch item {
            case .file(let item): lines.append(line(item.entry))
            case .openedLeaf(let item): lines.append(line(item.entry))
            case .directory(let item):
                lines.append("  directory \(item.path.escaped), complete with \(item.stretch.entries.count) entries")
                lines += item.stretch.entries.map(line)
            case .absent(let item): lines.append("  absent \(item.path.escaped)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ entry: Entry) -> String {
        "  \(entry.mode.digits) \(entry.size) \(entry.digest.hex) \(entry.path.escaped)"
    }
}
