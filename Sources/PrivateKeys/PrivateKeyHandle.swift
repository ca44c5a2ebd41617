internal import COpenSSL
internal import Digests
internal import SigningKeys

/// The one owner of an `EVP_PKEY` with a private key, and all that is asked of it.
@safe
final class PrivateKeyHandle: Sendable {
    /// Rounds of PBKDF2 with HMAC-SHA-256 in keys that are written.
    static let iterations: Int32 = 600_000

    // An EVP_PKEY that nobody changes may be used from several threads (openssl-threads(7)).
    nonisolated(unsafe) private let key: OpaquePointer

    private init(owning key: OpaquePointer) {
        unsafe self.key = key
    }

    deinit {
        // Frees the numbers of the key with OPENSSL_clear_free and BN_clear_free.
        unsafe EVP_PKEY_free(key)
    }

    /// Makes a new key of `type`.
    static func generate(_ type: KeyType) throws(SigningKeyError) -> PrivateKeyHandle {
        LibCrypto.start()
        let name =
            switch type {
            case .rsa2048, .rsa3072, .rsa4096: "RSA"
            case .p256: "EC"
            case .ed25519: "ED25519"
            }
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, name, nil) else {
            throw LibCryptoErrors.error("key generation for \(name)")
        }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var isReady = unsafe EVP_PKEY_keygen_init(context) == 1
        if let bits = type.modulusBits {
            isReady = unsafe isReady && EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) == 1
        } else if type == .p256 {
            isReady = unsafe isReady && EVP_PKEY_CTX_set_group_name(context, "P-256") == 1
        }
        var key: OpaquePointer?
        guard isReady, unsafe EVP_PKEY_generate(context, &key) == 1, let key = unsafe key else {
            throw LibCryptoErrors.error("key generation for \(type.rawValue)")
        }
        return unsafe PrivateKeyHandle(owning: key)
    }

    /// Loads an unencrypted PKCS#8 `PrivateKeyInfo` (RFC 5208 section 5); the caller wipes `bytes`.
    init(pkcs8 bytes: [UInt8]) throws(SigningKeyError) {
        LibCrypto.start()
        unsafe key = try PrivateKeyHandle.load(PrivateKeyHandle.parse(bytes))
    }

    /// Opens and loads a PKCS#8 `EncryptedPrivateKeyInfo` (RFC 5208 section 6).
    init(encryptedPKCS8 bytes: [UInt8], passphrase: Secret) throws(SigningKeyError) {
        LibCrypto.start()
        let encrypted = unsafe bytes.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            return unsafe d2i_X509_SIG(nil, &position, buffer.count)
        }
        guard let encrypted = unsafe encrypted else { throw .malformedKey(reason: LibCryptoErrors.drain()) }
        defer { unsafe X509_SIG_free(encrypted) }
        let info = unsafe passphrase.withBytes { bytes in
            unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
                    unsafe PKCS8_decrypt(encrypted, characters.baseAddress, Int32(characters.count))
                }
            }
        }
        guard let info = unsafe info else {
            LibCryptoErrors.drain()
            throw .wrongPassphrase
        }
        unsafe key = try PrivateKeyHandle.load(info)
    }

    /// The DER of the `SubjectPublicKeyInfo`.
    func spki() throws(SigningKeyError) -> [UInt8] {
        var output: UnsafeMutablePointer<UInt8>?
        let count = unsafe i2d_PUBKEY(key, &output)
        guard count > 0, let output = unsafe output else { throw LibCryptoErrors.error("writing the public key") }
        defer { unsafe vitrine_clear_free(output, Int(count)) }
        return unsafe Array(UnsafeBufferPointer(start: output, count: Int(count)))
    }

    /// The PEM text of the key in PKCS#8, encrypted where a passphrase is given.
    ///
    /// Encrypted means PBES2 (RFC 8018 section 6.2): AES-256-CBC, PBKDF2 with HMAC-SHA-256, a fresh salt of 16 bytes.
    func pem(passphrase: Secret?) throws(SigningKeyError) -> Secret {
        guard let info = unsafe EVP_PKEY2PKCS8(key) else { throw LibCryptoErrors.error("writing PKCS#8") }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        // A memory BIO wipes its buffers when it grows and when it goes.
        guard let output = unsafe BIO_new(BIO_s_secmem()) else { throw LibCryptoErrors.error("memory for a key") }
        defer { unsafe BIO_free(output) }
        if let passphrase {
            let encrypted = unsafe PrivateKeyHandle.encrypt(info, passphrase)
            guard let encrypted = unsafe encrypted else { throw LibCryptoErrors.error("encrypting a key") }
            defer { unsafe X509_SIG_free(encrypted) }
            guard unsafe PEM_write_bio_PKCS8(output, encrypted) == 1 else {
                throw LibCryptoErrors.error("writing PEM")
            }
        } else {
            guard unsafe PEM_write_bio_PKCS8_PRIV_KEY_INFO(output, info) == 1 else {
                throw LibCryptoErrors.error("writing PEM")
            }
        }
        var text: UnsafeMutablePointer<CChar>?
        let count = unsafe vitrine_bio_bytes(output, &text)
        guard count > 0, let text = unsafe text else { throw LibCryptoErrors.error("writing PEM") }
        return unsafe text.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
            unsafe Secret(Span(_unsafeStart: bytes, count: count))
        }
    }

    /// Signs `message`; RSA keys under PKCS#1 v1.5, the padding that libcrypto takes where none is set.
    func sign(_ message: [UInt8], under scheme: SignatureScheme) throws(SigningKeyError) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else { throw LibCryptoErrors.error("signing") }
        defer { unsafe EVP_MD_CTX_free(context) }
        let digest = scheme == .ed25519 ? nil : "SHA256"
        guard unsafe EVP_DigestSignInit_ex(context, nil, digest, nil, nil, key, nil) == 1 else {
            throw LibCryptoErrors.error("signing")
        }
        var count = Int(unsafe EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: max(count, 0))
        let done = unsafe signature.withUnsafeMutableBufferPointer { output in
            unsafe message.withUnsafeBufferPointer { input in
                unsafe EVP_DigestSign(context, output.baseAddress, &count, input.baseAddress, input.count)
            }
        }
        guard done == 1, count <= signature.count else { throw LibCryptoErrors.error("signing") }
        return Array(signature.prefix(count))
    }

    private static func parse(_ bytes: [UInt8]) throws(SigningKeyError) -> OpaquePointer {
        let info = unsafe bytes.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            return unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &position, buffer.count)
        }
        guard let info = unsafe info else { throw .malformedKey(reason: LibCryptoErrors.drain()) }
        return unsafe info
    }

    /// Makes a key of `info` and frees it.
    private static func load(_ info: OpaquePointer) throws(SigningKeyError) -> OpaquePointer {
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        guard let key = unsafe EVP_PKCS82PKEY(info) else { throw .malformedKey(reason: LibCryptoErrors.drain()) }
        return unsafe key
    }

    private static func encrypt(_ info: OpaquePointer, _ passphrase: Secret) -> OpaquePointer? {
        unsafe passphrase.withBytes { bytes in
            unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
                    // -1 asks for PBES2; no salt given and a length asks for a random one.
                    unsafe PKCS8_encrypt(
                        -1,
                        EVP_aes_256_cbc(),
                        characters.baseAddress,
                        Int32(characters.count),
                        nil,
                        16,
                        iterations,
                        info
                    )
                }
            }
        }
    }
}
