/// Cpio archives: `newc` with and without checksum, and the octal format of POSIX (`odc`); see cpio(5).
///
/// The archive ends with the member `TRAILER!!!`. Zeros behind it are padding, anything else is overlay, another archive
/// included.
package enum CpioLayout {
    private static let format = "cpio"
    private static let trailer = Array("TRAILER!!!".utf8)
    private static let maximumTargetByteCount: UInt64 = 4096

    /// Whether `head` begins with a header of a known format.
    package static func recognises(_ head: [UInt8]) -> Bool {
        Variant(head) != nil
    }

    /// The parts and members of an archive.
    package static func layout(of bytes: any RandomAccessBytes) throws -> ContainerLayout {
        var input = WindowedBytes(bytes, format)
        var output = ContainerWriter(format)
        while true {
            let magic = try input.bytes(output.end, 6, "a header, or the end of the archive,")
            guard let variant = Variant(magic) else {
                throw MalformedLayout(format, "a header does not begin as it must", at: output.end)
            }
            let header = try input.bytes(output.end, variant.byteCount, "a header")
            let fields = try Fields(header, variant, at: output.end)
            if try write(fields, variant, &input, to: &output) { break }
        }
        if try input.firstNonzero(output.end..<input.count) == input.count {
            try output.fill(to: input.count, .padding, "last record")
        }
        return try output.finish(input.count)
    }

    /// Covers a member; returns whether it is the last.
    private static func write(
        _ fields: Fields,
        _ variant: Variant,
        _ input: inout WindowedBytes,
        to output: inout ContainerWriter
    ) throws -> Bool {
        let start = output.end
        let stored = try input.bytes(start + UInt64(variant.byteCount), Int(fields.nameByteCount), "a name")
        // The last byte of a name is NUL, and no other.
        guard stored.firstIndex(of: 0) == stored.count - 1, stored.count > 1 else {
            throw MalformedLayout(format, "a name is empty or does not end with NUL", at: start)
        }
        let name = Array(stored.dropLast())
        let isTrailer = name == trailer
        guard !isTrailer || fields.size == 0 else {
            throw MalformedLayout(format, "the trailer has content", at: start)
        }
        let path = ContainerMember.escaped(name)
        for (count, kind, part) in variant.parts {
            try output.append(count, kind, part, of: path)
        }
        try output.append(fields.nameByteCount, .header, .name, of: path)
        try output.append(variant.padding(output.end - start), .padding, .namePadding, of: path)
        guard output.end <= input.count, fields.size <= input.count - output.end else {
            throw MalformedLayout(format, "\(path) reaches behind the end of the file", at: start)
        }
        if isTrailer { return true }
        var member = ContainerMember(name: name, content: output.end..<output.end + fields.size)
        member.mode = UInt32(truncatingIfNeeded: fields.mode)
        member.uid = fields.uid
        member.gid = fields.gid
        member.mtime = Int64(clamping: fields.mtime)
        switch fields.mode & 0o170000 {
        case 0o100000: member.kind = .file
        case 0o040000: member.kind = .directory
        case 0o120000:
            member.kind = .symbolicLink
            guard fields.size <= maximumTargetByteCount else {
                throw MalformedLayout(format, "the link target of \(path) is too long", at: start)
            }
            member.linkTarget = try input.bytes(output.end, Int(fields.size), "a link target")
        default: member.kind = .special
        }
        try output.add(member)
        try output.append(fields.size, .member, path)
        try output.append(variant.padding(output.end - start), .padding, .padding, of: path)
        return false
    }

    /// Which of the formats a header has.
    private enum Variant {
        case newc
        case checksummed
        case octal

        init?(_ head: [UInt8]) {
            switch head.prefix(6) {
            case let magic where magic.elementsEqual("070701".utf8): self = .newc
            case let magic where magic.elementsEqual("070702".utf8): self = .checksummed
            case let magic where magic.elementsEqual("070707".utf8): self = .octal
            default: return nil
            }
        }

        /// The length of a header.
        var byteCount: Int { self == .octal ? 76 : 110 }

        /// What the fields of a header are for, in order.
        var parts: [(UInt64, FileLayout.Region.Kind, LayoutPart)] {
            let check: FileLayout.Region.Kind = self == .checksummed ? .checksum : .header
            return switch self {
            case .octal:
                [
                    (18, .header, .header), (6, .header, .mode), (12, .header, .owner), (12, .header, .header),
                    (11, .timestamp, .time), (17, .header, .size),
                ]
            case .newc, .checksummed:
                [
                    (14, .header, .header), (8, .header, .mode), (16, .header, .owner), (8, .header, .header),
                    (8, .timestamp, .time), (8, .header, .size), (40, .header, .header), (8, check, .checksum),
                ]
            }
        }

        /// How many bytes fill up what is `count` bytes long.
        func padding(_ count: UInt64) -> UInt64 {
            self == .octal ? 0 : (4 - count % 4) % 4
        }
    }

    /// The numbers of a header.
    private struct Fields {
        let mode: UInt64
        let uid: UInt64
        let gid: UInt64
        let mtime: UInt64
        let size: UInt64
        let nameByteCount: UInt64

        init(_ header: [UInt8], _ variant: Variant, at offset: UInt64) throws(MalformedLayout) {
            func number(_ range: Range<Int>) throws(MalformedLayout) -> UInt64 {
                guard let number = FixedField.digits(header, range, base: variant == .octal ? 8 : 16) else {
                    throw MalformedLayout("cpio", "a number in a header is not one", at: offset)
                }
                return number
            }
            if variant == .octal {
                mode = try number(18..<24)
                uid = try number(24..<30)
                gid = try number(30..<36)
                mtime = try number(48..<59)
                nameByteCount = try number(59..<65)
                size = try number(65..<76)
            } else {
                mode = try number(14..<22)
                uid = try number(22..<30)
                gid = try number(30..<38)
                mtime = try number(46..<54)
                size = try number(54..<62)
                nameByteCount = try number(94..<102)
            }
            guard nameByteCount <= ContainerLayout.maximumNameByteCount else {
                throw MalformedLayout("cpio", "a name is too long", at: offset)
            }
        }
    }
}
