/// The door through which SHA-256 enters the modules that know no C library.
///
/// One value hashes one message after the other: `finish()` gives the digest of all bytes since the last
/// `finish()` and starts afresh, so that a context is made once and used for millions of small messages.
@usableFromInline
package protocol HashFunction: ~Copyable {
    /// Makes a function ready for its first message.
    init()

    /// Adds `bytes` to the message.
    mutating func update(_ bytes: Span<UInt8>)

    /// Ends the message and starts a new one.
    mutating func finish() -> Digest
}

extension HashFunction where Self: ~Copyable {
    /// The digest of one whole message.
    ///
    /// To be called between messages only.
    @inlinable
    package mutating func digest(_ bytes: Span<UInt8>) -> Digest {
        update(bytes)
        return finish()
    }

    /// The digest of one whole message.
    ///
    /// To be called between messages only.
    @inlinable
    package mutating func digest(_ bytes: [UInt8]) -> Digest {
        update(bytes.span)
        return finish()
    }
}
