internal import COpenSSL
internal import Digests
internal import Encodings

/// The one owner of an `EVP_PKEY` with a public key, and all that is asked of it.
///
/// Verifying leaves the error queue of the thread empty, whatever the answer.
@safe
final class PublicKeyHandle: Sendable {
    // An EVP_PKEY that nobody changes may be used from several threads (openssl-threads(7)).
    nonisolated(unsafe) private let key: OpaquePointer

    /// Loads a `SubjectPublicKeyInfo`; libcrypto refuses a point that is not on its curve.
    init(_ info: SubjectPublicKeyInfo) throws(SigningKeyError) {
        LibCrypto.start()
        let loaded = unsafe info.unrestricted.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            return unsafe d2i_PUBKEY(nil, &position, buffer.count)
        }
        guard let loaded = unsafe loaded else {
            throw .malformedKey(reason: LibCryptoErrors.drain())
        }
        unsafe key = loaded
    }

    deinit {
        unsafe EVP_PKEY_free(key)
    }

    /// The signature raised to the public exponent, as long as the modulus (RSAVP1 of RFC 8017 section 5.2.2).
    ///
    /// Nil where the signature is not a number below the modulus.
    func recover(_ signature: [UInt8], modulusLength: Int) -> [UInt8]? {
        defer { LibCryptoErrors.drain() }
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_verify_recover_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1
        else { return nil }
        var message = [UInt8](repeating: 0, count: modulusLength)
        var length = modulusLength
        let done = unsafe message.withUnsafeMutableBufferPointer { output in
            unsafe signature.withUnsafeBufferPointer { input in
                unsafe EVP_PKEY_verify_recover(context, output.baseAddress, &length, input.baseAddress, input.count)
            }
        }
        return done == 1 && length == modulusLength ? message : nil
    }

    /// Whether `signature` is one of `message` under `scheme`, by libcrypto's own judgement.
    ///
    /// PSS means a salt of exactly 32 bytes and MGF1 with SHA-256, ECDSA means DER.
    func accepts(_ signature: [UInt8], of message: SignedMessage, under scheme: SignatureScheme) -> Bool {
        defer { LibCryptoErrors.drain() }
        guard !signature.isEmpty else { return false }
        return scheme == .ed25519
            ? accepts(signature, ofWhole: message.bytes)
            : accepts(signature, ofDigest: message.digest.bytes, under: scheme)
    }

    private func accepts(_ signature: [UInt8], ofDigest digest: [UInt8], under scheme: SignatureScheme) -> Bool {
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return false }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe start(context, scheme) else { return false }
        return unsafe signature.withUnsafeBufferPointer { signature in
            unsafe digest.withUnsafeBufferPointer { digest in
                // 1 is yes; 0 and every negative number are no.
                unsafe EVP_PKEY_verify(
                    context,
                    signature.baseAddress,
                    signature.count,
                    digest.baseAddress,
                    digest.count
                ) == 1
            }
        }
    }

    /// Ed25519 takes the message itself and hashes it twice over (RFC 8032 section 5.1.7).
    private func accepts(_ signature: [UInt8], ofWhole message: [UInt8]) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil) == 1 else { return false }
        return unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                // 1 is yes; 0 and every negative number are no.
                unsafe EVP_DigestVerify(
                    context,
                    signature.baseAddress,
                    signature.count,
                    message.baseAddress,
                    message.count
                ) == 1
            }
        }
    }

    /// Prepares `context` to verify a SHA-256 under `scheme`.
    private func start(_ context: OpaquePointer, _ scheme: SignatureScheme) -> Bool {
        guard unsafe EVP_PKEY_verify_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1
        else { return false }
        guard scheme == .rsaPSSSHA256 else { return true }
        return unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, "SHA256", nil) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, 32) == 1
    }
}
