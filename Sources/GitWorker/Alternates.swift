/// The object directories that a repository borrows from (gitrepository-layout, "objects/info/alternates").
///
/// Borrowed objects are as good as own ones, since every object is checked against its id; that there are any
/// is reported by the parent.
enum Alternates {
    /// git follows alternates of alternates five levels deep.
    private static let maximumDepth = 5
    private static let maximumByteCount = 1 << 16

    /// `objects` and, behind it, every directory that it borrows from.
    static func objectDirectories(of objects: [UInt8]) -> [[UInt8]] {
        var directories = [objects]
        var level = [objects]
        for _ in 0..<maximumDepth where !level.isEmpty && directories.count < 64 {
            let next = level.flatMap(borrowed(by:)).filter { !directories.contains($0) }
            directories += next
            level = next
        }
        return directories
    }

    private static func borrowed(by directory: [UInt8]) -> [[UInt8]] {
        let path = directory + Array("/info/alternates".utf8)
        let content = FileSystem.content(of: path, limit: maximumByteCount) ?? []
        let lines = content.split(separator: UInt8(ascii: "\n")).filter { $0.first != UInt8(ascii: "#") }
        return lines.map { line in
            line.first == UInt8(ascii: "/") ? Array(line) : directory + [UInt8(ascii: "/")] + line
        }
    }
}
