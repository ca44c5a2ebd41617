import Encodings

/// Where the parts of an entry's line stand, and their values, but for the path.
struct EntryLine {
    let mode: FileMode
    let size: UInt64
    let digest: Digest
    /// Where the escaped path starts.
    let pathStart: Int

    /// The most bytes that an entry's line takes, LF included.
    static func maximumByteCount(pathByteCount: Int) -> Int {
        6 + 1 + 20 + 1 + 64 + 1 + 3 * pathByteCount + 1
    }

    /// Reads mode, size and digest of the line that starts at `start`.
    init(_ bytes: Span<UInt8>, at start: Int) throws(MalformedManifest.Reason) {
        guard let mode = EntryLine.mode(bytes, at: start) else { throw .mode }
        var place = start + 7
        guard let size = EntryLine.size(bytes, at: &place) else { throw .size }
        guard let digest = EntryLine.digest(bytes, at: place, before: UInt8(ascii: " ")) else { throw .digest }
        guard mode != .submodule || size == 40 else { throw .submoduleSize }
        self.mode = mode
        self.size = size
        self.digest = digest
        pathStart = place + 65
    }

    private static func mode(_ bytes: Span<UInt8>, at start: Int) -> FileMode? {
        guard bytes.count - start >= 7, bytes[start + 6] == UInt8(ascii: " ") else { return nil }
        var octal: UInt32 = 0
        for place in start..<start + 6 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(bytes[place]) else { return nil }
            octal = octal << 3 | UInt32(bytes[place] - UInt8(ascii: "0"))
        }
        return FileMode(octal: octal)
    }

    private static func size(_ bytes: Span<UInt8>, at place: inout Int) -> UInt64? {
        let start = place
        var size: UInt64 = 0
        while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
            let (tens, isTooLarge) = size.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = tens.addingReportingOverflow(UInt64(bytes[place] - UInt8(ascii: "0")))
            guard !isTooLarge, !overflows else { return nil }
            size = sum
            place += 1
        }
        // One spelling a number: no leading zero.
        guard place > start, bytes[start] != UInt8(ascii: "0") || place == start + 1 else { return nil }
        guard place < bytes.count, bytes[place] == UInt8(ascii: " ") else { return nil }
        place += 1
        return size
    }

    /// The digest whose 64 digits stand at `start`, and the byte `end` after them; nil for anything else.
    static func digest(_ bytes: Span<UInt8>, at start: Int, before end: UInt8) -> Digest? {
        guard bytes.count - start >= 65, bytes[start + 64] == end else { return nil }
        var decoded = InlineArray<32, UInt8>(repeating: 0)
        for index in 0..<32 {
            guard let high = value(of: bytes[start + 2 * index]), let low = value(of: bytes[start + 2 * index + 1])
            else { return nil }
            decoded[index] = high << 4 | low
        }
        return Digest(decoded.span)
    }

    // As `Hex.value(of:)`, here to be inlined.
    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension EntryLine {
    /// Writes an entry's line with its LF at `start`, where there is room for it, and says where it ends.
    static func write(
        _ mode: FileMode,
        _ size: UInt64,
        _ digest: Digest,
        _ path: Span<UInt8>,
        into bytes: inout MutableSpan<UInt8>,
        at start: Int
    ) -> Int {
        var place = start
        for shift in stride(from: UInt32(15), through: 0, by: -3) {
            bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: mode.octal >> shift & 7)
            place += 1
        }
        bytes[place] = UInt8(ascii: " ")
        place += 1
        write(size, into: &bytes, at: &place)
        bytes[place] = UInt8(ascii: " ")
        place += 1
        digest.copyHex(into: &bytes, at: place)
        place += 64
        bytes[place] = UInt8(ascii: " ")
        place += 1
        writeEscaped(path, into: &bytes, at: &place)
        bytes[place] = UInt8(ascii: "\n")
        return place + 1
    }

    private static func write(_ number: UInt64, into bytes: inout MutableSpan<UInt8>, at place: inout Int) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var count = 0
        var rest = number
        repeat {
            digits[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            count += 1
        } while rest > 0
        while count > 0 {
            count -= 1
            bytes[place] = digits[count]
            place += 1
        }
    }

    private static func writeEscaped(
        _ path: Span<UInt8>,
        into bytes: inout MutableSpan<UInt8>,
        at place: inout Int
    ) {
        for index in 0..<path.count {
            let byte = path[index]
            if isPlain(byte) {
                bytes[place] = byte
                place += 1
            } else {
                bytes[place] = UInt8(ascii: "%")
                bytes[place + 1] = upperDigit(byte >> 4)
                bytes[place + 2] = upperDigit(byte & 0x0F)
                place += 3
            }
        }
    }

    // As `TreePath.isPlain`, here to be inlined.
    static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%")
    }

    private static func upperDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
