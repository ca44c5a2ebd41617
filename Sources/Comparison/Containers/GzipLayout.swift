/// Gzip files (RFC 1952).
///
/// Where the compressed content of a member ends is known only to who inflates it. Without that knowledge the file is
/// taken for a single member that reaches to its last eight bytes: the layout then does not prove that there is no
/// second member and nothing behind the first; both would lie within the region of the content.
package enum GzipLayout {
    private static let format = "gzip"

    /// Whether `head` begins like a member that is deflated.
    package static func recognises(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x1F, 0x8B, 0x08])
    }

    /// The parts of a file.
    ///
    /// `deflateCounts` are the bytes that the inflater took for each member, in order, headers and trailers apart; what
    /// is then left behind the last member is padding where it is zeros, else overlay.
    package static func layout(
        of bytes: any RandomAccessBytes,
        deflateCounts: [UInt64]? = nil
    ) throws -> ContainerLayout {
        var input = WindowedBytes(bytes, format)
        var output = ContainerWriter(format)
        guard let deflateCounts else {
            try writeMember(nil, "content", &input, to: &output)
            return try output.finish(input.count)
        }
        guard !deflateCounts.isEmpty else { throw MalformedLayout(format, "no member", at: 0) }
        for (index, count) in deflateCounts.enumerated() {
            let name = deflateCounts.count == 1 ? "content" : "content \(index + 1)"
            try writeMember(count, name, &input, to: &output)
        }
        let rest = try input.bytes(output.end, Int(min(3, input.count - output.end)), "what is behind the last member")
        guard !recognises(rest) else { throw MalformedLayout(format, "a member that was not inflated", at: output.end) }
        // Zeros fill up the blocks of a tape; gzip(1) ignores them.
        if try input.firstNonzero(output.end..<input.count) == input.count {
            try output.fill(to: input.count, .padding, "zeros behind the last member")
        }
        return try output.finish(input.count)
    }

    private static func writeMember(
        _ deflateCount: UInt64?,
        _ content: String,
        _ input: inout WindowedBytes,
        to output: inout ContainerWriter
    ) throws {
        let start = output.end
        let head = try input.bytes(start, 10, "a header")
        guard recognises(head) else { throw MalformedLayout(format, "a member does not begin as it must", at: start) }
        let flags = head[3]
        // Bits 5 to 7 are reserved and must be zero, section 2.3.1.2.
        guard flags & 0xE0 == 0 else { throw MalformedLayout(format, "a reserved flag is set", at: start) }
        try output.append(4, .header, .header, of: content)
        try output.append(4, .timestamp, .time, of: content)
        try output.append(2, .header, "extra flags and operating system")
        let name = try writeOptionalFields(flags, &input, to: &output)
        if flags & 0x02 != 0 { try writeHeaderChecksum(from: start, of: content, &input, to: &output) }

        let available = input.count - output.end
        let most = available < 8 ? 0 : available - 8
        let count = deflateCount ?? most
        guard count > 0, count <= most else {
            throw MalformedLayout(format, "the content or its trailer is cut off", at: output.end)
        }
        var member = ContainerMember(name: name, content: output.end..<output.end + count)
        let mtime = FixedField.littleEndian(head, 4, 4)
        // Zero means that no time is recorded.
        member.mtime = mtime == 0 ? nil : Int64(mtime)
        try output.add(member)
        try output.append(count, .member, content)
        try output.append(4, .checksum, .checksum, of: content)
        try output.append(4, .header, .size, of: content)
    }

    /// Covers FEXTRA, FNAME and FCOMMENT; returns the name.
    private static func writeOptionalFields(
        _ flags: UInt8,
        _ input: inout WindowedBytes,
        to output: inout ContainerWriter
    ) throws -> [UInt8] {
        if flags & 0x04 != 0 {
            let length = FixedField.littleEndian(try input.bytes(output.end, 2, "the extra field"), 0, 2)
            _ = try input.bytes(output.end + 2, Int(length), "the extra field")
            try output.append(2 + length, .header, "extra field")
        }
        var name: [UInt8] = []
        if flags & 0x08 != 0 {
            name = try text(&input, at: output.end)
            try output.append(UInt64(name.count) + 1, .header, "file name")
        }
        if flags & 0x10 != 0 {
            let comment = try text(&input, at: output.end)
            try output.append(UInt64(comment.count) + 1, .comment, "comment")
        }
        return name
    }

    /// The checksum of the header, which is the lower half of its CRC-32.
    private static func writeHeaderChecksum(
        from start: UInt64,
        of content: String,
        _ input: inout WindowedBytes,
        to output: inout ContainerWriter
    ) throws {
        let recorded = FixedField.littleEndian(try input.bytes(output.end, 2, "the checksum of a header"), 0, 2)
        let header = try input.bytes(start, Int(output.end - start), "a header")
        guard UInt64(CRC32.checksum(header) & 0xFFFF) == recorded else {
            throw MalformedLayout(format, "the checksum of a header is not that of its bytes", at: output.end)
        }
        try output.append(2, .checksum, "checksum of the header")
    }

    /// The text at `offset`, without the NUL that ends it.
    private static func text(_ input: inout WindowedBytes, at offset: UInt64) throws -> [UInt8] {
        var text: [UInt8] = []
        while text.count <= ContainerLayout.maximumNameByteCount {
            let place = offset + UInt64(text.count)
            let count = Int(min(256, input.count - min(place, input.count)))
            let piece = try input.bytes(place, max(count, 1), "a name or comment")
            guard let end = piece.firstIndex(of: 0) else {
                text += piece
                continue
            }
            return text + piece[..<end]
        }
        throw MalformedLayout(format, "a name or comment is too long", at: offset)
    }
}
