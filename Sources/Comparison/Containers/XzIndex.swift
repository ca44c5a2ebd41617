/// The index of an xz stream (.xz File Format, section 4).
enum XzIndex {
    /// The most bytes of an index: what a million records can need.
    private static let maximumByteCount: UInt64 = 18 << 20

    /// The size of each block without padding; throws unless the records fill the index and its checksum is right.
    static func unpaddedSizes(_ range: Range<UInt64>, _ input: inout WindowedBytes) throws -> [UInt64] {
        guard range.upperBound - range.lowerBound <= maximumByteCount else {
            throw MalformedLayout("xz", "an index is too large", at: range.lowerBound)
        }
        let bytes = try input.bytes(range.lowerBound, Int(range.upperBound - range.lowerBound), "an index")
        let end = bytes.count - 4
        guard end >= 4, bytes[0] == 0 else {
            throw MalformedLayout("xz", "an index does not begin as it must", at: range.lowerBound)
        }
        guard FixedField.littleEndian(bytes, end, 4) == UInt64(CRC32.checksum(bytes[..<end])) else {
            throw MalformedLayout("xz", "the checksum of an index is wrong", at: range.lowerBound)
        }
        var place = 1
        // A record takes two bytes at least.
        guard let count = number(bytes, &place, before: end), count <= UInt64(end) / 2 else {
            throw MalformedLayout("xz", "an index has no count of its records", at: range.lowerBound)
        }
        var sizes: [UInt64] = []
        for _ in 0..<count {
            guard let size = number(bytes, &place, before: end), size >= 5, size < 1 << 62,
                let contentCount = number(bytes, &place, before: end)
            else { throw MalformedLayout("xz", "a record of an index is wrong", at: range.lowerBound) }
            guard contentCount > 0 else {
                throw MalformedLayout("xz", "a block without content", at: range.lowerBound)
            }
            sizes.append(size)
        }
        guard end - place < 4, !bytes[place..<end].contains(where: { $0 != 0 }) else {
            throw MalformedLayout("xz", "an index is longer than its records", at: range.lowerBound)
        }
        return sizes
    }

    /// A number of seven bits a byte, the lowest first, in its shortest spelling (section 1.2).
    private static func number(_ bytes: [UInt8], _ place: inout Int, before end: Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard place < end else { return nil }
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return byte == 0 && shift > 0 ? nil : value }
        }
        return nil
    }
}
