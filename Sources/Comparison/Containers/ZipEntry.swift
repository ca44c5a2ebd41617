/// An entry of the central directory of a zip file (APPNOTE 4.3.12).
struct ZipEntry {
    static let byteCount = 46

    let path: String
    let name: [UInt8]
    let flags: UInt64
    let method: UInt64
    let crc: UInt64
    let compressedCount: UInt64
    let contentCount: UInt64
    /// The local header, seen from the start of the file.
    let localOffset: UInt64
    private let host: UInt64
    private let attributes: UInt64
    private let mtime: Int64?
    /// How long the whole entry is.
    let entryByteCount: UInt64

    /// Reads the entry at `offset`; `base` is added to the place of its local header.
    init(_ input: inout WindowedBytes, at offset: UInt64, base: UInt64) throws {
        let header = try input.bytes(offset, Self.byteCount, "an entry of the central directory")
        guard header.starts(with: [0x50, 0x4B, 0x01, 0x02]) else {
            throw MalformedLayout("zip", "an entry of the central directory does not begin as it must", at: offset)
        }
        let lengths = [28, 30, 32].map { Int(FixedField.littleEndian(header, $0, 2)) }
        let behind = offset + UInt64(Self.byteCount)
        let texts = try input.bytes(behind, lengths[0] + lengths[1] + lengths[2], "the name of an entry")
        name = Array(texts[..<lengths[0]])
        let extra = try ZipExtraFields(Array(texts[lengths[0]..<lengths[0] + lengths[1]]), at: offset)
        entryByteCount = UInt64(Self.byteCount + texts.count)
        guard !name.isEmpty, !name.contains(0), !extra.renames(name) else {
            throw MalformedLayout("zip", "the name of an entry is empty, holds NUL, or is given twice", at: offset)
        }
        path = ContainerMember.escaped(name)
        host = FixedField.littleEndian(header, 5, 1)
        flags = FixedField.littleEndian(header, 8, 2)
        method = FixedField.littleEndian(header, 10, 2)
        crc = FixedField.littleEndian(header, 16, 4)
        attributes = FixedField.littleEndian(header, 38, 4)
        // Bits 0, 6 and 13: encrypted content, strong encryption, masked headers.
        guard flags & 0x2041 == 0 else {
            throw MalformedLayout("zip", "\(path) is encrypted, which is not supported", at: offset)
        }
        let disk = FixedField.littleEndian(header, 34, 2)
        guard disk == 0 || disk == 0xFFFF && extra.hasZip64 else {
            throw MalformedLayout("zip", "an archive of several disks, which is not supported", at: offset)
        }
        let sizes = [24, 20, 42].map { FixedField.littleEndian(header, $0, 4) }
        let wide = try extra.widened(sizes, at: offset)
        contentCount = wide[0]
        compressedCount = wide[1]
        let (local, overflow) = base.addingReportingOverflow(wide[2])
        guard !overflow, local <= offset else {
            throw MalformedLayout("zip", "the local header of \(path) is not before the central directory", at: offset)
        }
        localOffset = local
        guard method != 0 || compressedCount == contentCount else {
            throw MalformedLayout("zip", "\(path) is stored in a size that is not its own", at: offset)
        }
        mtime = extra.mtime ?? Self.seconds(FixedField.littleEndian(header, 12, 4))
    }

    /// What the entry says of the member whose stored content is at `content`.
    func member(_ content: Range<UInt64>) -> ContainerMember {
        var member = ContainerMember(name: name, content: content)
        member.kind = kind
        member.mode = mode
        member.mtime = mtime
        member.inflatedCount = method == 8 ? contentCount : nil
        return member
    }

    /// What the member is, by its mode or, without one, by its name.
    var kind: ContainerMember.Kind {
        switch (mode ?? 0) & 0o170000 {
        case 0o120000: .symbolicLink
        case 0o040000: .directory
        case 0, 0o100000: name.last == UInt8(ascii: "/") ? .directory : .file
        default: .special
        }
    }

    /// What decompressing it costs beyond what inflating would, in bytes inflated.
    var addedCost: UInt64 {
        let cost: UInt64 =
            switch method {
            // Stored, deflated, and the two numbers of zstd.
            case 0, 8, 20, 93: 0
            // PPMd.
            case 98: 24
            default: 9
            }
        let (product, overflow) = contentCount.multipliedReportingOverflow(by: cost)
        return overflow ? .max : product
    }

    /// What its checksum is: only of a file is the content read that a checksum follows from.
    var checksumKind: FileLayout.Region.Kind { kind == .file ? .checksum : .header }

    /// The mode; 3 is Unix, 19 macOS: there it is in the upper half of the attributes.
    private var mode: UInt32? {
        guard host == 3 || host == 19, attributes >> 16 != 0 else { return nil }
        return UInt32(truncatingIfNeeded: attributes >> 16)
    }

    /// The time and date of MS-DOS as if they were UTC; nil where they are no date.
    private static func seconds(_ field: UInt64) -> Int64? {
        let (time, date) = (Int64(field & 0xFFFF), Int64(field >> 16))
        let (year, month, day) = (date >> 9 + 1980, date >> 5 & 15, date & 31)
        let (hour, minute, second) = (time >> 11, time >> 5 & 63, (time & 31) * 2)
        guard (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 60 else { return nil }
        // Days since 1970-01-01, the year taken to begin in March.
        let shifted = month <= 2 ? year - 1 : year
        let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400
        let ofYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return (days + ofYear - 719_468) * 86_400 + hour * 3600 + minute * 60 + second
    }
}
