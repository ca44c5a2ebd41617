/// A text as the UTF-8 bytes it is.
///
/// Two texts are equal when their bytes are. `String` calls different bytes equal when Unicode does
/// (`é` as one scalar or as two, the Kelvin sign and `K`), which would let one name stand for another.
package struct Text: Hashable, Sendable {
    /// The bytes; always well-formed UTF-8.
    package let utf8: [UInt8]

    /// Makes a text of `string`.
    package init(_ string: String) {
        utf8 = Array(string.utf8)
    }

    /// Makes a text of bytes; nil unless they are well-formed UTF-8 (Unicode 15, table 3-7).
    package init?(utf8 bytes: [UInt8]) {
        guard Text.isWellFormed(bytes.span) else { return nil }
        utf8 = bytes
    }

    /// The text for people: to be shown, never to be compared.
    package var string: String {
        String(decoding: utf8, as: UTF8.self)
    }

    /// Whether `bytes` are well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
    package static func isWellFormed(_ bytes: Span<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            let length = sequenceLength(bytes, at: index)
            guard length > 0 else { return false }
            index += length
        }
        return true
    }

    /// The length of the UTF-8 sequence at `index`; 0 where there is no well-formed one.
    private static func sequenceLength(_ bytes: Span<UInt8>, at index: Int) -> Int {
        let first = bytes[index]
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0x00...0x7F: (1, 0x80...0xBF)
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0x80...0xBF)
            }
        guard length > 0, index + length <= bytes.count else { return 0 }
        for offset in 1..<max(length, 1) {
            let allowed = offset == 1 ? second : 0x80...0xBF
            guard allowed.contains(bytes[index + offset]) else { return 0 }
        }
        return length
    }
}

extension Text: ExpressibleByStringLiteral {
    /// Makes a text of a literal.
    package init(stringLiteral value: String) {
        self.init(value)
    }
}

extension Text: Comparable {
    /// Orders texts by their bytes.
    package static func < (left: Text, right: Text) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension Text: CustomStringConvertible {
    /// The text for people.
    package var description: String { string }
}
