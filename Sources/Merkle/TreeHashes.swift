public import Encodings

/// The hash of a leaf: SHA-256(0x00 ‖ data), RFC 6962 section 2.1.
///
/// `hasher` must stand between messages.
@inlinable
package func leafHash<H: HashFunction & ~Copyable>(of data: Span<UInt8>, using hasher: inout H) -> Digest {
    let prefix: InlineArray<1, UInt8> = [0x00]
    hasher.update(prefix.span)
    hasher.update(data)
    return hasher.finish()
}

/// The hash of an interior node: SHA-256(0x01 ‖ left ‖ right), RFC 6962 section 2.1.
///
/// `hasher` must stand between messages.
@inlinable
package func nodeHash<H: HashFunction & ~Copyable>(
    _ left: Digest,
    _ right: Digest,
    using hasher: inout H
) -> Digest {
    var message = InlineArray<65, UInt8>(repeating: 0x01)
    var bytes = message.mutableSpan
    left.copy(into: &bytes, at: 1)
    right.copy(into: &bytes, at: 33)
    return hasher.digest(message.span)
}

/// The root of a tree without leaves: SHA-256 of nothing, RFC 6962 section 2.1.
///
/// `hasher` must stand between messages.
@inlinable
package func emptyRoot<H: HashFunction & ~Copyable>(using hasher: inout H) -> Digest {
    hasher.finish()
}

/// The number of leaves in the left subtree of a tree of `size` leaves, 2 or more.
///
/// It is the largest power of two smaller than `size`, RFC 6962 section 2.1.
@usableFromInline
package func leftSize(of size: UInt64) -> UInt64 {
    1 << UInt64(63 - (size - 1).leadingZeroBitCount)
}
