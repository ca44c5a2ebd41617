/// Base64 of RFC 4648 section 4, with padding and with one spelling a value.
package enum Base64 {
    /// The padded text of `bytes`.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var output: [UInt8] = []
        var group: UInt32 = 0
        var held = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            if held == 3 {
                append(group, digits: 4, to: &output)
                group = 0
                held = 0
            }
        }
        if held > 0 {
            append(group << UInt32(8 * (3 - held)), digits: held + 1, to: &output)
            for _ in held..<3 {
                output.append(UInt8(ascii: "="))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes that `text` spells.
    ///
    /// Nil for anything but the text that ``encode(_:)`` gives for those bytes: no line breaks, no missing or
    /// spare padding, no bits set beyond the last byte (RFC 4648 section 3.5), not the URL-safe alphabet.
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var digits = 0
        var padding = 0
        for character in text {
            if character == UInt8(ascii: "=") {
                padding += 1
                group <<= 6
            } else {
                guard padding == 0, let value = value(of: character) else { return nil }
                group = group << 6 | UInt32(value)
            }
            digits += 1
            if digits == 4 {
                guard padding <= 2, group & spareBits(padding) == 0 else { return nil }
                for index in 0..<3 - padding {
                    output.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * index)))
                }
                // Padding may stand in the last group only.
                if padding > 0 { return output.count == text.count / 4 * 3 - padding ? output : nil }
                group = 0
                digits = 0
            }
        }
        return output
    }

    /// The bytes that `text` spells; nil for a spelling that is not the canonical one.
    package static func decode(_ text: Text) -> [UInt8]? {
        decode(text.utf8)
    }

    private static func spareBits(_ padding: Int) -> UInt32 {
        switch padding {
        case 1: 0xFF
        case 2: 0xFFFF
        default: 0
        }
    }

    private static func append(_ group: UInt32, digits: Int, to output: inout [UInt8]) {
        for index in 0..<digits {
            output.append(character(UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * index)) & 0x3F))
        }
    }

    private static func character(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
