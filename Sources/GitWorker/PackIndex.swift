import Digests

/// One pack index, version 2 (gitformat-pack, "Version 2 pack-*.idx files").
///
/// Its checksums are not read: whatever it says, the parent hashes the bytes that come of it.
struct PackIndex {
    private static let fanOutOffset = 8
    private static let idsOffset = fanOutOffset + 256 * 4

    let count: Int
    private let file: MappedFile

    /// Opens the index at `path`; nil unless it is one of version 2 and long enough for what it declares.
    init?(path: [UInt8]) {
        guard let file = MappedFile(path: path), file.uint32(at: 0) == 0xFF74_4F63, file.uint32(at: 4) == 2,
            let total = file.uint32(at: PackIndex.fanOutOffset + 255 * 4)
        else { return nil }
        let count = Int(total)
        // Fan-out, ids, CRCs, offsets, and the two checksums.
        guard PackIndex.idsOffset + count * (20 + 4 + 4) + 40 <= file.count else { return nil }
        self.count = count
        self.file = file
    }

    /// The offset in the pack at which `id` begins; nil when the index does not hold it.
    func offset(of id: GitObjectID) -> Int? {
        let first = Int(id[0])
        guard let high = file.uint32(at: PackIndex.fanOutOffset + first * 4).map(Int.init) else { return nil }
        let start = first == 0 ? 0 : file.uint32(at: PackIndex.fanOutOffset + (first - 1) * 4).map(Int.init) ?? 0
        guard start <= high, high <= count else { return nil }
        var low = start
        var end = high
        while low < end {
            let middle = (low + end) / 2
            guard let word = file.uint64(at: PackIndex.idsOffset + middle * 20) else { return nil }
            var isBefore = word < id.leadingWord
            if word == id.leadingWord {
                guard let found = self.id(at: middle) else { return nil }
                if found == id { return offset(at: middle) }
                isBefore = found < id
            }
            if isBefore { low = middle + 1 } else { end = middle }
        }
        return nil
    }

    private func id(at index: Int) -> GitObjectID? {
        let start = PackIndex.idsOffset + index * 20
        guard let bytes = unsafe file.bytes(start..<start + 20) else { return nil }
        return GitObjectID(unsafe Span(_unsafeBytes: bytes))
    }

    private func offset(at index: Int) -> Int? {
        let offsets = PackIndex.idsOffset + count * 24
        guard let short = file.uint32(at: offsets + index * 4) else { return nil }
        guard short & 0x8000_0000 != 0 else { return Int(short) }
        // The number of an entry in the table of 8-byte offsets.
        let long = offsets + count * 4 + Int(short & 0x7FFF_FFFF) * 8
        guard let high = file.uint32(at: long), let low = file.uint32(at: long + 4) else { return nil }
        return Int(exactly: UInt64(high) << 32 | UInt64(low))
    }
}
