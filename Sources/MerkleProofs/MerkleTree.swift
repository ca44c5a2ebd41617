public import Encodings
public import Merkle

/// A tree that keeps all its hashes, to make proofs from: about 64 bytes a leaf.
///
/// The shape is that of RFC 6962 section 2.1.
@usableFromInline
package struct MerkleTree: Sendable {
    // Level 0 holds the leaf hashes, each further level the parents. A last node without a sibling moves up
    // unchanged, which gives the shape of the RFC: every left subtree is complete.
    @usableFromInline let levels: [[Digest]]

    /// The root.
    @usableFromInline package let root: Digest

    /// Builds the tree over the hashes of its leaves, in order.
    @inlinable
    package init<H: HashFunction & ~Copyable>(leafHashes: [Digest], using hasher: inout H) {
        var levels = [leafHashes]
        var level = leafHashes
        while level.count > 1 {
            var parents: [Digest] = []
            parents.reserveCapacity((level.count + 1) / 2)
            for left in stride(from: 0, to: level.count - 1, by: 2) {
                parents.append(nodeHash(level[left], level[left + 1], using: &hasher))
            }
            if level.count & 1 == 1 { parents.append(level[level.count - 1]) }
            levels.append(parents)
            level = parents
        }
        self.levels = levels
        root = level.first ?? emptyRoot(using: &hasher)
    }

    /// The number of leaves.
    package var count: Int { levels[0].count }

    /// The hashes of the leaves, in order.
    package var leafHashes: [Digest] { levels[0] }

    /// The proof that the leaf at `index` is in the tree.
    package func inclusionProof(forLeaf index: Int) throws(InvalidProof) -> InclusionProof {
        guard index >= 0, index < count else {
            throw .indexOutsideTree(index: UInt64(clamping: index), size: UInt64(count))
        }
        var path: [Digest] = []
        var place = index
        for level in levels {
            // The only node of the top level, or a last node that moves up, has no sibling.
            let sibling = place ^ 1
            if sibling < level.count { path.append(level[sibling]) }
            place >>= 1
        }
        return InclusionProof(index: UInt64(index), size: UInt64(count), path: path)
    }

    /// The proof that the tree starts with the leaves of the tree of its first `oldSize` leaves.
    package func consistencyProof(from oldSize: Int) throws(InvalidProof) -> ConsistencyProof {
        guard oldSize > 0 else { throw .emptyOldTree }
        guard oldSize <= count else {
            throw .sizesOutOfOrder(old: UInt64(clamping: oldSize), new: UInt64(count))
        }
        // SUBPROOF of RFC 6962 section 2.1.2, unrolled: walk down to the end of the older tree.
        var subtree = 0..<count
        var path: [Digest] = []
        while oldSize != subtree.upperBound {
            let middle = middle(of: subtree)
            if oldSize <= middle {
                path.append(hash(of: middle..<subtree.upperBound))
                subtree = subtree.lowerBound..<middle
            } else {
                path.append(hash(of: subtree.lowerBound..<middle))
                subtree = middle..<subtree.upperBound
            }
        }
        // The older tree itself is known to whoever verifies; a subtree of it is not.
        if subtree.lowerBound > 0 { path.append(hash(of: subtree)) }
        return ConsistencyProof(oldSize: UInt64(oldSize), newSize: UInt64(count), path: path.reversed())
    }

    /// The proof that the leaves of `range` stand side by side; the range is empty only in the tree without leaves.
    package func rangeProof(for range: Range<Int>) throws(InvalidProof) -> RangeProof {
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw .rangeOutsideTree(
                start: UInt64(clamping: range.lowerBound),
                count: UInt64(range.count),
                size: UInt64(count)
            )
        }
        guard !range.isEmpty || count == 0 else { throw .emptyRange }
        var path: [Digest] = []
        if count > 0 { collect(outside: range, in: 0..<count, to: &path) }
        return RangeProof(start: UInt64(range.lowerBound), size: UInt64(count), path: path)
    }

    private func collect(outside range: Range<Int>, in subtree: Range<Int>, to path: inout [Digest]) {
        guard subtree.overlaps(range) else { return path.append(hash(of: subtree)) }
        guard !(range.lowerBound <= subtree.lowerBound && subtree.upperBound <= range.upperBound) else { return }
        let middle = middle(of: subtree)
        collect(outside: range, in: subtree.lowerBound..<middle, to: &path)
        collect(outside: range, in: middle..<subtree.upperBound, to: &path)
    }

    /// Where the left subtree of a subtree of two leaves or more ends.
    private func middle(of subtree: Range<Int>) -> Int {
        subtree.lowerBound + Int(leftSize(of: UInt64(subtree.count)))
    }

    /// The root of a subtree: complete, or at the right edge of the tree.
    private func hash(of subtree: Range<Int>) -> Digest {
        // The lowest level on which one node covers so many leaves.
        let level = Int.bitWidth - (subtree.count - 1).leadingZeroBitCount
        return levels[level][subtree.lowerBound >> level]
    }
}
