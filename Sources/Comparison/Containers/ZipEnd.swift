/// The records at the end of a zip file, which say where its central directory lies (APPNOTE 4.3.14 to 4.3.16).
struct ZipEnd {
    static let byteCount = 22
    private static let locatorByteCount: UInt64 = 20
    private static let recordByteCount: UInt64 = 56

    /// The end record, without its comment.
    let offset: UInt64
    /// How long the comment is.
    let commentByteCount: UInt64
    /// The ZIP64 end record, where there is one; its locator is right before the end record.
    let zip64: Range<UInt64>?
    /// The central directory.
    let directory: Range<UInt64>
    /// How many entries the central directory has.
    let entryCount: UInt64
    /// What is added to recorded offsets, where something was put before the archive and they were left as they were.
    let base: UInt64

    /// Finds the records; throws where there are none, or two readers could find different ones.
    init(_ input: inout WindowedBytes) throws {
        offset = try Self.find(&input)
        let end = try input.bytes(offset, Self.byteCount, "the end record")
        commentByteCount = FixedField.littleEndian(end, 20, 2)
        var numbers = Numbers(end: end)
        var located: (range: Range<UInt64>, base: UInt64)?
        if offset >= Self.locatorByteCount {
            let place = offset - Self.locatorByteCount
            let locator = try input.bytes(place, Int(Self.locatorByteCount), "the ZIP64 locator")
            if locator.starts(with: [0x50, 0x4B, 0x06, 0x07]) {
                let record = try Self.locate(locator, at: place, &input)
                let bytes = try input.bytes(record.range.lowerBound, Int(Self.recordByteCount), "the ZIP64 end record")
                let wide = Numbers(zip64: bytes)
                guard numbers.agrees(with: wide) else {
                    throw MalformedLayout("zip", "the end record and the ZIP64 end record disagree", at: offset)
                }
                numbers = wide
                located = record
            }
        }
        zip64 = located?.range
        guard numbers.disk == 0, numbers.directoryDisk == 0, numbers.diskEntryCount == numbers.entryCount else {
            throw MalformedLayout("zip", "an archive of several disks, which is not supported", at: offset)
        }
        entryCount = numbers.entryCount
        guard entryCount <= ContainerLayout.maximumMemberCount, entryCount <= numbers.directoryByteCount / 46 else {
            throw MalformedLayout("zip", "more entries than there is room or leave for", at: offset)
        }
        let limit = located?.range.lowerBound ?? offset
        let start = try Self.directoryStart(numbers, limit, &input)
        directory = start..<start + numbers.directoryByteCount
        base = start - numbers.directoryOffset
        if let located, located.base != base {
            throw MalformedLayout("zip", "offsets of the end records disagree", at: offset)
        }
    }

    /// The last end record; throws where another one could be taken for it.
    private static func find(_ input: inout WindowedBytes) throws -> UInt64 {
        let tailCount = Int(min(input.count, UInt64(byteCount) + 65_535))
        let tailStart = input.count - UInt64(tailCount)
        let tail = try input.bytes(tailStart, tailCount, "the end of the file")
        var found: Int?
        var index = tailCount - 4
        while index >= 0 {
            defer { index -= 1 }
            guard tail[index] == 0x50, tail[index + 1] == 0x4B, tail[index + 2] == 5, tail[index + 3] == 6 else {
                continue
            }
            let rest = tailCount - index - byteCount
            let comment = rest < 0 ? 0 : Int(FixedField.littleEndian(tail, index + 20, 2))
            if found == nil {
                guard rest >= comment else {
                    throw MalformedLayout("zip", "the end record is cut off", at: tailStart + UInt64(index))
                }
                found = index
            } else if comment == rest {
                throw MalformedLayout("zip", "two end records", at: tailStart + UInt64(index))
            }
        }
        guard let found else { throw MalformedLayout("zip", "no end record", at: input.count) }
        return tailStart + UInt64(found)
    }

