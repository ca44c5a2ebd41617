/// Numbers in the fixed fields of headers; nil where a field has no such spelling.
enum FixedField {
    /// The number that `length` bytes at `offset` give, the lowest byte first.
    static func littleEndian(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> UInt64 {
        var value: UInt64 = 0
        var index = offset + length
        while index > offset {
            index -= 1
            value = value << 8 | UInt64(bytes[index])
        }
        return value
    }

    /// The number that `length` bytes at `offset` give, the highest byte first.
    static func bigEndian(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in offset..<offset + length {
            value = value << 8 | UInt64(bytes[index])
        }
        return value
    }

    /// Digits of `base` (at most 16) that fill `range`; letters of both cases.
    static func digits(_ bytes: [UInt8], _ range: Range<Int>, base: UInt64) -> UInt64? {
        guard !range.isEmpty else { return nil }
        var value: UInt64 = 0
        for index in range {
            let digit: UInt64
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(bytes[index] - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt64(bytes[index] - UInt8(ascii: "a")) + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = UInt64(bytes[index] - UInt8(ascii: "A")) + 10
            default: return nil
            }
            guard digit < base else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: base)
            let (sum, carry) = product.addingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    /// Digits of `base` at the start of `range`, the rest spaces; an empty optional inside is a blank field.
    static func padded(_ bytes: [UInt8], _ range: Range<Int>, base: UInt64) -> UInt64?? {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        guard end > range.lowerBound else { return .some(nil) }
        guard let value = digits(bytes, range.lowerBound..<end, base: base) else { return nil }
        return .some(value)
    }

    /// The bytes of `range` before its first NUL.
    static func text(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
        var end = range.lowerBound
        while end < range.upperBound, bytes[end] != 0 { end += 1 }
        return Array(bytes[range.lowerBound..<end])
    }
}
