/// A header structure of an RPM package, of which there are two: one of signatures, one of everything else.
///
/// RPM Package Manager documentation, "RPM v4 Package format": 16 bytes, then 16 for each entry, then the store.
struct RpmHeader {
    private static let magic: [UInt8] = [0x8E, 0xAD, 0xE8, 0x01, 0, 0, 0, 0]
    private static let introCount: UInt64 = 16
    private static let maximumEntryCount: UInt64 = 65_535
    private static let maximumStoreByteCount: UInt64 = 32 << 20

    /// One entry.
    struct Entry {
        let tag: UInt64
        /// How its values are spelled.
        let type: UInt64
        /// Its bytes in the store.
        let range: Range<Int>
    }

    /// Where the entries end and the store begins, seen from the start of the file.
    let storeStart: UInt64
    /// The entries, ordered by their place in the store.
    let entries: [Entry]
    /// The same entries, in the order of the index.
    let index: [Entry]
    private let store: [UInt8]

    /// The end of the header.
    var end: UInt64 { storeStart + UInt64(store.count) }

    /// Reads the header at `offset`; throws where entries overlap or are not within the store.
    init(_ input: inout WindowedBytes, at offset: UInt64) throws {
        let intro = try input.bytes(offset, Int(Self.introCount), "a header")
        guard intro.starts(with: Self.magic) else {
            throw MalformedLayout("rpm", "a header does not begin as it must", at: offset)
        }
        let count = FixedField.bigEndian(intro, 8, 4)
        let storeCount = FixedField.bigEndian(intro, 12, 4)
        guard count > 0, count <= Self.maximumEntryCount, storeCount <= Self.maximumStoreByteCount else {
            throw MalformedLayout("rpm", "a header has no entry, or too many or too large ones", at: offset)
        }
        let index = try input.bytes(offset + Self.introCount, Int(count) * 16, "the entries of a header")
        storeStart = offset + Self.introCount + count * 16
        let store = try input.bytes(storeStart, Int(storeCount), "the store of a header")
        var entries: [Entry] = []
        var byteCount = 0
        for start in stride(from: 0, to: index.count, by: 16) {
            let entry = try Self.entry(index, start, store, at: offset)
            // Told here already, so that texts that overlap are not walked again for each entry.
            byteCount += entry.range.count
            guard byteCount <= store.count else {
                throw MalformedLayout("rpm", "entry \(entry.tag) overlaps another", at: offset)
            }
            entries.append(entry)
        }
        self.index = entries
        entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        var end = 0
        for entry in entries {
            guard entry.range.lowerBound >= end else {
                throw MalformedLayout("rpm", "entry \(entry.tag) overlaps another", at: offset)
            }
            end = entry.range.upperBound
        }
        self.entries = entries
        self.store = store
    }

    private static func entry(
        _ index: [UInt8],
        _ start: Int,
        _ store: [UInt8],
        at offset: UInt64
    ) throws(MalformedLayout) -> Entry {
        let tag = FixedField.bigEndian(index, start, 4)
        let type = FixedField.bigEndian(index, start + 4, 4)
        let place = FixedField.bigEndian(index, start + 8, 4)
        let count = FixedField.bigEndian(index, start + 12, 4)
        guard count > 0, place <= UInt64(store.count) else {
            throw MalformedLayout("rpm", "entry \(tag) is not within the store", at: offset)
        }
        let available = UInt64(store.count) - place
        // 1 char, 2 to 5 integers of 1, 2, 4, 8 bytes, 6 string, 7 binary, 8 and 9 arrays of strings.
        let widths: [UInt64: UInt64] = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1]
        if let width = widths[type] {
            guard count <= available / width, place % width == 0 else {
                throw MalformedLayout("rpm", "entry \(tag) is not within the store", at: offset)
            }
            return Entry(tag: tag, type: type, range: Int(place)..<Int(place + count * width))
        }
        guard type == 6 && count == 1 || type == 8 || type == 9, count <= available else {
            throw MalformedLayout("rpm", "entry \(tag) has an unknown type", at: offset)
        }
        var end = Int(place)
        for _ in 0..<count {
            while end < store.count, store[end] != 0 { end += 1 }
            guard end < store.count else {
                throw MalformedLayout("rpm", "a text of entry \(tag) has no end", at: offset)
            }
            end += 1
        }
        return Entry(tag: tag, type: type, range: Int(place)..<end)
    }

    /// Whether the bytes of an entry are all zero.
    func isZero(_ range: Range<Int>) -> Bool {
        !store[range].contains { $0 != 0 }
    }
}
