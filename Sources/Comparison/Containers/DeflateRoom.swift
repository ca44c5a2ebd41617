/// How much of deflated bytes may be something else than content: what compressors leave, and no more.
///
/// One value serves all deflated contents of a file, so that many small ones have no more room than a large one.
struct DeflateRoom {
    private var blockCount: UInt64
    private var spareBitCount: UInt64

    /// The room beside `contentCount` bytes in `streamCount` deflated contents.
    ///
    /// Flushing ends a block and adds an empty one, which has nothing to choose but its place, and so does the end of a
    /// content. The smallest blocks of zlib hold 128 symbols; pigz adds up to four empty ones every 128 KiB. ISA-L writes
    /// even a content of one byte with a code for all symbols, which takes 110 bytes.
    init(contentCount: UInt64, streamCount: Int) {
        self.init(
            blockCount: 16 + 2 * UInt64(streamCount) + contentCount / 64,
            spareBitCount: 8 * (128 + contentCount / 256)
        )
    }

    /// Room for so many blocks, and for so many bits that blocks take beyond what they stand for.
    init(blockCount: UInt64, spareBitCount: UInt64) {
        (self.blockCount, self.spareBitCount) = (blockCount, spareBitCount)
    }

    /// Counts a block; false where there are too many.
    mutating func takeBlock() -> Bool {
        guard blockCount > 0 else { return false }
        blockCount -= 1
        return true
    }

    /// Counts a block of `bitCount` bits with a code of its own, which `contentCount` bytes came out of; false where
    /// such blocks take too much more than storing the same bytes would, which every compressor then does.
    mutating func takeCode(_ bitCount: UInt64, _ contentCount: UInt64) -> Bool {
        // Three bits, up to seven to the next byte, two lengths of two bytes.
        let stored = contentCount == 0 ? 0 : contentCount * 8 + 42
        let spare = bitCount - min(bitCount, stored)
        guard spare <= spareBitCount else { return false }
        spareBitCount -= spare
        return true
    }
}
