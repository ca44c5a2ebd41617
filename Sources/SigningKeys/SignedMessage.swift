internal import Digests
internal import Encodings

/// A message that signatures are to be verified over, hashed once for all of them.
package struct SignedMessage: Sendable {
    /// The message.
    package let bytes: [UInt8]
    /// Its SHA-256, which every scheme but Ed25519 signs in its place.
    let digest: Digest

    /// Hashes a message.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        digest = SHA256.digest(of: bytes)
    }
}
