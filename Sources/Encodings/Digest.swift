/// The 32 bytes of a SHA-256 value.
///
/// A digest says which bytes were hashed and nothing about who hashed them or why.
@usableFromInline
package struct Digest: Hashable, Sendable {
    /// The length of a digest, in bytes.
    @inlinable package static var byteCount: Int { 32 }

    // Four big-endian words: comparing words compares bytes.
    @usableFromInline let word0: UInt64
    @usableFromInline let word1: UInt64
    @usableFromInline let word2: UInt64
    @usableFromInline let word3: UInt64

    /// Makes a digest of the 32 bytes of `bytes`; nil for any other count.
    @inlinable
    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        word0 = Digest.word(bytes, at: 0)
        word1 = Digest.word(bytes, at: 8)
        word2 = Digest.word(bytes, at: 16)
        word3 = Digest.word(bytes, at: 24)
    }

    /// Makes a digest of an array; nil unless it holds exactly 32 bytes.
    package init?(_ bytes: [UInt8]) {
        self.init(bytes.span)
    }

    /// Makes a digest of its one spelling, 64 lower-case hexadecimal digits; nil for any other.
    package init?(hex: some Collection<UInt8>) {
        guard hex.count == 2 * Digest.byteCount, let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    /// Makes a digest of its one spelling as text; nil for any other.
    package init?(hex: Text) {
        self.init(hex: hex.utf8)
    }

    /// The byte at `index`, 0 to 31.
    @inlinable
    package subscript(index: Int) -> UInt8 {
        let word =
            switch index >> 3 {
            case 0: word0
            case 1: word1
            case 2: word2
            default: word3
            }
        return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7)))
    }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Digest.byteCount)
        append(to: &bytes)
        return bytes
    }

    /// The 64 lower-case hexadecimal digits.
    package var hex: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * Digest.byteCount)
        appendHex(to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }

    /// Appends the 32 bytes to `output`.
    package func append(to output: inout [UInt8]) {
        for index in 0..<Digest.byteCount {
            output.append(self[index])
        }
    }

    /// Appends the 64 hexadecimal digits to `output`.
    package func appendHex(to output: inout [UInt8]) {
        for index in 0..<Digest.byteCount {
            Hex.append(self[index], to: &output)
        }
    }

    /// Writes the 32 bytes into `bytes` from `offset` on, where there must be room for them.
    @inlinable
    package func copy(into bytes: inout MutableSpan<UInt8>, at offset: Int) {
        Digest.copy(word0, into: &bytes, at: offset)
        Digest.copy(word1, into: &bytes, at: offset + 8)
        Digest.copy(word2, into: &bytes, at: offset + 16)
        Digest.copy(word3, into: &bytes, at: offset + 24)
    }

    /// Writes the 64 hexadecimal digits into `bytes` from `offset` on, where there must be room for them.
    @inlinable
    package func copyHex(into bytes: inout MutableSpan<UInt8>, at offset: Int) {
        Digest.copy(Digest.digits(word0 >> 32), into: &bytes, at: offset)
        Digest.copy(Digest.digits(word0), into: &bytes, at: offset + 8)
        Digest.copy(Digest.digits(word1 >> 32), into: &bytes, at: offset + 16)
        Digest.copy(Digest.digits(word1), into: &bytes, at: offset + 24)
        Digest.copy(Digest.digits(word2 >> 32), into: &bytes, at: offset + 32)
        Digest.copy(Digest.digits(word2), into: &bytes, at: offset + 40)
        Digest.copy(Digest.digits(word3 >> 32), into: &bytes, at: offset + 48)
        Digest.copy(Digest.digits(word3), into: &bytes, at: offset + 56)
    }

    /// The eight digits of the lower half of `word`, one a byte.
    @inlinable
    static func digits(_ word: UInt64) -> UInt64 {
        // Spread the nibbles over the bytes, then add `0`, or `a` less ten, to all of them at once.
        var nibbles = word & 0xFFFF_FFFF
        nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = ((nibbles &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
    }

    @inlinable
    static func copy(_ word: UInt64, into bytes: inout MutableSpan<UInt8>, at offset: Int) {
        // Bytes have no padding that could be read or written.
        var raw = unsafe bytes.mutableBytes
        raw.storeBytes(of: word.bigEndian, toByteOffset: offset, as: UInt64.self)
    }

    @inlinable
    static func word(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in offset..<offset + 8 {
            word = word << 8 | UInt64(bytes[index])
        }
        return word
    }
}

extension Digest: Comparable {
    /// Orders digests by their bytes.
    @inlinable
    package static func < (left: Digest, right: Digest) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        return left.word3 < right.word3
    }
}
