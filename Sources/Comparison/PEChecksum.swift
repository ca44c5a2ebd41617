/// The checksum of a PE image, which Windows checks for drivers and boot files.
enum PEChecksum {
    /// Whether the four bytes at `field` are zero, or the sum of all the others.
    ///
    /// Any other value would be four bytes that nothing explains, and not a checksum.
    static func isRightOrAbsent(_ reader: LayoutReader<some RandomAccessBytes>, _ field: Range<UInt64>) throws -> Bool {
        let recorded = try reader.fields(at: field.lowerBound, 4, "the checksum").u32(0)
        return try recorded == 0 || recorded == sum(reader, without: field)
    }

    /// The sum of the 16-bit words of a file, carries added back, plus its size: CheckSumMappedFile of ImageHlp.
    private static func sum(_ reader: LayoutReader<some RandomAccessBytes>, without field: Range<UInt64>) throws
        -> UInt32
    {
        var sum: UInt64 = 0
        var start: UInt64 = 0
        while start < reader.count {
            let end = min(start + 1 << 18, reader.count)
            let piece = try reader.bytes(start..<end)
            sum += wordSum(piece.span)
            start = end
        }
        // The field counts as zeros. It may stand at an odd place, and then its bytes are in three words.
        for (index, byte) in try reader.bytes(field).enumerated() {
            sum -= (field.lowerBound + UInt64(index)) % 2 == 0 ? UInt64(byte) : UInt64(byte) << 8
        }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return UInt32(truncatingIfNeeded: sum + reader.count)
    }

    /// The sum of little-endian words; pieces begin at even places.
    private static func wordSum(_ bytes: Span<UInt8>) -> UInt64 {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var index = 0
        while index + 1 < bytes.count {
            low &+= UInt64(bytes[index])
            high &+= UInt64(bytes[index + 1])
            index += 2
        }
        if index < bytes.count { low &+= UInt64(bytes[index]) }
        return low &+ high << 8
    }
}