    /// The ZIP64 end record that a locator at `place` points to, and how far from there it really is.
    private static func locate(
        _ locator: [UInt8],
        at place: UInt64,
        _ input: inout WindowedBytes
    ) throws -> (range: Range<UInt64>, base: UInt64) {
        let recorded = FixedField.littleEndian(locator, 8, 8)
        guard FixedField.littleEndian(locator, 4, 4) == 0, FixedField.littleEndian(locator, 16, 4) <= 1 else {
            throw MalformedLayout("zip", "an archive of several disks, which is not supported", at: place)
        }
        guard place >= recordByteCount else {
            throw MalformedLayout("zip", "no ZIP64 end record", at: place)
        }
        for start in [recorded, place - recordByteCount] where start >= recorded && start <= place - recordByteCount {
            let record = try input.bytes(start, Int(recordByteCount), "the ZIP64 end record")
            guard record.starts(with: [0x50, 0x4B, 0x06, 0x06]) else { continue }
            // The size counts what follows it.
            let size = FixedField.littleEndian(record, 4, 8)
            guard size >= recordByteCount - 12, size <= place - start - 12 else { continue }
            return (start..<start + 12 + size, start - recorded)
        }
        throw MalformedLayout("zip", "no ZIP64 end record", at: place)
    }

    /// Where the central directory begins; `limit` is where it ends at the latest.
    private static func directoryStart(
        _ numbers: Numbers,
        _ limit: UInt64,
        _ input: inout WindowedBytes
    ) throws -> UInt64 {
        guard numbers.directoryByteCount <= limit, numbers.directoryOffset <= limit - numbers.directoryByteCount else {
            throw MalformedLayout("zip", "the central directory reaches behind its end record", at: limit)
        }
        let last = limit - numbers.directoryByteCount
        guard numbers.entryCount > 0 else {
            guard numbers.directoryByteCount == 0 else {
                throw MalformedLayout("zip", "a central directory of no entries has bytes", at: limit)
            }
            return numbers.directoryOffset
        }
        var found: UInt64?
        for start in [numbers.directoryOffset, last] where start != found {
            let signature = try input.bytes(start, 4, "the central directory")
            guard signature == [0x50, 0x4B, 0x01, 0x02] else { continue }
            guard found == nil else { throw MalformedLayout("zip", "two central directories", at: start) }
            found = start
        }
        guard let found else { throw MalformedLayout("zip", "no central directory", at: numbers.directoryOffset) }
        return found
    }

    /// What an end record says.
    private struct Numbers {
        let disk: UInt64
        let directoryDisk: UInt64
        let diskEntryCount: UInt64
        let entryCount: UInt64
        let directoryByteCount: UInt64
        let directoryOffset: UInt64

        init(end: [UInt8]) {
            disk = FixedField.littleEndian(end, 4, 2)
            directoryDisk = FixedField.littleEndian(end, 6, 2)
            diskEntryCount = FixedField.littleEndian(end, 8, 2)
            entryCount = FixedField.littleEndian(end, 10, 2)
            directoryByteCount = FixedField.littleEndian(end, 12, 4)
            directoryOffset = FixedField.littleEndian(end, 16, 4)
        }

        init(zip64 record: [UInt8]) {
            disk = FixedField.littleEndian(record, 16, 4)
            directoryDisk = FixedField.littleEndian(record, 20, 4)
            diskEntryCount = FixedField.littleEndian(record, 24, 8)
            entryCount = FixedField.littleEndian(record, 32, 8)
            directoryByteCount = FixedField.littleEndian(record, 40, 8)
            directoryOffset = FixedField.littleEndian(record, 48, 8)
        }

        /// Whether each number that is not left to the ZIP64 record is the same there.
        func agrees(with wide: Numbers) -> Bool {
            let short: [(UInt64, UInt64)] = [
                (disk, wide.disk), (directoryDisk, wide.directoryDisk), (diskEntryCount, wide.diskEntryCount),
                (entryCount, wide.entryCount),
            ]
            let long = [(directoryByteCount, wide.directoryByteCount), (directoryOffset, wide.directoryOffset)]
            return short.allSatisfy { $0 == 0xFFFF || $0 == $1 } && long.allSatisfy { $0 == 0xFFFF_FFFF || $0 == $1 }
        }
    }
}
