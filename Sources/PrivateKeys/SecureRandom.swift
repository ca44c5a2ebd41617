internal import COpenSSL
internal import Digests
package import SigningKeys

/// Random bytes for secrets, from libcrypto's generator, which the kernel seeds.
package enum SecureRandom {
    /// `count` bytes; throws ``SigningKeyError/libcrypto(operation:detail:)`` where the generator has none to give.
    package static func bytes(_ count: Int) throws(SigningKeyError) -> [UInt8] {
        LibCrypto.start()
        var bytes = [UInt8](repeating: 0, count: count)
        guard let length = Int32(exactly: count) else {
            throw .libcrypto(operation: "RAND_priv_bytes", detail: "too many bytes asked for")
        }
        let done = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe RAND_priv_bytes(buffer.baseAddress, length)
        }
        guard done == 1 else { throw LibCryptoErrors.error("RAND_priv_bytes") }
        return bytes
    }
}
