import Encodings
import Verification

/// Where a file that is not part of a release often comes from.
enum UnrecordedFile {
    /// The likely origin, by name alone; nil when the name tells nothing.
    static func origin(of path: TreePath) -> String? {
        let components = path.bytes.split(separator: UInt8(ascii: "/"))
        guard let name = components.last else { return nil }
        if isOne(of: evidenceNames, name) {
            return "perhaps evidence kept inside the source: keep it elsewhere, or judge the commit alone (--rev HEAD)"
        }
        if components.dropLast().contains(where: { isOne(of: buildDirectories, $0) })
            || buildSuffixes.contains(where: { ends(name, with: $0) })
        {
            return "perhaps left by a build"
        }
        if components.contains(where: { isOne(of: editorNames, $0) })
            || editorSuffixes.contains(where: { ends(name, with: $0) })
        {
            return "perhaps left by an editor, a merge or an operating system"
        }
        return nil
    }

    private static let evidenceNames = ["source.manifest", "attestations.intoto.jsonl", "source.tlog-proof"]
    private static let buildDirectories = [
        ".build", "build", "_build", "out", "target", "dist", "node_modules", "__pycache__", "CMakeFiles",
    ]
    private static let buildSuffixes = [".o", ".a", ".so", ".pyc", ".class", ".obj", ".d", ".gcno", ".gcda"]
    private static let editorNames = [".DS_Store", "Thumbs.db", "desktop.ini", ".idea", ".vscode", "__MACOSX"]
    private static let editorSuffixes = ["~", ".swp", ".orig", ".rej", ".bak"]

    private static func isOne(of names: [String], _ component: ArraySlice<UInt8>) -> Bool {
        names.contains { component.elementsEqual($0.utf8) }
    }

    private static func ends(_ name: ArraySlice<UInt8>, with suffix: String) -> Bool {
        name.count > suffix.utf8.count && name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
}
