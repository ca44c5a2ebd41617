public import Encodings
public import Merkle

/// The proof that some leaves stand side by side in a tree, from an index on.
///
/// It holds the hashes of the largest subtrees outside the range, left to right, in the shape of RFC 6962
/// section 2.1. It shows that no leaf stands between two of the range, and nothing about the leaves outside.
@usableFromInline
package struct RangeProof: Hashable, Sendable {
    /// The most hashes a path can have: one a level on either side.
    @inlinable package static var maximumPathCount: Int { 128 }

    /// The place of the first leaf of the range, from 0.
    @usableFromInline package let start: UInt64
    /// The number of leaves in the tree.
    @usableFromInline package let size: UInt64
    /// The hashes of the subtrees outside the range, left to right.
    @usableFromInline package let path: [Digest]

    /// Takes a proof as it was received; nothing is checked yet.
    package init(start: UInt64, size: UInt64, path: [Digest]) {
        self.start = start
        self.size = size
        self.path = path
    }

    /// The root that the proof leads to from the hashes of the leaves of the range.
    ///
    /// No leaves at all are a range only of the tree that has none. Any start, size and path are safe to give: the
    /// work is bounded by the number of leaf hashes and the depth of the tree.
    @inlinable
    package func root<H: HashFunction & ~Copyable>(
        of leafHashes: [Digest],
        using hasher: inout H
    ) throws(InvalidProof) -> Digest {
        let count = UInt64(leafHashes.count)
        guard start <= size, count <= size - start else {
            throw .rangeOutsideTree(start: start, count: count, size: size)
        }
        guard path.count <= RangeProof.maximumPathCount else { throw .tooLong }
        guard size > 0 else {
            guard path.isEmpty else { throw .tooLong }
            return emptyRoot(using: &hasher)
        }
        guard count > 0 else { throw .emptyRange }
        var used = 0
        let root = try subtree(from: 0, size, leafHashes, &used, using: &hasher)
        guard used == path.count else { throw .tooLong }
        return root
    }

    /// Throws unless the proof leads from the hashes of the leaves to `root`.
    @inlinable
    package func verify<H: HashFunction & ~Copyable>(
        _ leafHashes: [Digest],
        against root: Digest,
        using hasher: inout H
    ) throws(InvalidProof) {
        let found = try self.root(of: leafHashes, using: &hasher)
        guard found == root else { throw .rootDiffers(recorded: root, found: found) }
    }

    /// The root of the subtree of `count` leaves that starts at leaf `first`.
    ///
    /// A subtree outside the range is one hash of the path, so that every call below meets the range: at most 64
    /// deep, and twice the leaves of the range plus 128 calls in all.
    @inlinable
    func subtree<H: HashFunction & ~Copyable>(
        from first: UInt64,
        _ count: UInt64,
        _ leafHashes: [Digest],
        _ used: inout Int,
        using hasher: inout H
    ) throws(InvalidProof) -> Digest {
        // `first + count` is at most `size`, and so is the end of the range.
        guard first < start + UInt64(leafHashes.count), start < first + count else {
            guard used < path.count else { throw .tooShort }
            used += 1
            return path[used - 1]
        }
        if count == 1 { return leafHashes[Int(first - start)] }
        let left = leftSize(of: count)
        let leftRoot = try subtree(from: first, left, leafHashes, &used, using: &hasher)
        let rightRoot = try subtree(from: first + left, count - left, leafHashes, &used, using: &hasher)
        return nodeHash(leftRoot, rightRoot, using: &hasher)
    }
}
