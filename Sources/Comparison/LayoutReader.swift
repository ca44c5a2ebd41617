/// Reads the fields and tables of a binary format, never behind the end and never much at once.
struct LayoutReader<Source: RandomAccessBytes> {
    /// The file, or the part of one that the format describes.
    let source: Source
    /// The name of the format, for errors.
    let format: String
    /// Whether numbers have their highest byte first.
    var isBigEndian = false

    /// Reads `source` as a file of `format`.
    init(_ source: Source, format: String, isBigEndian: Bool = false) {
        self.source = source
        self.format = format
        self.isBigEndian = isBigEndian
    }

    /// The number of bytes there are.
    var count: UInt64 { source.count }

    /// An error of the format at `offset`, or at the end where that is nearer.
    func malformed(_ reason: String, at offset: UInt64) -> MalformedLayout {
        MalformedLayout(format, reason, at: min(offset, count))
    }

    /// The bytes from `offset` on; throws ``MalformedLayout`` where they are not all there.
    func range(_ offset: UInt64, _ size: UInt64, _ what: @autoclosure () -> String) throws -> Range<UInt64> {
        let (end, overflows) = offset.addingReportingOverflow(size)
        guard !overflows, end <= count else {
            throw malformed("\(what()) reaches behind the end of the file", at: offset)
        }
        return offset..<end
    }

    /// The range of a table of `entries` entries of `size` bytes.
    func table(
        _ offset: UInt64,
        _ entries: UInt64,
        of size: Int,
        _ what: @autoclosure () -> String
    ) throws -> Range<UInt64> {
        let (total, overflows) = entries.multipliedReportingOverflow(by: UInt64(size))
        guard !overflows else { throw malformed("\(what()) reaches behind the end of the file", at: offset) }
        return try range(offset, total, what())
    }

    /// The bytes of `range`, which must not be many.
    func bytes(_ range: Range<UInt64>) throws -> [UInt8] {
        let read = try source.bytes(range)
        // A file that shrinks while it is read.
        guard read.count == range.upperBound - range.lowerBound else {
            throw malformed("the file ends too early", at: range.lowerBound)
        }
        return read
    }

    /// A structure of `size` bytes at `offset`.
    func fields(at offset: UInt64, _ size: Int, _ what: @autoclosure () -> String) throws -> BinaryFields {
        let read = try bytes(try range(offset, UInt64(size), what()))
        return BinaryFields(read[...], isBigEndian: isBigEndian)
    }

    /// Passes each entry of the table in `range`, of `size` bytes each, to `body`, until `body` returns false.
    func forEachEntry(
        in range: Range<UInt64>,
        of size: Int,
        _ body: (Int, BinaryFields) throws -> Bool
    ) throws {
        let step = UInt64(max(1, 65536 / size) * size)
        var start = range.lowerBound
        var index = 0
        while start < range.upperBound {
            let piece = try bytes(start..<start + min(step, range.upperBound - start))
            for first in stride(from: 0, through: piece.count - size, by: size) {
                let entry = BinaryFields(piece[first..<first + size], isBigEndian: isBigEndian)
                guard try body(index, entry) else { return }
                index += 1
            }
            start += UInt64(piece.count)
        }
    }

    /// Whether every byte of `range` is zero; reads in pieces.
    func isZero(_ range: Range<UInt64>) throws -> Bool {
        var start = range.lowerBound
        while start < range.upperBound {
            let piece = try bytes(start..<start + min(65536, range.upperBound - start))
            guard piece.allSatisfy({ $0 == 0 }) else { return false }
            start += UInt64(piece.count)
        }
        return true
    }
}

/// The numbers of a structure that was read as a whole.
struct BinaryFields {
    /// The structure.
    let bytes: ArraySlice<UInt8>
    private let isBigEndian: Bool

    /// Takes the structure as it was read.
    init(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) {
        self.bytes = bytes
        self.isBigEndian = isBigEndian
    }

    /// The byte at `offset`.
    func u8(_ offset: Int) -> UInt8 { UInt8(truncatingIfNeeded: number(offset, 1)) }

    /// The two bytes at `offset`.
    func u16(_ offset: Int) -> UInt16 { UInt16(truncatingIfNeeded: number(offset, 2)) }

    /// The four bytes at `offset`.
    func u32(_ offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: number(offset, 4)) }

    /// The four bytes at `offset`, for an offset or a size in a file.
    func offset32(_ offset: Int) -> UInt64 { number(offset, 4) }

    /// The eight bytes at `offset`.
    func u64(_ offset: Int) -> UInt64 { number(offset, 8) }

    /// The `count` bytes at `offset`, up to the first zero byte.
    func name(_ offset: Int, _ count: Int) -> ArraySlice<UInt8> {
        bytes.dropFirst(offset).prefix(count).prefix { $0 != 0 }
    }

    /// An offset that is not within the structure is a mistake of the caller, whatever the file is.
    private func number(_ offset: Int, _ size: Int) -> UInt64 {
        assert(offset >= 0 && offset + size <= bytes.count)
        guard offset >= 0, offset + size <= bytes.count else { return 0 }
        let start = bytes.startIndex + offset
        var value: UInt64 = 0
        for index in 0..<size {
            value = value << 8 | UInt64(bytes[isBigEndian ? start + index : start + size - 1 - index])
        }
        return value
    }
}
