package import Encodings

/// The kind of a git object, spelled as in its header.
package enum GitObjectKind: String, Sendable, CaseIterable {
    /// A commit.
    case commit
    /// A directory.
    case tree
    /// The content of a file.
    case blob
    /// An annotated tag.
    case tag
}

/// The 20 bytes of git's name for an object.
///
/// An id is as strong as SHA-1; what Vitrine promises rests on SHA-256 of the same bytes.
package struct GitObjectID: Hashable, Sendable {
    /// The length of an id, in bytes.
    package static let byteCount = 20

    // Big-endian words: comparing words compares bytes.
    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt32

    /// Makes an id of a span; nil unless it holds exactly 20 bytes.
    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == GitObjectID.byteCount else { return nil }
        word0 = UInt64(GitObjectID.word(bytes, at: 0)) << 32 | UInt64(GitObjectID.word(bytes, at: 4))
        word1 = UInt64(GitObjectID.word(bytes, at: 8)) << 32 | UInt64(GitObjectID.word(bytes, at: 12))
        word2 = GitObjectID.word(bytes, at: 16)
    }

    /// Makes an id of an array; nil unless it holds exactly 20 bytes.
    package init?(_ bytes: [UInt8]) {
        self.init(bytes.span)
    }

    /// Makes an id of its one spelling, 40 lower-case hexadecimal digits; nil for any other.
    package init?(hex: some Collection<UInt8>) {
        guard hex.count == 2 * GitObjectID.byteCount, let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    /// Makes an id of its one spelling as text; nil for any other.
    package init?(hex: Text) {
        self.init(hex: hex.utf8)
    }

    /// The id of an object; where there are many, use one ``SHA1`` and its `objectID(of:content:)`.
    package init(of kind: GitObjectKind, content: [UInt8]) {
        var function = SHA1()
        self = function.objectID(of: kind, content: content.span)
    }

    /// The first eight bytes as a big-endian number: ids sort by it first.
    package var leadingWord: UInt64 { word0 }

    /// The byte at `index`, 0 to 19.
    package subscript(index: Int) -> UInt8 {
        switch index >> 3 {
        case 0: UInt8(truncatingIfNeeded: word0 >> UInt64(56 - 8 * (index & 7)))
        case 1: UInt8(truncatingIfNeeded: word1 >> UInt64(56 - 8 * (index & 7)))
        default: UInt8(truncatingIfNeeded: word2 >> UInt32(24 - 8 * (index & 3)))
        }
    }

    /// The 20 bytes.
    package var bytes: [UInt8] {
        (0..<GitObjectID.byteCount).map { self[$0] }
    }

    /// The 40 lower-case hexadecimal digits.
    package var hex: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * GitObjectID.byteCount)
        appendHex(to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }

    /// Appends the 40 hexadecimal digits to `output`.
    package func appendHex(to output: inout [UInt8]) {
        for index in 0..<GitObjectID.byteCount {
            Hex.append(self[index], to: &output)
        }
    }

    private static func word(_ bytes: Span<UInt8>, at offset: Int) -> UInt32 {
        // Spelled out: a loop here was a tenth of the time of finding a million objects in a pack.
        let high = UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16
        return high | UInt32(bytes[offset + 2]) << 8 | UInt32(bytes[offset + 3])
    }
}

extension GitObjectID: Comparable {
    /// Orders ids by their bytes.
    package static func < (left: GitObjectID, right: GitObjectID) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        return left.word2 < right.word2
    }
}
