public import Encodings

/// Computes the root of a tree from its leaf hashes, given one by one in order.
///
/// Keeps the roots of the complete subtrees so far, at most 64, and nothing else.
@usableFromInline
package struct TreeHasher: Sendable {
    /// The number of leaves so far.
    @inlinable package var count: UInt64 { leaves }

    @usableFromInline var leaves: UInt64 = 0

    // The roots of complete subtrees, the largest first: one for every bit set in `leaves`.
    @usableFromInline var subtrees: [Digest] = []

    /// Makes the hasher of a tree without leaves.
    @inlinable package init() {}

    /// Adds the hash of the next leaf.
    @inlinable
    package mutating func append<H: HashFunction & ~Copyable>(_ leafHash: Digest, using hasher: inout H) {
        var root = leafHash
        var carry = leaves
        while carry & 1 == 1, let left = subtrees.popLast() {
            root = nodeHash(left, root, using: &hasher)
            carry >>= 1
        }
        subtrees.append(root)
        leaves += 1
    }

    /// The root of the leaves so far; more may follow.
    @inlinable
    package func root<H: HashFunction & ~Copyable>(using hasher: inout H) -> Digest {
        guard var root = subtrees.last else { return emptyRoot(using: &hasher) }
        for left in subtrees.dropLast().reversed() {
            root = nodeHash(left, root, using: &hasher)
        }
        return root
    }
}
