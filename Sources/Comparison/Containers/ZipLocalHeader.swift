/// The header before a member's content, which must say what the central directory says (APPNOTE 4.3.7).
struct ZipLocalHeader {
    static let byteCount = 30

    let extra: ZipExtraFields
    /// The header with its name and extra fields.
    let headerByteCount: UInt64
    let nameByteCount: UInt64
    private let hasDescriptor: Bool

    /// Reads the header of `entry`; throws where it contradicts the entry.
    init(_ input: inout WindowedBytes, of entry: ZipEntry) throws {
        let offset = entry.localOffset
        let header = try input.bytes(offset, Self.byteCount, "a local header")
        guard header.starts(with: [0x50, 0x4B, 0x03, 0x04]) else {
            throw MalformedLayout("zip", "the local header of \(entry.path) does not begin as it must", at: offset)
        }
        let nameCount = Int(FixedField.littleEndian(header, 26, 2))
        let extraCount = Int(FixedField.littleEndian(header, 28, 2))
        let texts = try input.bytes(offset + UInt64(Self.byteCount), nameCount + extraCount, "a local name")
        nameByteCount = UInt64(nameCount)
        headerByteCount = UInt64(Self.byteCount + texts.count)
        guard texts[..<nameCount].elementsEqual(entry.name) else {
            throw MalformedLayout("zip", "the local header of \(entry.path) gives another name", at: offset)
        }
        extra = try ZipExtraFields(Array(texts[nameCount...]), at: offset)
        guard !extra.renames(entry.name) else {
            throw MalformedLayout("zip", "the local header of \(entry.path) gives another name", at: offset)
        }
        let flags = FixedField.littleEndian(header, 6, 2)
        // Bits 0, 3, 6, 11, 13: encryption, descriptor, encryption, UTF-8, masking.
        guard flags & 0x2849 == entry.flags & 0x2849 else {
            throw MalformedLayout("zip", "the local header of \(entry.path) gives other flags", at: offset)
        }
        // The level is the same, or was not known yet.
        let levelBits = ZipCompressionFields.levelBits(entry.method)
        guard flags & levelBits == 0 || flags & levelBits == entry.flags & levelBits else {
            throw MalformedLayout("zip", "the local header of \(entry.path) gives another level", at: offset)
        }
        guard FixedField.littleEndian(header, 8, 2) == entry.method else {
            throw MalformedLayout("zip", "the local header of \(entry.path) gives another method", at: offset)
        }
        hasDescriptor = flags & 8 != 0
        let sizes = try extra.widened([22, 18].map { FixedField.littleEndian(header, $0, 4) }, at: offset)
        let numbers = [FixedField.littleEndian(header, 14, 4), sizes[1], sizes[0]]
        let recorded = [entry.crc, entry.compressedCount, entry.contentCount]
        for (number, central) in zip(numbers, recorded) where number != central {
            // Where a descriptor follows, zero stands for a number that was not known yet.
            guard hasDescriptor, number == 0 else {
                throw MalformedLayout(
                    "zip",
                    "the local header of \(entry.path) gives another checksum or size",
                    at: offset
                )
            }
        }
    }

    /// Covers the header.
    func write(of entry: ZipEntry, to output: inout ContainerWriter) throws(MalformedLayout) {
        let path = entry.path
        try output.append(10, .header, .localHeader, of: path)
        try output.append(4, .timestamp, .time, of: path)
        try output.append(4, entry.checksumKind, .checksum, of: path)
        try output.append(12 + nameByteCount, .header, .localHeader, of: path)
        try extra.write(of: path, to: &output)
    }

    /// Covers the descriptor behind the content, where there is one (APPNOTE 4.3.9); throws where it contradicts `entry`.
    func writeDescriptor(
        _ input: inout WindowedBytes,
        of entry: ZipEntry,
        to output: inout ContainerWriter
    ) throws {
        guard hasDescriptor else { return }
        let available = Int(min(24, input.count - min(output.end, input.count)))
        let bytes = try input.bytes(output.end, available, "a data descriptor")
        let start = bytes.starts(with: [0x50, 0x4B, 0x07, 0x08]) ? [4, 0] : [0]
        // The sizes take eight bytes each where the header has a ZIP64 field; some writers hold to the size alone.
        for first in start {
            for width in extra.hasZip64 ? [8, 4] : [4, 8] where bytes.count >= first + 4 + 2 * width {
                let found = [
                    FixedField.littleEndian(bytes, first, 4), FixedField.littleEndian(bytes, first + 4, width),
                    FixedField.littleEndian(bytes, first + 4 + width, width),
                ]
                guard found == [entry.crc, entry.compressedCount, entry.contentCount] else { continue }
                try output.append(UInt64(first), .header, .dataDescriptor, of: entry.path)
                try output.append(4, entry.checksumKind, .checksum, of: entry.path)
                try output.append(UInt64(2 * width), .header, .dataDescriptor, of: entry.path)
                return
            }
        }
        throw MalformedLayout(
            "zip",
            "the data descriptor of \(entry.path) gives another checksum or size",
            at: output.end
        )
    }
}
