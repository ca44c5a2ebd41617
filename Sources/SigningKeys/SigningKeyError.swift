/// Why a key could not be read, made or used.
///
/// That a signature is not one of a key is no error; ``PublicKey/accepts(_:of:)`` answers it.
package enum SigningKeyError: Error, Equatable, Sendable {
    /// The file is larger than any key.
    case tooLarge(bytes: Int, limit: Int)
    /// The text is not one strict PEM block.
    case malformedPEM(reason: String)
    /// More than one PEM block.
    case severalBlocks
    /// Bytes after the end of the PEM block.
    case trailingData
    /// A PEM block of another kind than the one wanted.
    case unexpectedLabel(found: String, wanted: String)
    /// A private key where a public one belongs.
    case privateKeyGivenAsPublic(label: String)
    /// A public key where a private one belongs.
    case publicKeyGivenAsPrivate
    /// A private key in a form older than PKCS#8.
    case traditionalPrivateKey(label: String)
    /// The structure of the key is broken.
    case malformedKey(reason: String)
    /// A well-formed key of an algorithm that is not accepted here.
    case unsupportedAlgorithm(found: String)
    /// An RSA modulus out of bounds, in bits.
    case modulusSize(found: Int, atLeast: Int, atMost: Int)
    /// An RSA exponent that is even, below 65537 or longer than 8 bytes, in hexadecimal.
    case exponent(found: String)
    /// The private key is encrypted and no passphrase was given.
    case passphraseNeeded
    /// The private key is not encrypted and a passphrase was given.
    case notEncrypted
    /// A passphrase of no bytes, or of more than the limit.
    case passphraseLength(found: Int, limit: Int)
    /// The passphrase does not open the private key, or the key is damaged; the two look alike.
    case wrongPassphrase
    /// The private key is encrypted in a way that is not read here.
    case unsupportedEncryption(reason: String)
    /// The signature just made does not verify: a fault in the machine or an inconsistent key. It was not given out.
    case signatureFault
    /// An operation of libcrypto failed; `detail` is its error queue.
    case libcrypto(operation: String, detail: String)
}

extension SigningKeyError: CustomStringConvertible {
    /// The error for people.
    package var description: String {
        switch self {
        case .tooLarge(let bytes, let limit): "key file too large: \(bytes) bytes, at most \(limit)"
        case .malformedPEM(let reason): "not a strict PEM text: \(reason)"
        case .severalBlocks: "more than one PEM block in a key file"
        case .trailingData: "bytes after the end of the PEM block"
        case .unexpectedLabel(let found, let wanted): "PEM block is \(found), wanted \(wanted)"
        case .privateKeyGivenAsPublic(let label): "private key given as a public key: PEM block is \(label)"
        case .publicKeyGivenAsPrivate: "public key given as a private key"
        case .traditionalPrivateKey(let label): "private key is not PKCS#8: PEM block is \(label)"
        case .malformedKey(let reason): "malformed key: \(reason)"
        case .unsupportedAlgorithm(let found): "key algorithm not accepted: \(found)"
        case .modulusSize(let found, let least, let most): "RSA modulus of \(found) bits, accepted \(least) to \(most)"
        case .exponent(let found): "RSA exponent 0x\(found), accepted are odd ones from 0x10001 up to 8 bytes"
        case .passphraseNeeded: "private key is encrypted and no passphrase was given"
        case .notEncrypted: "private key is not encrypted and a passphrase was given"
        case .passphraseLength(let found, let limit): "passphrase of \(found) bytes, accepted 1 to \(limit)"
        case .wrongPassphrase: "passphrase does not open the private key, or the key is damaged"
        case .unsupportedEncryption(let reason): "private key encryption not accepted: \(reason)"
        case .signatureFault: "signature just made does not verify; it was discarded"
        case .libcrypto(let operation, let detail): "libcrypto: \(operation): \(detail)"
        }
    }
}
