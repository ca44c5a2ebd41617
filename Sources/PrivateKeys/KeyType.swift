package import SigningKeys

/// The kinds of key that Vitrine makes; the raw value is the spelling on the command line.
package enum KeyType: String, Sendable, CaseIterable {
    /// RSA with a modulus of 2,048 bits, the default: what the smart cards and verifiers of our readers have.
    case rsa2048
    /// RSA with a modulus of 3,072 bits.
    case rsa3072
    /// RSA with a modulus of 4,096 bits.
    case rsa4096
    /// ECDSA over NIST P-256.
    case p256
    /// Ed25519 (RFC 8032).
    case ed25519

    /// What is made where nobody asks for another kind.
    package static let standard = KeyType.rsa2048

    /// The bits of the modulus; nil for a key that is not RSA.
    var modulusBits: Int? {
        switch self {
        case .rsa2048: 2048
        case .rsa3072: 3072
        case .rsa4096: 4096
        case .p256, .ed25519: nil
        }
    }
}

extension PublicKey {
    /// The kind of key; nil for one that Vitrine accepts and does not make.
    package var type: KeyType? {
        switch scheme {
        case .rsaPKCS1SHA256: KeyType.allCases.first { $0.modulusBits == bits }
        case .rsaPSSSHA256: nil
        case .ecdsaP256SHA256: .p256
        case .ed25519: .ed25519
        }
    }
}
