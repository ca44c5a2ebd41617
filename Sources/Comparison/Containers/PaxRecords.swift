/// The records of a pax extended header (IEEE 1003.1, pax, "pax Extended Header"): `length key=value` and a line feed.
struct PaxRecords {
    /// The most bytes of one extended header.
    static let maximumByteCount: UInt64 = 64 << 10
    /// The most records of one extended header.
    static let maximumCount = 256

    /// One record.
    struct Record {
        /// Its bytes within the header's content.
        let range: Range<Int>
        let key: [UInt8]
        let value: [UInt8]
    }

    /// The records in order.
    let records: [Record]

    /// Reads the whole content of an extended header.
    init(_ content: [UInt8], at offset: UInt64) throws(MalformedLayout) {
        var records: [Record] = []
        var start = 0
        while start < content.count {
            guard records.count < Self.maximumCount else {
                let reason = "an extended header has more than \(Self.maximumCount) records"
                throw MalformedLayout("tar", reason, at: offset + UInt64(start))
            }
            let record = try Self.record(content, start, at: offset)
            records.append(record)
            start = record.range.upperBound
        }
        self.records = records
    }

    private static func record(_ content: [UInt8], _ start: Int, at offset: UInt64) throws(MalformedLayout) -> Record {
        let place = offset + UInt64(start)
        var space = start
        // Eight digits are more than the largest header needs.
        while space < content.count, content[space] != UInt8(ascii: " "), space - start < 8 { space += 1 }
        guard let digits = FixedField.digits(content, start..<space, base: 10), let length = Int(exactly: digits),
            content[start] != UInt8(ascii: "0"), length > space - start + 1, length <= content.count - start,
            content[start + length - 1] == UInt8(ascii: "\n")
        else { throw MalformedLayout("tar", "the length of an extended record is wrong", at: place) }
        let end = start + length - 1
        var equals = space + 1
        while equals < end, content[equals] != UInt8(ascii: "=") { equals += 1 }
        guard equals < end, equals > space + 1 else {
            throw MalformedLayout("tar", "an extended record has no key", at: place)
        }
        return Record(
            range: start..<start + length,
            key: Array(content[(space + 1)..<equals]),
            value: Array(content[(equals + 1)..<end])
        )
    }
}

extension PaxRecords.Record {
    /// The key as text, for comparison with the keys that are known; those are ASCII.
    var keyText: String { String(decoding: key, as: UTF8.self) }

    /// What the record's bytes are for.
    var purpose: (kind: FileLayout.Region.Kind, part: LayoutPart) {
        switch keyText {
        case "mtime", "atime", "ctime", "LIBARCHIVE.creationtime": (.timestamp, .time)
        case "uid", "gid", "uname", "gname": (.header, .owner)
        case "path": (.header, .name)
        case "linkpath": (.header, .linkTarget)
        case "size": (.header, .size)
        case "comment": (.comment, .comment)
        default: (.header, .extendedRecord)
        }
    }

    /// The value as a decimal number.
    var number: UInt64? { FixedField.digits(value, 0..<value.count, base: 10) }

    /// The value as a time, without the part below a second; seconds are rounded down.
    var seconds: Int64? {
        let isNegative = value.first == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        let point = value.firstIndex(of: UInt8(ascii: ".")) ?? value.count
        guard first < point, let whole = FixedField.digits(value, first..<point, base: 10),
            let seconds = Int64(exactly: whole)
        else { return nil }
        guard point < value.count else { return isNegative ? -seconds : seconds }
        guard let fraction = Self.fraction(value, point + 1) else { return nil }
        return isNegative ? (fraction ? -seconds - 1 : -seconds) : seconds
    }

    /// Whether the digits from `start` on are more than nothing; nil where they are not digits.
    private static func fraction(_ value: [UInt8], _ start: Int) -> Bool? {
        var isPositive = false
        for digit in value[start...] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            isPositive = isPositive || digit != UInt8(ascii: "0")
        }
        return isPositive
    }
}
