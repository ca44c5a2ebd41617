package import Encodings

/// A moment in UTC, in whole seconds, with one spelling: `2026-11-23T22:00:00Z` (RFC 3339).
///
/// A timestamp in a statement is what the signer wrote. It proves no time.
package struct Timestamp: Hashable, Sendable {
    /// The seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    package let seconds: Int64

    /// The years that a timestamp can spell.
    package static let years: ClosedRange<Int64> = 1970...9999

    // 9999-12-31T23:59:59Z.
    private static let maximumSeconds: Int64 = 253_402_300_799

    /// Makes a timestamp of seconds since 1970; nil before 1970 and after 9999.
    package init?(seconds: Int64) {
        guard (0...Timestamp.maximumSeconds).contains(seconds) else { return nil }
        self.seconds = seconds
    }

    /// Reads the one spelling; nil for any other: no fraction, no offset, no lower case, no leap second.
    package init?(_ text: Text) {
        let bytes = text.utf8
        let template = Array("dddd-dd-ddTdd:dd:ddZ".utf8)
        guard bytes.count == template.count else { return nil }
        for (byte, expected) in zip(bytes, template) {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            guard expected == UInt8(ascii: "d") ? isDigit : byte == expected else { return nil }
        }
        func number(_ range: Range<Int>) -> Int64 {
            bytes[range].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }
        let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
        let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
        guard Timestamp.years.contains(year), (1...12).contains(month),
            day >= 1, day <= Timestamp.dayCount(ofMonth: month, year), hour < 24, minute < 60, second < 60
        else { return nil }
        seconds = Timestamp.dayNumber(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// The one spelling.
    package var text: Text {
        let (year, month, day) = Timestamp.date(ofDay: seconds / 86_400)
        let second = seconds % 86_400
        var output: [UInt8] = []
        func append(_ value: Int64, digits: Int, _ end: UInt8) {
            let number = Array(String(value).utf8)
            output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, digits - number.count)))
            output.append(contentsOf: number)
            output.append(end)
        }
        append(year, digits: 4, UInt8(ascii: "-"))
        append(month, digits: 2, UInt8(ascii: "-"))
        append(day, digits: 2, UInt8(ascii: "T"))
        append(second / 3_600, digits: 2, UInt8(ascii: ":"))
        append(second / 60 % 60, digits: 2, UInt8(ascii: ":"))
        append(second % 60, digits: 2, UInt8(ascii: "Z"))
        return Text(String(decoding: output, as: UTF8.self))
    }

    private static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func dayCount(ofMonth month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The days from 1970-01-01 to the first of January of `year`.
    private static func dayNumber(ofYear year: Int64) -> Int64 {
        let before = year - 1
        return 365 * (year - 1970) + (before / 4 - before / 100 + before / 400) - 477
    }

    private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        (1..<month).reduce(dayNumber(ofYear: year) + day - 1) { $0 + dayCount(ofMonth: $1, year) }
    }

    private static func date(ofDay dayNumber: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // 146,097 days are 400 years of the civil calendar; the guess is at most one year off.
        var year = 1970 + dayNumber * 400 / 146_097
        while Timestamp.dayNumber(ofYear: year) > dayNumber { year -= 1 }
        while Timestamp.dayNumber(ofYear: year + 1) <= dayNumber { year += 1 }
        var day = dayNumber - Timestamp.dayNumber(ofYear: year) + 1
        var month: Int64 = 1
        while day > dayCount(ofMonth: month, year) {
            day -= dayCount(ofMonth: month, year)
            month += 1
        }
        return (year, month, day)
    }
}

extension Timestamp: Comparable {
    /// Orders timestamps in time.
    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }
}

extension Timestamp: CustomStringConvertible {
    /// The one spelling.
    package var description: String { text.string }
}
