public import Encodings
public import Merkle

/// The proof that a tree starts with the leaves of an older one, RFC 6962 section 2.1.2.
///
/// It says nothing about the leaves that were added.
@usableFromInline
package struct ConsistencyProof: Hashable, Sendable {
    /// The most hashes a path can have.
    @inlinable package static var maximumPathCount: Int { 65 }

    /// The number of leaves in the older tree.
    @usableFromInline package let oldSize: UInt64
    /// The number of leaves in the newer tree.
    @usableFromInline package let newSize: UInt64
    /// The hashes of RFC 6962 PROOF(m, D[n]), in its order.
    @usableFromInline package let path: [Digest]

    /// Takes a proof as it was received; nothing is checked yet.
    package init(oldSize: UInt64, newSize: UInt64, path: [Digest]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.path = path
    }

    /// Throws unless the proof leads from `oldRoot` to `newRoot`.
    ///
    /// An older tree without leaves is refused: a protocol that has a use for it handles it by itself.
    @inlinable
    package func verify<H: HashFunction & ~Copyable>(
        from oldRoot: Digest,
        to newRoot: Digest,
        using hasher: inout H
    ) throws(InvalidProof) {
        guard oldSize > 0 else { throw .emptyOldTree }
        guard oldSize <= newSize else { throw .sizesOutOfOrder(old: oldSize, new: newSize) }
        guard path.count <= ConsistencyProof.maximumPathCount else { throw .tooLong }
        if oldSize == newSize {
            guard path.isEmpty else { throw .tooLong }
            guard oldRoot == newRoot else { throw .rootDiffers(recorded: newRoot, found: oldRoot) }
            return
        }
        let (old, new) = try roots(from: oldRoot, using: &hasher)
        guard old == oldRoot else { throw .oldRootDiffers(recorded: oldRoot, found: old) }
        guard new == newRoot else { throw .rootDiffers(recorded: newRoot, found: new) }
    }

    /// The roots of both trees that the path leads to, for 0 < oldSize < newSize.
    @inlinable
    func roots<H: HashFunction & ~Copyable>(
        from oldRoot: Digest,
        using hasher: inout H
    ) throws(InvalidProof) -> (old: Digest, new: Digest) {
        // RFC 9162 section 2.1.4.2, with its names: fn, sn, fr, sr.
        var first = oldSize - 1
        var second = newSize - 1
        while first & 1 == 1 {
            first >>= 1
            second >>= 1
        }
        // A complete older tree is itself the first hash of the path, which then leaves it out.
        let isComplete = oldSize & (oldSize - 1) == 0
        guard let start = isComplete ? oldRoot : path.first else { throw .tooShort }
        var old = start
        var new = start
        for hash in path.dropFirst(isComplete ? 0 : 1) {
            guard second != 0 else { throw .tooLong }
            if first & 1 == 1 || first == second {
                old = nodeHash(hash, old, using: &hasher)
                new = nodeHash(hash, new, using: &hasher)
                while first & 1 == 0, first != 0 {
                    first >>= 1
                    second >>= 1
                }
            } else {
                new = nodeHash(new, hash, using: &hasher)
            }
            first >>= 1
            second >>= 1
        }
        guard second == 0 else { throw .tooShort }
        return (old, new)
    }
}
