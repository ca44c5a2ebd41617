/// Walks deflated bytes (RFC 1951) block by block, and refuses those that have room for what is no content.
///
/// Nothing is inflated, and what an inflater passes over is looked at: empty blocks, the bits before a stored block
/// and behind the last one, and what follows. How a content is divided into blocks, and by which codes it is written,
/// is not unique and tells nothing.
struct DeflateWalk {
    private var bits: DeflateBits
    private var literals = DeflateCode()
    private var distances = DeflateCode()
    private var lengthCode = DeflateCode()
    private var lengths: [UInt8] = []
    private var contentCount: UInt64 = 0
    private var ceiling: UInt64 = 0

    /// Begins at the first byte of `source`.
    init(_ source: any RandomAccessBytes) {
        bits = DeflateBits(source)
    }

    /// Walks from the first byte to the last and tells how many bytes come out, at most `ceiling`.
    ///
    /// Throws ``MalformedLayout`` where there is anything else than one deflated content, or more than `room` has room
    /// for. `budget` is asked before every block with a code of its own.
    mutating func walk(
        ceiling: UInt64,
        _ room: inout DeflateRoom,
        _ budget: () throws -> Void = {}
    ) throws -> UInt64 {
        self.ceiling = ceiling
        var isLast = false
        while !isLast {
            let start = bits.takenCount
            guard room.takeBlock() else { throw refusal("more blocks than a compressor writes") }
            guard let head = try bits.take(3) else { throw cutOff }
            isLast = head & 1 == 1
            switch head >> 1 {
            case 0: try walkStored()
            case 1:
                (literals, distances) = DeflateCode.fixed
                try walkCoded()
            case 2:
                try budget()
                let before = contentCount
                try readCodes()
                try walkCoded()
                guard room.takeCode(bits.takenCount - start, contentCount - before) else {
                    throw refusal("blocks that are larger than what they hold")
                }
            default: throw refusal("a block of no known type")
            }
        }
        guard bits.align() else { throw refusal("bits behind the last block that are not zero") }
        guard bits.restByteCount == 0 else { throw refusal("bytes behind the last block") }
        return contentCount
    }

    /// A stored block, section 3.2.4.
    private mutating func walkStored() throws {
        guard bits.align() else { throw refusal("bits before a stored block that are not zero") }
        guard let count = try bits.take(16), let complement = try bits.take(16) else { throw cutOff }
        guard count ^ 0xFFFF == complement else { throw refusal("a stored block of two sizes") }
        guard count <= ceiling - contentCount else { throw tooLarge }
        guard try bits.skip(bytes: count) else { throw cutOff }
        contentCount += count
    }

    /// What stands behind the codes of a block, section 3.2.5.
    private mutating func walkCoded() throws {
        while true {
            // A length and a distance take 48 bits at most.
            try bits.fill()
            guard let symbol = literals.symbol(&bits) else { throw noCode }
            var count: UInt64 = 1
            if symbol >= 256 {
                if symbol == 256 { return }
                guard symbol < 286 else { throw noCode }
                count = try matchCount(symbol)
            }
            guard count <= ceiling &- contentCount else { throw tooLarge }
            contentCount &+= count
        }
    }

    /// How many bytes a match repeats, whose length is told by `symbol`.
    @inline(__always)
    private mutating func matchCount(_ symbol: Int) throws -> UInt64 {
        var count = UInt64(symbol &- 254)
        if symbol == 285 {
            count = 258
        } else if symbol >= 265 {
            let extra = UInt64(symbol &- 261) / 4
            guard let more = try bits.take(extra) else { throw cutOff }
            count = (4 &+ UInt64(symbol &- 261) % 4) &<< extra &+ 3 &+ more
        }
        guard let symbol = distances.symbol(&bits), symbol < 30 else { throw noCode }
        var distance = UInt64(symbol) &+ 1
        if symbol >= 4 {
            let extra = UInt64(symbol) / 2 &- 1
            guard let more = try bits.take(extra) else { throw cutOff }
            distance = (2 &+ UInt64(symbol) % 2) &<< extra &+ 1 &+ more
        }
        guard distance <= contentCount else { throw refusal("a match that begins before the content") }
        return count
    }

    /// The codes of a block, section 3.2.7.
    private mutating func readCodes() throws {
        guard let head = try bits.take(14) else { throw cutOff }
        let (literalCount, distanceCount) = (Int(head & 31) + 257, Int(head >> 5 & 31) + 1)
        guard literalCount <= 286, distanceCount <= 30 else { throw refusal("more codes than there are symbols") }
        lengths.removeAll(keepingCapacity: true)
        lengths.append(contentsOf: repeatElement(0, count: 19))
        for index in DeflateWalk.lengthOrder.prefix(Int(head >> 10) + 4) {
            guard let length = try bits.take(3) else { throw cutOff }
            lengths[index] = UInt8(length)
        }
        guard lengthCode.set(lengths[...], mustBeComplete: true) else { throw refusal("a code that is none") }
        lengths.removeAll(keepingCapacity: true)
        while lengths.count < literalCount + distanceCount {
            try bits.fill()
            guard let symbol = lengthCode.symbol(&bits) else { throw noCode }
            if symbol < 16 {
                lengths.append(UInt8(symbol))
                continue
            }
            let (width, least): (UInt64, UInt64) = symbol == 16 ? (2, 3) : symbol == 17 ? (3, 3) : (7, 11)
            guard let more = try bits.take(width) else { throw cutOff }
            guard let length = symbol == 16 ? lengths.last : 0 else { throw refusal("a repeat of nothing") }
            lengths.append(contentsOf: repeatElement(length, count: Int(least + more)))
        }
        guard lengths.count == literalCount + distanceCount, lengths[256] > 0,
            literals.set(lengths[..<literalCount]), distances.set(lengths[literalCount...])
        else { throw refusal("a code that is none") }
    }

    private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private var cutOff: MalformedLayout { refusal("it is cut off") }
    private var noCode: MalformedLayout { refusal("bits that are no symbol") }
    private var tooLarge: MalformedLayout { refusal("more content than there must be") }

    private func refusal(_ reason: String) -> MalformedLayout {
        MalformedLayout("deflate", reason, at: bits.byteOffset)
    }
}
