import TestSupport

@testable import Comparison

/// A deflated content, written bit by bit.
struct DeflateBytes {
    private(set) var bytes: [UInt8] = []
    private var bitCount = 0

    /// What it inflates to.
    private(set) var content: [UInt8] = []

    /// Adds the lowest bits of a number, the lowest first.
    mutating func put(_ value: Int, _ count: Int) {
        for bit in 0..<count {
            if bitCount % 8 == 0 { bytes.append(0) }
            bytes[bytes.count - 1] |= UInt8(value >> bit & 1) << UInt8(bitCount % 8)
            bitCount += 1
        }
    }

    /// A stored block; `padding` are the bits before its first whole byte.
    mutating func stored(_ more: [UInt8] = [], last: Bool = false, padding: Int = 0) {
        put(last ? 1 : 0, 3)
        put(padding, (8 - bitCount % 8) % 8)
        put(more.count, 16)
        put(~more.count, 16)
        bytes += more
        bitCount += 8 * more.count
        content += more
    }

    /// A block of the fixed code; each byte is below 144, so that its code has eight bits.
    mutating func fixed(_ more: [UInt8] = [], last: Bool = false) {
        put(last ? 1 : 0, 1)
        put(1, 2)
        for byte in more {
            for bit in (0..<8).reversed() { put((Int(byte) + 0x30) >> bit, 1) }
        }
        put(0, 7)
        content += more
    }

    /// A block with a code of its own in which only `symbol` and the end have codes, and no or one `symbol`.
    mutating func coded(_ symbol: UInt8? = nil, last: Bool = false) {
        put(last ? 1 : 0, 1)
        put(2, 2)
        put(0, 5)
        put(0, 5)
        // Eighteen lengths: 18 and 1 have a code of one bit each, 1 the lower.
        put(14, 4)
        for index in 0..<18 { put(index == 2 || index == 17 ? 1 : 0, 3) }
        func zeros(_ count: Int) -> [(Int, Int)] {
            count <= 138 ? [(1, 1), (count - 11, 7)] : zeros(count / 2) + zeros(count - count / 2)
        }
        let before = symbol.map { zeros(Int($0)) + [(0, 1)] + zeros(255 - Int($0)) } ?? zeros(256)
        for (value, count) in before + [(0, 1), (0, 1)] { put(value, count) }
        if let symbol {
            put(0b10, 2)
            content.append(symbol)
        } else {
            put(0, 1)
        }
    }

    /// A zip archive of one member, `a`, with this content, and `extra` behind it.
    func zip(_ extra: [UInt8] = []) -> [UInt8] {
        let stored = bytes + extra
        var fields = [0, 0, 8, 0, 0, 0, 0x21, 0x58] + ZipFile.field(UInt64(CRC32.checksum(content[...])), 4)
        fields += ZipFile.field(UInt64(stored.count), 4) + ZipFile.field(UInt64(content.count), 4) + [1, 0, 0, 0]
        let local = [0x50, 0x4B, 3, 4, 20, 0] + fields + [UInt8(ascii: "a")] + stored
        let central =
            [0x50, 0x4B, 1, 2, 20, 3, 20, 0] + fields + [0, 0, 0, 0, 0, 0, 0, 0, 0xA4, 0x81, 0, 0, 0, 0]
            + [UInt8(ascii: "a")]
        return local + central + [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0]
            + ZipFile.field(UInt64(central.count), 4) + ZipFile.field(UInt64(local.count), 4) + [0, 0]
    }

    /// A gzip file with this content.
    var gzip: [UInt8] {
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + bytes + ZipFile.field(UInt64(CRC32.checksum(content[...])), 4)
            + ZipFile.field(UInt64(content.count), 4)
    }
}
