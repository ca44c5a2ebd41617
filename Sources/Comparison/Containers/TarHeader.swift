/// One header block of a tar archive: POSIX ustar (IEEE 1003.1, pax, "ustar Interchange Format") or GNU.
struct TarHeader {
    static let byteCount = 512

    /// The name, with the prefix of ustar.
    let name: [UInt8]
    let mode: UInt32?
    let uid: UInt64?
    let gid: UInt64?
    let size: UInt64
    let mtime: Int64?
    let type: UInt8
    let linkName: [UInt8]
    /// Whether the last fields are those of GNU, which keeps times where ustar keeps the prefix.
    let isGNU: Bool
    /// Whether GNU's fields for the time of access and of change are in use.
    let hasTimes: Bool

    /// Reads a block; throws what is wrong with it.
    init(_ block: [UInt8], at offset: UInt64) throws(MalformedLayout) {
        let magic = block[257..<265]
        isGNU = magic.elementsEqual("ustar  \0".utf8)
        guard isGNU || magic.elementsEqual("ustar\u{0}00".utf8) else {
            throw MalformedLayout("tar", "a header has no `ustar`", at: offset)
        }
        guard case .some(let checksum?) = Self.number(block, 148..<156), checksum == Self.sum(block) else {
            throw MalformedLayout("tar", "the checksum of a header is not that of its bytes", at: offset)
        }
        guard let mode = Self.number(block, 100..<108), let uid = Self.number(block, 108..<116),
            let gid = Self.number(block, 116..<124), case .some(let size?) = Self.number(block, 124..<136),
            let mtime = Self.number(block, 136..<148)
        else { throw MalformedLayout("tar", "a number in a header is not one", at: offset) }
        guard (mode ?? 0) >= 0, (uid ?? 0) >= 0, (gid ?? 0) >= 0, size >= 0 else {
            throw MalformedLayout("tar", "a number in a header is negative", at: offset)
        }
        self.mode = mode.map { UInt32(truncatingIfNeeded: $0) }
        self.uid = uid.map { UInt64($0) }
        self.gid = gid.map { UInt64($0) }
        self.size = UInt64(size)
        self.mtime = mtime
        type = block[156]
        linkName = FixedField.text(block, 157..<257)
        let last = FixedField.text(block, 0..<100)
        if isGNU || block[345] == 0 {
            name = last
        } else {
            name = FixedField.text(block, 345..<500) + [UInt8(ascii: "/")] + last
        }
        hasTimes = isGNU && block[345..<369].contains { $0 != 0 }
        // Others read a part of a name there.
        guard !hasTimes || Self.number(block, 345..<357) != nil && Self.number(block, 357..<369) != nil else {
            throw MalformedLayout("tar", "a time in a header is not one", at: offset)
        }
    }

    /// Whether a block holds nothing but zeros.
    static func isZero(_ block: [UInt8]) -> Bool {
        // The first byte decides for nearly every header.
        guard block[0] == 0 else { return false }
        for byte in block where byte != 0 {
            return false
        }
        return true
    }

    /// The sum of all bytes, the checksum's own taken for spaces.
    private static func sum(_ block: [UInt8]) -> Int64 {
        var sum: Int64 = 8 * 0x20
        var index = 0
        while index < 148 {
            sum &+= Int64(truncatingIfNeeded: block[index])
            index &+= 1
        }
        index = 156
        while index < byteCount {
            sum &+= Int64(truncatingIfNeeded: block[index])
            index &+= 1
        }
        return sum
    }

    /// A number in octal digits, or in binary where the first bit is set; an empty optional inside is a blank field.
    static func number(_ block: [UInt8], _ range: Range<Int>) -> Int64?? {
        let first = block[range.lowerBound]
        if first == 0x80 || first == 0xFF {
            // GNU: two's complement, the highest byte first.
            var value: Int64 = first == 0xFF ? -1 : 0
            for index in range.dropFirst() {
                guard value >> 55 == 0 || value >> 55 == -1 else { return nil }
                value = value << 8 | Int64(block[index])
            }
            return .some(value)
        }
        var start = range.lowerBound
        while start < range.upperBound, block[start] == UInt8(ascii: " ") { start += 1 }
        var end = start
        while end < range.upperBound, block[end] != 0, block[end] != UInt8(ascii: " ") { end += 1 }
        for index in end..<range.upperBound where block[index] != 0 && block[index] != UInt8(ascii: " ") {
            return nil
        }
        guard end > start else { return .some(nil) }
        guard let value = FixedField.digits(block, start..<end, base: 8) else { return nil }
        return Int64(exactly: value).map { .some($0) }
    }
}
