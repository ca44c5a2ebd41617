import Encodings

/// Reads the raw bytes of an escaped path one by one, without a copy.
struct EscapedPath {
    private var place: Int
    private let end: Int

    /// Reads what stands in `range`.
    init(_ range: Range<Int>) {
        place = range.lowerBound
        end = range.upperBound
    }

    /// The next raw byte of a spelling that was checked; nil at its end.
    mutating func next(in bytes: Span<UInt8>) -> UInt8? {
        guard place < end else { return nil }
        let byte = bytes[place]
        guard byte == UInt8(ascii: "%"), end - place >= 3 else {
            place += 1
            return byte
        }
        place += 3
        return EscapedPath.value(of: bytes[place - 2]) << 4 | EscapedPath.value(of: bytes[place - 1])
    }

    /// Reads an escaped path that starts at `place` and ends before the next LF, into `raw`.
    ///
    /// - Returns: the number of raw bytes; `place` is then that of the LF.
    static func read(
        _ bytes: Span<UInt8>,
        at place: inout Int,
        into raw: inout MutableSpan<UInt8>
    ) throws(MalformedManifest.Reason) -> Int {
        var count = 0
        while place < bytes.count, bytes[place] != UInt8(ascii: "\n") {
            var byte = bytes[place]
            if !EntryLine.isPlain(byte) {
                guard byte == UInt8(ascii: "%"), bytes.count - place >= 3, isUpperDigit(bytes[place + 1]),
                    isUpperDigit(bytes[place + 2])
                else { throw .path(.notCanonicalEscape) }
                byte = value(of: bytes[place + 1]) << 4 | value(of: bytes[place + 2])
                guard !EntryLine.isPlain(byte) else { throw .path(.notCanonicalEscape) }
                place += 2
            }
            guard count < raw.count else { throw .path(.tooLong) }
            raw[count] = byte
            count += 1
            place += 1
        }
        guard place < bytes.count else { throw .unterminatedLine }
        return count
    }

    private static func isUpperDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    private static func value(of digit: UInt8) -> UInt8 {
        digit < UInt8(ascii: "A") ? digit &- UInt8(ascii: "0") : digit &- UInt8(ascii: "A") &+ 10
    }
}
