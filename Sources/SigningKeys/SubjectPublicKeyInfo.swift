/// A public key as its `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7) spells it, in the one spelling accepted.
///
/// Whether the numbers make a working key is libcrypto's to say; here stand the bounds and the form.
struct SubjectPublicKeyInfo {
    /// The numbers of a key.
    enum Material {
        /// Modulus and public exponent, big-endian without leading zeros.
        case rsa(modulus: [UInt8], exponent: [UInt8])
        /// The uncompressed point: 04, x, y.
        case p256(point: [UInt8])
        /// The 32 bytes of RFC 8032.
        case ed25519(key: [UInt8])
    }

    /// The fewest and most bits of an RSA modulus; above, verifying costs more than a judgement should.
    static let modulusBits = 2048...8192

    let scheme: SignatureScheme
    let material: Material
    /// The DER, as given and canonical.
    let bytes: [UInt8]
    private let keyBits: ArraySlice<UInt8>

    /// Reads `bytes`.
    init(parsing bytes: [UInt8]) throws(SigningKeyError) {
        var outer = DER.Reader(bytes[...])
        guard let content = outer.read(.sequence), outer.isAtEnd else {
            throw .malformedKey(reason: "not one DER sequence")
        }
        var reader = DER.Reader(content)
        guard let algorithm = reader.readWhole(.sequence), let bits = reader.read(.bitString), reader.isAtEnd,
            bits.first == 0  // No unused bits.
        else { throw .malformedKey(reason: "not a SubjectPublicKeyInfo in DER") }
        keyBits = bits.dropFirst()
        scheme = try SubjectPublicKeyInfo.scheme(of: algorithm)
        material =
            switch scheme {
            case .rsaPKCS1SHA256, .rsaPSSSHA256: try SubjectPublicKeyInfo.rsa(keyBits)
            case .ecdsaP256SHA256: try SubjectPublicKeyInfo.p256(keyBits)
            case .ed25519: try SubjectPublicKeyInfo.ed25519(keyBits)
            }
        self.bytes = bytes
    }

    /// The bits of the modulus, or of the curve.
    var bits: Int {
        guard case .rsa(let modulus, _) = material else { return 256 }
        return SubjectPublicKeyInfo.bitCount(modulus)
    }

    /// The same key without restrictions on its use, for libcrypto: the restrictions are ours to enforce.
    var unrestricted: [UInt8] {
        guard scheme == .rsaPSSSHA256 else { return bytes }
        return DER.element(.sequence, Algorithm.rsa + DER.element(.bitString, [0] + keyBits))
    }

    private static func scheme(of algorithm: ArraySlice<UInt8>) throws(SigningKeyError) -> SignatureScheme {
        switch Array(algorithm) {
        case Algorithm.rsa: return .rsaPKCS1SHA256
        case Algorithm.pss: return .rsaPSSSHA256
        case Algorithm.p256: return .ecdsaP256SHA256
        case Algorithm.ed25519: return .ed25519
        default: throw .unsupportedAlgorithm(found: Algorithm.name(of: algorithm))
        }
    }

    private static func rsa(_ bits: ArraySlice<UInt8>) throws(SigningKeyError) -> Material {
        var outer = DER.Reader(bits)
        guard let content = outer.read(.sequence), outer.isAtEnd else {
            throw .malformedKey(reason: "RSA key is not a DER sequence")
        }
        var reader = DER.Reader(content)
        guard let modulus = reader.readPositiveInteger(), let exponent = reader.readPositiveInteger(), reader.isAtEnd
        else { throw .malformedKey(reason: "RSA key is not two positive DER integers") }
        let count = bitCount(modulus)
        guard modulusBits ~= count else {
            throw .modulusSize(found: count, atLeast: modulusBits.lowerBound, atMost: modulusBits.upperBound)
        }
        guard modulus.last.map({ $0 & 1 == 1 }) == true else { throw .malformedKey(reason: "RSA modulus is even") }
        // Three bytes are enough for 65537 and two are not.
        let isLarge = exponent.count > 3 || exponent.count == 3 && exponent != [0x01, 0x00, 0x00]
        guard isLarge, exponent.count <= 8, exponent.last.map({ $0 & 1 == 1 }) == true else {
            throw .exponent(found: hex(exponent.prefix(16)))
        }
        return .rsa(modulus: modulus, exponent: exponent)
    }

    private static func p256(_ bits: ArraySlice<UInt8>) throws(SigningKeyError) -> Material {
        // SEC 1 section 2.3.3; that the point is on the curve, libcrypto checks.
        guard bits.count == 65, bits.first == 0x04 else {
            throw .malformedKey(reason: "P-256 key is not an uncompressed point")
        }
        return .p256(point: Array(bits))
    }

    private static func ed25519(_ bits: ArraySlice<UInt8>) throws(SigningKeyError) -> Material {
        guard bits.count == 32 else { throw .malformedKey(reason: "Ed25519 key is not 32 bytes") }
        return .ed25519(key: Array(bits))
    }

    private static func bitCount(_ magnitude: [UInt8]) -> Int {
        guard let first = magnitude.first else { return 0 }
        return 8 * magnitude.count - first.leadingZeroBitCount
    }
}
