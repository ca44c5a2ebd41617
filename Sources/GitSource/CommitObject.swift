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

    /// The seconds since 1970 of the one `committer` line, `committer NAME <MAIL> SECONDS ZONE`; nil without such a line.
    static func committerTime(of content: [UInt8]) -> Int64? {
        let lines = ObjectHeaders.lines(of: content).filter { $0.starts(with: "committer ".utf8) }
        guard lines.count == 1, let line = lines.first else { return nil }
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count >= 3 else { return nil }
        let digits = words[words.count - 2]
        guard (1...12).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
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
