import Encodings
import SigningKeys

/// The outside of an encrypted private key: how it is encrypted, and whether opening it is a bearable amount of work.
enum EncryptedPrivateKeyInfo {
    /// The most rounds of PBKDF2 that are worked through, a second or so.
    static let maximumIterations = 2_000_000
    /// The most work of scrypt, N · r · p; 16 times what `openssl pkcs8 -scrypt` writes.
    static let maximumScryptWork = 1 << 21

    /// Checks that `bytes` are PBES2 (RFC 8018 section 6.2) with PBKDF2 or scrypt within the bounds.
    static func check(_ bytes: [UInt8]) throws(SigningKeyError) {
        guard let (scheme, derivation) = outside(bytes) else {
            throw .malformedKey(reason: "not an EncryptedPrivateKeyInfo in DER")
        }
        guard scheme == pbes2, var derivation else {
            throw .unsupportedEncryption(reason: "not PBES2 but object identifier \(Hex.encode(scheme.prefix(32)))")
        }
        guard let function = derivation.read(.objectIdentifier), let content = derivation.read(.sequence) else {
            throw .malformedKey(reason: "PBES2 without a key derivation function")
        }
        var parameters = DER.Reader(content)
        guard parameters.read(.octetString) != nil, let first = parameters.readSmallInteger() else {
            throw .malformedKey(reason: "key derivation without salt and cost")
        }
        switch Array(function) {
        case pbkdf2:
            guard first <= maximumIterations else {
                throw .unsupportedEncryption(reason: "\(first) iterations, at most \(maximumIterations)")
            }
        case scrypt:
            guard let blockSize = parameters.readSmallInteger(), let lanes = parameters.readSmallInteger() else {
                throw .malformedKey(reason: "scrypt without its three costs")
            }
            guard isBearable([first, blockSize, lanes]) else {
                throw .unsupportedEncryption(
                    reason: "scrypt costs \(first), \(blockSize), \(lanes); product at most \(maximumScryptWork)"
                )
            }
        default:
            throw .unsupportedEncryption(
                reason: "key derivation by object identifier \(Hex.encode(function.prefix(32)))"
            )
        }
    }

    private static func isBearable(_ costs: [Int]) -> Bool {
        var work = 1
        for cost in costs {
            let (product, overflow) = work.multipliedReportingOverflow(by: cost)
            guard !overflow, product <= maximumScryptWork else { return false }
            work = product
        }
        return true
    }

    /// The identifier of the encryption and, where its parameters begin with a sequence, a reader of that.
    private static func outside(_ bytes: [UInt8]) -> (scheme: [UInt8], derivation: DER.Reader?)? {
        var outer = DER.Reader(bytes[...])
        guard let content = outer.read(.sequence), outer.isAtEnd else { return nil }
        var reader = DER.Reader(content)
        guard let algorithm = reader.read(.sequence), reader.read(.octetString) != nil, reader.isAtEnd else {
            return nil
        }
        var algorithmReader = DER.Reader(algorithm)
        guard let scheme = algorithmReader.read(.objectIdentifier),
            let parameters = algorithmReader.read(.sequence)
        else { return nil }
        var parameterReader = DER.Reader(parameters)
        return (Array(scheme), parameterReader.read(.sequence).map { DER.Reader($0) })
    }

    // 1.2.840.113549.1.5.13, 1.2.840.113549.1.5.12, 1.3.6.1.4.1.11591.4.11.
    private static let pbes2: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D]
    private static let pbkdf2: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0C]
    private static let scrypt: [UInt8] = [0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x04, 0x0B]
}
