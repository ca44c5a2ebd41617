package import Encodings

/// A Git LFS pointer: a small text that stands in a tree for content kept elsewhere.
///
/// <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>. That the content exists, or is what the pointer
/// says, is not proven by it.
package struct LFSPointer: Hashable, Sendable {
    /// A pointer is smaller than this, in bytes.
    package static let sizeLimit = 1024

    /// The SHA-256 of the content.
    package let oid: Digest
    /// The size of the content, in bytes.
    package let size: UInt64

    /// Reads `content` as a pointer; nil unless it is one in its canonical spelling.
    ///
    /// `key SP value LF` lines, `version` first, then the other keys in order, `oid` and `size` among them.
    package init?(_ content: some Collection<UInt8>) {
        guard content.count < LFSPointer.sizeLimit, content.starts(with: LFSPointer.firstLine),
            let lines = LFSPointer.lines(content.dropFirst(LFSPointer.firstLine.count))
        else { return nil }
        var previous: [UInt8] = []
        var oid: Digest?
        var size: UInt64?
        for (key, value) in lines {
            guard previous.lexicographicallyPrecedes(key) else { return nil }
            previous = key
            if key == Array("oid".utf8) { oid = LFSPointer.oid(value) }
            if key == Array("size".utf8) { size = LFSPointer.size(value) }
        }
        guard let oid, let size else { return nil }
        self.oid = oid
        self.size = size
    }

    private static let firstLine = Array("version https://git-lfs.github.com/spec/v1\n".utf8)

    private static func lines(_ text: some Collection<UInt8>) -> [(key: [UInt8], value: [UInt8])]? {
        var lines: [(key: [UInt8], value: [UInt8])] = []
        var rest = text[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end]
            guard let space = line.firstIndex(of: UInt8(ascii: " ")), space > line.startIndex,
                line[..<space].allSatisfy(isKeyByte)
            else { return nil }
            lines.append((key: Array(line[..<space]), value: Array(line[space...].dropFirst())))
            rest = rest[end...].dropFirst()
        }
        return rest.isEmpty ? lines : nil
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func oid(_ value: [UInt8]) -> Digest? {
        guard value.starts(with: "sha256:".utf8) else { return nil }
        return Digest(hex: value.dropFirst(7))
    }

    private static func size(_ value: [UInt8]) -> UInt64? {
        let text = String(decoding: value, as: UTF8.self)
        guard let size = UInt64(text), Array(String(size).utf8) == value else { return nil }
        return size
    }
}
