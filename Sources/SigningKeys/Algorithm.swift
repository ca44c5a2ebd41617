internal import Encodings

/// The `AlgorithmIdentifier` elements that keys may carry, whole, each in its one accepted spelling.
enum Algorithm {
    /// rsaEncryption with NULL parameters (RFC 3279 section 2.3.1).
    static let rsa = DER.element(.sequence, identifier(rsaArc + [0x01]) + null)

    /// id-RSASSA-PSS with SHA-256, MGF1 with SHA-256, a salt of 32 bytes and the default trailer (RFC 4055 section 3).
    static let pss = DER.element(.sequence, identifier(rsaArc + [0x0A]) + pssParameters)

    /// id-ecPublicKey with the named curve prime256v1 (RFC 5480 section 2.1.1).
    static let p256 = DER.element(
        .sequence,
        identifier(ecPublicKey) + identifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07])
    )

    /// id-Ed25519 without parameters (RFC 8410 section 3).
    static let ed25519 = DER.element(.sequence, identifier([0x2B, 0x65, 0x70]))

    /// A name for an algorithm that is not accepted: a known one's, else its object identifier in hexadecimal.
    static func name(of algorithm: ArraySlice<UInt8>) -> String {
        var outer = DER.Reader(algorithm)
        guard let content = outer.read(.sequence) else { return "unreadable" }
        var reader = DER.Reader(content)
        guard let identifier = reader.read(.objectIdentifier) else { return "unreadable" }
        switch Array(identifier) {
        case rsaArc + [0x01]: return "rsaEncryption with parameters"
        case rsaArc + [0x0A]: return "RSASSA-PSS with parameters other than SHA-256, MGF1-SHA-256, salt 32"
        case ecPublicKey: return "elliptic curve other than the named curve P-256"
        default: return "object identifier \(hex(identifier.prefix(32)))"
        }
    }

    private static let null: [UInt8] = [0x05, 0x00]
    // 1.2.840.113549.1.1 and 1.2.840.10045.2.1.
    private static let rsaArc: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01]
    private static let ecPublicKey: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]

    private static let pssParameters: [UInt8] = {
        let sha256 = DER.element(
            .sequence,
            identifier([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]) + null
        )
        let mgf1 = DER.element(.sequence, identifier(rsaArc + [0x08]) + sha256)
        let saltLength = DER.element(.integer, [32])
        return DER.element(.sequence, tagged(0, sha256) + tagged(1, mgf1) + tagged(2, saltLength))
    }()

    private static func identifier(_ bytes: [UInt8]) -> [UInt8] {
        DER.element(.objectIdentifier, bytes)
    }

    /// An explicit context tag; the elements here are shorter than 128 bytes.
    private static func tagged(_ number: UInt8, _ element: [UInt8]) -> [UInt8] {
        [0xA0 | number, UInt8(element.count)] + element
    }
}

/// The hexadecimal digits of `bytes`.
func hex(_ bytes: some Sequence<UInt8>) -> String {
    Hex.encode(bytes)
}
