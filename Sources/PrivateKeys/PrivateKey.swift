package import SigningKeys

/// A key that signs.
///
/// The numbers of the key stay in libcrypto, which overwrites them when the last copy of the value goes.
package struct PrivateKey: Sendable {
    /// The longest passphrase, in bytes.
    package static let passphraseLimit = 1024

    private let handle: PrivateKeyHandle
    /// The public half.
    package let publicKey: PublicKey

    /// Makes a new key from the system's randomness.
    package static func generate(_ type: KeyType = .standard) throws(SigningKeyError) -> PrivateKey {
        try PrivateKey(PrivateKeyHandle.generate(type))
    }

    /// Reads a PEM text of exactly one PKCS#8 block, `PRIVATE KEY` or `ENCRYPTED PRIVATE KEY`.
    ///
    /// A passphrase must be given for the second and must not for the first. Opening an encrypted key takes a good part
    /// of a second by design. The caller's copy of `text` stays the caller's to wipe.
    package init(pem text: [UInt8], passphrase: Secret? = nil) throws(SigningKeyError) {
        var pem = try PEM(parsing: text)
        defer { wipe(&pem.content) }
        switch pem.label {
        case PrivateKey.label:
            guard passphrase == nil else { throw .notEncrypted }
            try PrivateKey.checkIsOneElement(pem.content)
            try self.init(PrivateKeyHandle(pkcs8: pem.content))
        case PrivateKey.encryptedLabel:
            guard let passphrase else { throw .passphraseNeeded }
            try PrivateKey.check(passphrase)
            try EncryptedPrivateKeyInfo.check(pem.content)
            try self.init(PrivateKeyHandle(encryptedPKCS8: pem.content, passphrase: passphrase))
        case PublicKey.label:
            throw .publicKeyGivenAsPrivate
        case let label where label.hasSuffix(PrivateKey.label):
            throw .traditionalPrivateKey(label: label)
        default:
            throw .unexpectedLabel(found: pem.label, wanted: PrivateKey.label)
        }
    }

    private init(_ handle: PrivateKeyHandle) throws(SigningKeyError) {
        publicKey = try PublicKey(spki: handle.spki())
        guard publicKey.scheme != .rsaPSSSHA256 else {
            // The salt of PSS is random and so can carry something out of a room unseen.
            throw .unsupportedAlgorithm(found: "RSASSA-PSS for signing")
        }
        self.handle = handle
    }

    /// Whether `text` is an encrypted private key, so that a passphrase is asked for only where one is needed.
    package static func isEncrypted(pem text: [UInt8]) throws(SigningKeyError) -> Bool {
        var pem = try PEM(parsing: text)
        defer { wipe(&pem.content) }
        return pem.label == encryptedLabel
    }

    /// The PEM text of the key in PKCS#8: encrypted where a passphrase is given, readable by anyone where none is.
    ///
    /// Encrypted means PBES2 with AES-256-CBC and 600,000 rounds of PBKDF2 with HMAC-SHA-256.
    package func pem(passphrase: Secret?) throws(SigningKeyError) -> Secret {
        if let passphrase { try PrivateKey.check(passphrase) }
        return try handle.pem(passphrase: passphrase)
    }

    /// A signature of `message` under the scheme of the key.
    ///
    /// RSA and Ed25519 always give the same signature of one message, ECDSA another one every time. The signature is
    /// verified before it is given out, as a faulty one can give the key away (Boneh, DeMillo and Lipton, 1997).
    package func sign(_ message: [UInt8]) throws(SigningKeyError) -> [UInt8] {
        let signature = try handle.sign(message, under: publicKey.scheme)
        guard publicKey.accepts(signature, of: message) else { throw .signatureFault }
        return signature
    }

    private static func check(_ passphrase: Secret) throws(SigningKeyError) {
        guard 1...passphraseLimit ~= passphrase.count else {
            throw .passphraseLength(found: passphrase.count, limit: passphraseLimit)
        }
    }

    /// Refuses bytes after the outermost element, which libcrypto would pass over.
    private static func checkIsOneElement(_ bytes: [UInt8]) throws(SigningKeyError) {
        var reader = DER.Reader(bytes[...])
        guard reader.read(.sequence) != nil, reader.isAtEnd else {
            throw .malformedKey(reason: "not one DER sequence")
        }
    }

    private static let label = "PRIVATE KEY"
    private static let encryptedLabel = "ENCRYPTED PRIVATE KEY"
}
