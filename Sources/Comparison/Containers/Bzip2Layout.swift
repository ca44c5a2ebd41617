/// Bzip2 files.
///
/// Where a stream ends is known only to who decompresses it, and its checksum ends within a byte. Without that knowledge
/// everything behind the header is content: the layout then does not prove that nothing stands behind the stream.
package enum Bzip2Layout {
    private static let format = "bzip2"
    private static let block: [UInt8] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]
    private static let end: [UInt8] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]
    /// A stream of nothing: its header, the mark of its end, the checksum.
    private static let smallestCount: UInt64 = 14

    /// Whether `head` begins like a stream.
    package static func recognises(_ head: [UInt8]) -> Bool {
        guard head.count >= 10, head.starts(with: [0x42, 0x5A, 0x68]) else { return false }
        guard (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(head[3]) else { return false }
        return head[4..<10].elementsEqual(block) || head[4..<10].elementsEqual(end)
    }

    /// The parts of a file.
    ///
    /// `streamCounts` are the bytes that each stream takes, in order, header included; what is then left is overlay.
    package static func layout(
        of bytes: any RandomAccessBytes,
        streamCounts: [UInt64]? = nil
    ) throws -> ContainerLayout {
        var input = WindowedBytes(bytes, format)
        var output = ContainerWriter(format)
        let counts = streamCounts ?? [input.count]
        guard !counts.isEmpty else { throw MalformedLayout(format, "no stream", at: 0) }
        for (index, count) in counts.enumerated() {
            let start = output.end
            guard count >= smallestCount, count <= input.count - start else {
                throw MalformedLayout(format, "a stream is cut off", at: start)
            }
            guard recognises(try input.bytes(start, 10, "a header")) else {
                throw MalformedLayout(format, "a stream does not begin as it must", at: start)
            }
            let name = counts.count == 1 ? "content" : "content \(index + 1)"
            try output.append(4, .header, .header, of: name)
            try output.add(ContainerMember(name: [], content: output.end..<start + count))
            try output.append(count - 4, .member, name)
        }
        let rest = try input.bytes(output.end, Int(min(10, input.count - output.end)), "what is behind the last stream")
        guard !recognises(rest) else {
            throw MalformedLayout(format, "a stream that was not decompressed", at: output.end)
        }
        return try output.finish(input.count)
    }
}
