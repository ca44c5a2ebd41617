/// Zstandard files: frames and skippable frames (RFC 8878), and nothing behind them.
package enum ZstdLayout {
    private static let format = "zstd"
    private static let magic: UInt64 = 0xFD2F_B528
    private static let skippable: ClosedRange<UInt64> = 0x184D_2A50...0x184D_2A5F
    /// The most bytes of a block, section 3.1.1.2.4.
    private static let maximumBlockByteCount: UInt64 = 128 << 10

    /// Whether `head` begins with a frame; skippable frames alone belong to other formats too.
    package static func recognises(_ head: [UInt8]) -> Bool {
        guard head.count >= 4 else { return false }
        let found = FixedField.littleEndian(head, 0, 4)
        return found == magic || skippable.contains(found)
    }

    /// The parts of a file; the content of each frame is one member region, a skippable frame's is a comment.
    package static func layout(of bytes: any RandomAccessBytes) throws -> ContainerLayout {
        var input = WindowedBytes(bytes, format)
        var output = ContainerWriter(format)
        var (frameCount, emptyCount) = (0, 0)
        var skippableCount = 0
        repeat {
            let found = FixedField.littleEndian(try input.bytes(output.end, 4, "a frame"), 0, 4)
            if found == magic {
                frameCount += 1
                if try writeFrame("frame \(frameCount)", &input, to: &output) { emptyCount += 1 }
                // Each can hold a little that is no content.
                guard emptyCount <= 1 else {
                    throw MalformedLayout(format, "more than one empty frame", at: output.end)
                }
            } else if skippable.contains(found) {
                skippableCount += 1
                let head = try input.bytes(output.end, 8, "a skippable frame")
                let length = FixedField.littleEndian(head, 4, 4)
                guard length <= input.count - output.end - 8 else {
                    throw MalformedLayout(format, "a skippable frame reaches behind the end", at: output.end)
                }
                try output.append(8, .header, .header, of: "skippable frame \(skippableCount)")
                try output.append(length, .comment, "skippable frame \(skippableCount)")
            } else {
                throw MalformedLayout(format, "neither a frame nor the end of the file", at: output.end)
            }
        } while output.end < input.count
        guard frameCount > 0 else { throw MalformedLayout(format, "no frame has content", at: output.end) }
        return try output.finish(input.count)
    }

    /// Covers a frame; whether it has no content.
    private static func writeFrame(
        _ name: String,
        _ input: inout WindowedBytes,
        to output: inout ContainerWriter
    ) throws -> Bool {
        let start = output.end
        let descriptor = try input.bytes(start + 4, 1, "a frame header")[0]
        // Bit 3 is reserved, section 3.1.1.1.1.4.
        guard descriptor & 0x08 == 0 else { throw MalformedLayout(format, "a reserved bit is set", at: start + 4) }
        let isSingleSegment = descriptor & 0x20 != 0
        let hasChecksum = descriptor & 0x04 != 0
        let dictionary: UInt64 = [0, 1, 2, 4][Int(descriptor & 3)]
        let sizes: [UInt64] = [isSingleSegment ? 1 : 0, 2, 4, 8]
        let headerCount = 5 + (isSingleSegment ? 0 : 1) + dictionary + sizes[Int(descriptor >> 6)]
        _ = try input.bytes(start, Int(headerCount), "a frame header")

        var place = start + headerCount
        var (isLast, isEmpty) = (false, true)
        while !isLast {
            let header = FixedField.littleEndian(try input.bytes(place, 3, "a block header"), 0, 3)
            isLast = header & 1 == 1
            let size = header >> 3
            guard header >> 1 & 3 != 3, size <= maximumBlockByteCount else {
                throw MalformedLayout(format, "a block of a reserved type or size", at: place)
            }
            // Type 1 repeats one byte.
            let stored = header >> 1 & 3 == 1 ? 1 : size
            guard stored <= input.count - place - 3 else {
                throw MalformedLayout(format, "a block reaches behind the end of the file", at: place)
            }
            if size > 0 { isEmpty = false }
            // Writers end a frame with an empty block; others would be room for what is no content.
            let isCompressed = header >> 1 & 3 == 2
            guard size > 0 || isLast && header >> 1 & 3 == 0 else {
                throw MalformedLayout(format, "a block without content", at: place)
            }
            if isCompressed, try givesNothing(place + 3, size, &input) {
                throw MalformedLayout(format, "a block without content", at: place)
            }
            place += 3 + stored
        }
        try output.append(headerCount, .header, .header, of: name)
        try output.add(ContainerMember(name: [], content: output.end..<place))
        try output.fill(to: place, .member, name)
        guard hasChecksum else { return isEmpty }
        _ = try input.bytes(place, 4, "the checksum of a frame")
        try output.append(4, .checksum, .checksum, of: name)
        return isEmpty
    }

    /// Whether a compressed block has bytes that come to nothing: literals of no bytes that take some, a table for no
    /// sequences, or neither literals nor sequences (sections 3.1.1.3.1.1 and 3.1.1.3.2.1).
    private static func givesNothing(_ place: UInt64, _ size: UInt64, _ input: inout WindowedBytes) throws -> Bool {
        let head = try input.bytes(place, Int(min(size, 5)), "the literals of a block") + [0, 0, 0, 0]
        let (type, form) = (head[0] & 3, Int(head[0] >> 2 & 3))
        let count: UInt64
        let stored: UInt64
        if type < 2 {
            let (headCount, shift): (Int, UInt64) = [(1, 3), (2, 4), (1, 3), (3, 4)][form]
            count = FixedField.littleEndian(head, 0, headCount) >> shift
            stored = UInt64(headCount) + (type == 0 ? count : 1)
        } else {
            let (headCount, digits): (Int, UInt64) = [(3, 10), (3, 10), (4, 14), (5, 18)][form]
            let (fields, mask) = (FixedField.littleEndian(head, 0, headCount) >> 4, UInt64(1) << digits - 1)
            count = fields & mask
            stored = UInt64(headCount) + (fields >> digits & mask)
        }
        guard stored < size else { throw MalformedLayout(format, "a block without sequences", at: place) }
        guard count > 0 || type == 0 else { return true }
        let sequences = try input.bytes(place + stored, Int(min(size - stored, 2)), "the sequences of a block")
        return sequences.elementsEqual([0x80, 0]) || count == 0 && sequences[0] == 0
    }
}
