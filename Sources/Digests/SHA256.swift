internal import COpenSSL
package import Encodings

/// SHA-256 (FIPS 180-4) of libcrypto, with one context that serves message after message.
///
/// The method is fetched once a process and the context allocated once a value: fetching and allocating cost
/// more than hashing a Merkle node. A value belongs to one task at a time, which the compiler enforces.
///
/// Making the first value ends the process with a message when libcrypto has no SHA-256, and making any value
/// does when memory for a context cannot be had. No input can bring that about, and there is no work to go on with.
@safe
package struct SHA256: HashFunction, ~Copyable {
    private let context: DigestContext

    /// Makes a function ready for its first message.
    package init() {
        context = DigestContext(.sha256)
    }

    /// Adds `bytes` to the message.
    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe context.update(bytes.bytes)  // UInt8 has no padding that could be read
    }

    /// Adds `bytes` to the message; for large buffers that are raw memory.
    package mutating func update(_ bytes: RawSpan) {
        context.update(bytes)
    }

    /// Ends the message and starts a new one.
    package mutating func finish() -> Digest {
        let value = context.finish()
        guard let digest = Digest(value.span) else {
            fatalError("a SHA-256 value has 32 bytes")  // DigestContext.finish() always gives 32.
        }
        return digest
    }

    /// The digest of `bytes`, with a context for this one call.
    ///
    /// Where there is more than one message, make one value and use ``HashFunction/digest(_:)``.
    package static func digest(of bytes: [UInt8]) -> Digest {
        var function = SHA256()
        return function.digest(bytes)
    }
}
