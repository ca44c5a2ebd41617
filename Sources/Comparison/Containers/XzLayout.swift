/// Xz files, as the .xz File Format, version 1.1.0, has them.
///
/// Streams are found from the end, blocks through the index. Checksums of headers, indexes and footers must be right. The content is not decompressed.
package enum XzLayout {
    private static let format = "xz"
    private static let magic: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]
    private static let headerCount: UInt64 = 12

    /// Whether `head` begins with a stream.
    package static func recognises(_ head: [UInt8]) -> Bool {
        head.starts(with: magic)
    }

    /// The parts of a file; the content of each block is one member region.
    package static func layout(of bytes: any RandomAccessBytes) throws -> ContainerLayout {
        var input = WindowedBytes(bytes, format)
        var streams: [Stream] = []
        var end = input.count
        var (blockCount, emptyCount) = (0, 0)
        repeat {
            let stream = try stream(endingAt: end, &input)
            blockCount += max(1, stream.blocks.count)
            guard blockCount <= ContainerLayout.maximumMemberCount else {
                throw MalformedLayout(format, "more than \(ContainerLayout.maximumMemberCount) blocks", at: end)
            }
            if stream.blocks.isEmpty { emptyCount += 1 }
            // Each can hold a little that is no content.
            guard emptyCount <= 1 else { throw MalformedLayout(format, "more than one empty stream", at: stream.start) }
            streams.append(stream)
            end = stream.start
        } while end > 0

        var output = ContainerWriter(format)
        for (index, stream) in streams.reversed().enumerated() {
            try write(stream, "stream \(index + 1)", &input, to: &output)
        }
        return try output.finish(input.count)
    }

    /// A stream with the padding behind it.
    private struct Stream {
        let start: UInt64
        /// The index, between the blocks and the footer.
        let index: Range<UInt64>
        /// Header, content and check of each block, without padding.
        let blocks: [UInt64]
        let checkByteCount: UInt64
        /// How many zeros follow.
        let paddingByteCount: UInt64
    }

    private static func stream(endingAt end: UInt64, _ input: inout WindowedBytes) throws -> Stream {
        let footerEnd = try endOfFooter(before: end, &input)
        guard footerEnd >= 2 * headerCount + 8 else {
            throw MalformedLayout(format, "no room for a stream", at: footerEnd)
        }
        let footerStart = footerEnd - headerCount
        let footer = try input.bytes(footerStart, Int(headerCount), "a footer")
        guard footer[10] == UInt8(ascii: "Y"), footer[11] == UInt8(ascii: "Z"),
            FixedField.littleEndian(footer, 0, 4) == UInt64(CRC32.checksum(footer[4..<10]))
        else { throw MalformedLayout(format, "a footer does not end as it must", at: footerStart) }
        // Section 2.1.2.2: stored in units of four bytes, less one.
        let indexCount = (FixedField.littleEndian(footer, 4, 4) + 1) * 4
        guard indexCount <= footerStart - headerCount else {
            throw MalformedLayout(format, "an index is larger than its stream", at: footerStart)
        }
        let index = footerStart - indexCount..<footerStart
        let blocks = try XzIndex.unpaddedSizes(index, &input)
        var start = index.lowerBound
        for size in blocks {
            let padded = size + (4 - size % 4) % 4
            guard padded <= start else { throw MalformedLayout(format, "an index is larger than its file", at: start) }
            start -= padded
        }
        guard start >= headerCount else { throw MalformedLayout(format, "no stream header", at: start) }
        start -= headerCount
        let header = try input.bytes(start, Int(headerCount), "a stream header")
        guard header.starts(with: magic), header[6..<8].elementsEqual(footer[8..<10]),
            FixedField.littleEndian(header, 8, 4) == UInt64(CRC32.checksum(header[6..<8]))
        else { throw MalformedLayout(format, "a stream header is not where the index says", at: start) }
        guard header[6] == 0, header[7] < 16 else {
            throw MalformedLayout(format, "a stream header has reserved flags", at: start)
        }
        // None, CRC-32, CRC-64, SHA-256: of others, which nobody checks, the bytes could hold anything.
        guard [0, 1, 4, 10].contains(header[7]) else {
            throw MalformedLayout(format, "a check that is not supported", at: start)
        }
        return Stream(
            start: start,
            index: index,
            blocks: blocks,
            checkByteCount: checkByteCount(header[7]),
            paddingByteCount: end - footerEnd
        )
    }

    /// The end of the stream before `end`: stream padding, whole groups of four zeros, may lie between.
    private static func endOfFooter(before end: UInt64, _ input: inout WindowedBytes) throws -> UInt64 {
        guard end % 4 == 0 else { throw MalformedLayout(format, "the length is not a multiple of four", at: end) }
        var place = end
        while place > 0 {
            let count = min(place, 65_536)
            let piece = try input.bytes(place - count, Int(count), "stream padding")
            if let last = piece.lastIndex(where: { $0 != 0 }) {
                let footerEnd = place - count + UInt64(last) + 1
                guard footerEnd % 4 == 0 else {
                    throw MalformedLayout(format, "stream padding is not whole groups of four", at: footerEnd)
                }
                return footerEnd
            }
            place -= count
        }
        throw MalformedLayout(format, "no stream before the padding", at: 0)
    }

    /// The size of the check of id `id`, section 2.1.1.2.
    private static func checkByteCount(_ id: UInt8) -> UInt64 {
        id == 0 ? 0 : 4 << UInt64((id - 1) / 3)
    }

    private static func write(
        _ stream: Stream,
        _ name: String,
        _ input: inout WindowedBytes,
        to output: inout ContainerWriter
    ) throws {
        try output.append(8, .header, .header, of: name)
        try output.append(4, .checksum, .checksum, of: name)
        for (index, size) in stream.blocks.enumerated() {
            try writeBlock(size, stream.checkByteCount, "block \(index + 1) of \(name)", &input, to: &output)
        }
        try output.fill(to: stream.index.upperBound - 4, .header, .index, of: name)
        try output.append(4, .checksum, "checksum of the index of \(name)")
        try output.append(4, .checksum, "checksum of the footer of \(name)")
        try output.append(8, .header, .footer, of: name)
        try output.append(stream.paddingByteCount, .padding, .padding, of: name)
    }

    private static func writeBlock(
        _ size: UInt64,
        _ checkByteCount: UInt64,
        _ name: String,
        _ input: inout WindowedBytes,
        to output: inout ContainerWriter
    ) throws {
        let start = output.end
        let first = try input.bytes(start, 1, "a block header")[0]
        let headerCount = (UInt64(first) + 1) * 4
        guard first != 0, size > headerCount + checkByteCount else {
            throw MalformedLayout(format, "\(name) is smaller than its header", at: start)
        }
        let header = try input.bytes(start, Int(headerCount), "a block header")
        guard FixedField.littleEndian(header, header.count - 4, 4) == UInt64(CRC32.checksum(header.dropLast(4))) else {
            throw MalformedLayout(format, "the checksum of the header of \(name) is wrong", at: start)
        }
        let contentCount = size - headerCount - checkByteCount
        try output.append(headerCount - 4, .header, .header, of: name)
        try output.append(4, .checksum, .checksum, of: name)
        try output.add(ContainerMember(name: [], content: output.end..<output.end + contentCount))
        try output.append(contentCount, .member, name)
        try output.append((4 - size % 4) % 4, .padding, .padding, of: name)
        try output.append(checkByteCount, .checksum, .check, of: name)
    }
}
