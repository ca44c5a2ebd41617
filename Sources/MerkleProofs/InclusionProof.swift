public import Encodings
public import Merkle

/// The proof that a leaf stands at an index of a tree: the audit path of RFC 6962 section 2.1.1.
///
/// It says nothing about the other leaves, nor about who vouches for the root.
@usableFromInline
package struct InclusionProof: Hashable, Sendable {
    /// The most hashes a path can have: the depth of a tree of 2^64 leaves.
    @inlinable package static var maximumPathCount: Int { 64 }

    /// The place of the leaf, from 0.
    @usableFromInline package let index: UInt64
    /// The number of leaves in the tree.
    @usableFromInline package let size: UInt64
    /// The hashes of the siblings, from the leaf to below the root.
    @usableFromInline package let path: [Digest]

    /// Takes a proof as it was received; nothing is checked yet.
    package init(index: UInt64, size: UInt64, path: [Digest]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// The root that the proof leads to from `leafHash`.
    ///
    /// The caller compares it with a root it has reason to believe. Any index, size and path are safe to give.
    @inlinable
    package func root<H: HashFunction & ~Copyable>(
        of leafHash: Digest,
        using hasher: inout H
    ) throws(InvalidProof) -> Digest {
        // RFC 9162 section 2.1.3.2, with its names: fn, sn, r.
        guard index < size else { throw .indexOutsideTree(index: index, size: size) }
        guard path.count <= InclusionProof.maximumPathCount else { throw .tooLong }
        var first = index
        var second = size - 1
        var root = leafHash
        for hash in path {
            guard second != 0 else { throw .tooLong }
            if first & 1 == 1 || first == second {
                root = nodeHash(hash, root, using: &hasher)
                while first & 1 == 0, first != 0 {
                    first >>= 1
                    second >>= 1
                }
            } else {
                root = nodeHash(root, hash, using: &hasher)
            }
            first >>= 1
            second >>= 1
        }
        guard second == 0 else { throw .tooShort }
        return root
    }

    /// Throws unless the proof leads from `leafHash` to `root`.
    @inlinable
    package func verify<H: HashFunction & ~Copyable>(
        _ leafHash: Digest,
        against root: Digest,
        using hasher: inout H
    ) throws(InvalidProof) {
        let found = try self.root(of: leafHash, using: &hasher)
        guard found == root else { throw .rootDiffers(recorded: root, found: found) }
    }
}
