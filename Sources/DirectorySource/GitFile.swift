import Encodings

/// A `.git` file: one line that says where the repository lies (gitrepository-layout(5), "gitfile").
enum GitFile {
    /// The longest that is one: `gitdir: `, a path and LF, in bytes.
    static let maximumByteCount = 8 + TreePath.maximumByteCount + 1

    /// Whether `content` is `gitdir: `, a path, and LF or nothing, and so hides no more than a path.
    static func isOne(_ content: ArraySlice<UInt8>) -> Bool {
        guard content.count <= maximumByteCount, content.starts(with: "gitdir: ".utf8) else { return false }
        let path = content.dropFirst(8)
        let line = path.last == UInt8(ascii: "\n") ? path.dropLast() : path
        return (1...TreePath.maximumByteCount).contains(line.count)
            && !line.contains { $0 == 0 || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    }
}
