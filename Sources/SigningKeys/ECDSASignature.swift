/// The two spellings of an ECDSA signature over P-256.
enum ECDSASignature {
    /// The length of the raw spelling, r and s with 32 bytes each (IEEE P1363).
    static let rawCount = 64

    /// The DER spelling (RFC 3279 section 2.2.3) of a raw one; nil for another length.
    static func der(raw: [UInt8]) -> [UInt8]? {
        guard raw.count == rawCount else { return nil }
        return DER.element(.sequence, integer(raw[..<32]) + integer(raw[32...]))
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let magnitude = Array(bytes.drop { $0 == 0 })
        let isNegative = magnitude.first.map { $0 >= 0x80 } ?? true  // Zero is one zero byte.
        return DER.element(.integer, (isNegative ? [0] : []) + magnitude)
    }
}
