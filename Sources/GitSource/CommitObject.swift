import Digests

/// The tree that a commit names, read from the commit's raw bytes.
enum CommitObject {
    /// The tree; nil unless the first line, and no other header line, names one.
    static func tree(of content: [UInt8]) -> GitObjectID? {
        let prefix = Array("tree ".utf8)
        let headers = ObjectHeaders.lines(of: content)
        guard let first = headers.first, first.starts(with: prefix),
            !headers.dropFirst().contains(where: { $0.starts(with: prefix) })
        else { return nil }
        return GitObjectID(hex: first.dropFirst(prefix.count))
    }
}

/// What an annotated tag names, read from the tag's raw bytes.
struct TagObject {
    let object: GitObjectID
    let kind: GitObjectKind
    let name: [UInt8]

    /// Reads the first three lines: `object`, `type`, `tag`; nil when they are not there.
    init?(_ content: [UInt8]) {
        let headers = ObjectHeaders.lines(of: content)
        guard headers.count >= 3, let object = TagObject.value("object ", of: headers[0]),
            let type = TagObject.value("type ", of: headers[1]), let name = TagObject.value("tag ", of: headers[2]),
            let id = GitObjectID(hex: object), let kind = GitObjectKind(rawValue: String(decoding: type, as: UTF8.self))
        else { return nil }
        self.object = id
        self.kind = kind
        self.name = Array(name)
    }

    private static func value(_ key: String, of line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        line.starts(with: key.utf8) ? line.dropFirst(key.utf8.count) : nil
    }
}

private enum ObjectHeaders {
    /// The lines before the first empty one.
    static func lines(of content: [UInt8]) -> [ArraySlice<UInt8>] {
        Array(
            content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).prefix { !$0.isEmpty }
        )
    }
}
