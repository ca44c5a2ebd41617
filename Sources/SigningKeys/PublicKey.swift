internal import Digests
package import Encodings

/// A key that signatures are verified with.
///
/// Accepted are RSA with a modulus of 2,048 to 8,192 bits and an odd exponent from 65537 up to 8 bytes, ECDSA over the
/// named curve P-256 with an uncompressed point, and Ed25519, each in one DER spelling. That a modulus has
/// two large prime factors cannot be seen from outside and is not checked. A key says nothing about whose it is: trust
/// comes from a policy.
package struct PublicKey: Sendable {
    private let info: SubjectPublicKeyInfo
    private let handle: PublicKeyHandle
    /// The name of the key.
    package let keyID: KeyID

    /// Reads a PEM text of exactly one `PUBLIC KEY` block.
    ///
    /// Throws ``SigningKeyError/privateKeyGivenAsPublic(label:)`` for a private key, whatever its form.
    package init(pem text: [UInt8]) throws(SigningKeyError) {
        var pem = try PEM(parsing: text)
        guard pem.label == PublicKey.label else {
            let isPrivate = pem.label.hasSuffix("PRIVATE KEY")
            wipe(&pem.content)
            throw isPrivate
                ? .privateKeyGivenAsPublic(label: pem.label)
                : .unexpectedLabel(found: pem.label, wanted: PublicKey.label)
        }
        try self.init(spki: pem.content)
    }

    /// Reads the DER of a `SubjectPublicKeyInfo`.
    package init(spki: [UInt8]) throws(SigningKeyError) {
        info = try SubjectPublicKeyInfo(parsing: spki)
        handle = try PublicKeyHandle(info)
        keyID = KeyID(of: info)
    }

    /// How this key signs.
    package var scheme: SignatureScheme { info.scheme }

    /// The bits of the modulus, or of the curve.
    package var bits: Int { info.bits }

    /// The kind of key; nil for one that Vitrine accepts and does not make.
    package var type: KeyType? {
        switch scheme {
        case .rsaPKCS1SHA256: KeyType.allCases.first { $0.modulusBits == bits }
        case .rsaPSSSHA256: nil
        case .ecdsaP256SHA256: .p256
        case .ed25519: .ed25519
        }
    }

    /// The kind of key for people, of every accepted key: `rsa2048`, `rsa-pss2048`, `p256`, `ed25519`.
    package var typeName: String {
        switch scheme {
        case .rsaPKCS1SHA256: "rsa\(bits)"
        case .rsaPSSSHA256: "rsa-pss\(bits)"
        case .ecdsaP256SHA256: "p256"
        case .ed25519: "ed25519"
        }
    }

    /// The DER of the `SubjectPublicKeyInfo`.
    package var spki: [UInt8] { info.bytes }

    /// SHA-256 of the `SubjectPublicKeyInfo`.
    package var spkiSHA256: Digest { SHA256.digest(of: spki) }

    /// The PEM text, the one that `openssl pkey -pubout` writes.
    package var pem: [UInt8] { PEM.encode(PublicKey.label, spki) }

    /// Whether `signature` is one of `message` by this key, under the key's own scheme.
    ///
    /// No is the answer too where libcrypto cannot do the work. An ECDSA signature may be DER or r and s in 64 bytes.
    /// Ed25519 is verified as libcrypto does: without a cofactor, s below the group order.
    package func accepts(_ signature: [UInt8], of message: SignedMessage) -> Bool {
        accepts(signature, of: message, under: scheme)
    }

    /// Whether `signature` is one of the message with these bytes by this key.
    package func accepts(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        accepts(signature, of: SignedMessage(message), under: scheme)
    }

    /// Whether `signature` is one of `message` by this key under `scheme`, which need not be the key's own.
    ///
    /// This is for test vectors that use one key with several schemes. A judgement asks ``accepts(_:of:)``.
    package func accepts(
        _ signature: [UInt8],
        of message: SignedMessage,
        under scheme: SignatureScheme
    ) -> Bool {
        switch (scheme, info.material) {
        case (.rsaPKCS1SHA256, .rsa(let modulus, _)):
            guard signature.count == modulus.count,
                let expected = RSASignature.encodedMessage(for: message, length: modulus.count)
            else { return false }
            return handle.recover(signature, modulusLength: modulus.count) == expected
        case (.rsaPSSSHA256, .rsa(let modulus, _)):
            // RFC 8017 section 8.1.2 step 1.
            return signature.count == modulus.count && handle.accepts(signature, of: message, under: scheme)
        case (.ecdsaP256SHA256, .p256):
            if handle.accepts(signature, of: message, under: scheme) { return true }
            guard let der = ECDSASignature.der(raw: signature) else { return false }
            return handle.accepts(der, of: message, under: scheme)
        case (.ed25519, .ed25519):
            return signature.count == 64 && handle.accepts(signature, of: message, under: scheme)
        default:
            return false
        }
    }

    static let label = "PUBLIC KEY"
}

extension PublicKey: Hashable {
    /// Two keys are equal when their `SubjectPublicKeyInfo` is.
    package static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.spki == right.spki
    }

    /// Hashes the `SubjectPublicKeyInfo`.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(spki)
    }
}
