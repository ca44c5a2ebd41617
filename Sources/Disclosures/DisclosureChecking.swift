package import Encodings
import Merkle
package import MerkleProofs
package import SourceManifest

/// Why an item of a disclosure shows nothing.
package struct UnprovenDisclosure: Error, Hashable, Sendable {
    /// The closed list of reasons, docs/formats/disclosure.md.
    package enum Reason: Error, Hashable, Sendable {
        /// This kind of item does not belong to this form of manifest.
        case otherForm(ManifestForm)
        /// The paths of the items are not strictly increasing.
        case itemsOutOfOrder
        /// The entry is that of another path.
        case otherPath
        /// The proof does not hold.
        case proof(InvalidProof)
        /// A directory without entries.
        case emptyDirectory
        /// An entry is not beneath the directory.
        case notBeneath(TreePath)
        /// Entries and neighbours are not in strictly increasing order.
        case outOfOrder(TreePath)
        /// A neighbour is beneath the directory, and so not outside it.
        case neighbourInside(TreePath)
        /// There is no entry before, and yet the leaves do not start the tree.
        case previousMissing
        /// There is no entry after, and yet the leaves do not end the tree.
        case nextMissing
        /// The gap is not where the path, or what is beneath it, would stand.
        case gapElsewhere
        /// The second gap shows what the first one shows already.
        case gapTwice
    }

    /// The path of the item.
    package let path: TreePath
    /// What is wrong.
    package let reason: Reason
}

extension UnprovenDisclosure: CustomStringConvertible {
    /// The path and the reason.
    package var description: String { "\(path.escaped): \(reason.description)" }
}

extension UnprovenDisclosure.Reason: CustomStringConvertible {
    /// The reason in words.
    package var description: String {
        switch self {
        case .otherForm(let form): "this kind of item does not belong to the \(form.name) form"
        case .itemsOutOfOrder: "the item does not come after the one before"
        case .otherPath: "the entry is that of another path"
        case .proof(let invalid): invalid.description
        case .emptyDirectory: "a directory without entries"
        case .notBeneath(let path): "\(path.escaped) is not beneath the directory"
        case .outOfOrder(let path): "\(path.escaped) does not come after the entry before"
        case .neighbourInside(let path): "the neighbour \(path.escaped) is beneath the path itself"
        case .previousMissing: "the entry before is missing"
        case .nextMissing: "the entry after is missing"
        case .gapElsewhere: "the entries shown are not those around the place of the path"
        case .gapTwice: "the second gap is not needed"
        }
    }
}

extension Disclosure {
    /// Throws unless every item holds in the tree of `size` leaves with the root `root`.
    ///
    /// Both come from a statement whose signatures were judged. The order of the leaves is what the signer says: a
    /// signer who sorted them wrongly can hide a file from proofs of absence, not from a reader of the manifest.
    package func check<H: HashFunction & ~Copyable>(
        size: UInt64,
        root: Digest,
        using hasher: inout H
    ) throws(UnprovenDisclosure) {
        var last: TreePath?
        for item in items {
            if let last, item.path <= last {
                throw UnprovenDisclosure(path: item.path, reason: .itemsOutOfOrder)
            }
            last = item.path
            do throws(UnprovenDisclosure.Reason) {
                guard item.form == form else { throw .otherForm(form) }
                try item.check(SealedTree(size: size, root: root), using: &hasher)
            } catch {
                throw UnprovenDisclosure(path: item.path, reason: error)
            }
        }
    }
}

extension DisclosedItem {
    /// The form of manifest this kind of item belongs to.
    package var form: ManifestForm {
        switch self {
        case .file, .directory, .absent: .open
        case .openedLeaf: .blinded
        }
    }

    fileprivate func check<H: HashFunction & ~Copyable>(_ tree: SealedTree, using hasher: inout H) throws(Refusal) {
        switch self {
        case .file(let item): try item.check(tree, using: &hasher)
        case .openedLeaf(let item): try item.check(tree, using: &hasher)
        case .directory(let item): try item.check(tree, using: &hasher)
        case .absent(let item): try item.check(tree, using: &hasher)
        }
    }
}

private typealias Refusal = UnprovenDisclosure.Reason

/// The tree that every proof must lead to.
private struct SealedTree {
    let size: UInt64
    let root: Digest

    /// Throws unless the proof of an inclusion holds.
    func verify<H: HashFunction & ~Copyable>(
        leafData: [UInt8],
        at index: UInt64,
        _ path: [Digest],
        using hasher: inout H
    ) throws(Refusal) {
        let leaf = leafHash(of: leafData.span, using: &hasher)
        do throws(InvalidProof) {
            try InclusionProof(index: index, size: size, path: path).verify(leaf, against: root, using: &hasher)
        } catch {
            throw .proof(error)
        }
    }
}

extension DisclosedFile {
    fileprivate func check<H: HashFunction & ~Copyable>(_ tree: SealedTree, using hasher: inout H) throws(Refusal) {
        guard entry.path == path else { throw .otherPath }
        try tree.verify(leafData: entry.line, at: index, proof, using: &hasher)
    }
}

extension OpenedLeaf {
    fileprivate func check<H: HashFunction & ~Copyable>(_ tree: SealedTree, using hasher: inout H) throws(Refusal) {
        guard entry.path == path else { throw .otherPath }
        let commitment = commitment(to: entry, salt: salt, using: &hasher)
        try tree.verify(leafData: BlindedManifest.leafData(commitment), at: index, proof, using: &hasher)
    }
}

extension DisclosedDirectory {
    fileprivate func check<H: HashFunction & ~Copyable>(_ tree: SealedTree, using hasher: inout H) throws(Refusal) {
        guard !stretch.entries.isEmpty else { throw .emptyDirectory }
        for entry in stretch.entries where !entry.path.isBeneath(path) {
            throw .notBeneath(entry.path)
        }
        // What is beneath a directory is one run in the order: neighbours outside it are beyond its ends.
        for neighbour in [stretch.previous, stretch.next] {
            if let neighbour, neighbour.path.isBeneath(path) { throw .neighbourInside(neighbour.path) }
        }
        try stretch.check(tree, using: &hasher)
    }
}

extension ProvenAbsence {
    fileprivate func check<H: HashFunction & ~Copyable>(_ tree: SealedTree, using hasher: inout H) throws(Refusal) {
        let directory = path.bytes + [UInt8(ascii: "/")]
        guard gap.isAround(path.bytes) else { throw .gapElsewhere }
        try gap.check(tree, using: &hasher)
        guard let gapBeneath else {
            guard gap.isAfter(path, directory) else { throw .gapElsewhere }
            return
        }
        guard !gap.isAfter(path, directory) else { throw .gapTwice }
        guard gapBeneath.isAround(directory), gapBeneath.isAfter(path, directory) else { throw .gapElsewhere }
        try gapBeneath.check(tree, using: &hasher)
    }
}

extension Stretch {
    /// Whether this is a gap with `bytes` strictly inside it.
    fileprivate func isAround(_ bytes: [UInt8]) -> Bool {
        guard entries.isEmpty else { return false }
        if let previous, !previous.path.bytes.lexicographicallyPrecedes(bytes) { return false }
        if let next, !bytes.lexicographicallyPrecedes(next.path.bytes) { return false }
        return true
    }

    /// Whether the gap ends after everything that could be beneath `path`, whose bytes and `/` are `directory`.
    fileprivate func isAfter(_ path: TreePath, _ directory: [UInt8]) -> Bool {
        guard let next else { return true }
        return directory.lexicographicallyPrecedes(next.path.bytes) && !next.path.isBeneath(path)
    }

    /// Throws unless the leaves are in order, stand side by side, and have a neighbour wherever the tree goes on.
    fileprivate func check<H: HashFunction & ~Copyable>(_ tree: SealedTree, using hasher: inout H) throws(Refusal) {
        let leaves = leaves
        let count = UInt64(leaves.count)
        if previous == nil, start != 0 { throw .previousMissing }
        if next == nil, tree.size < count || start != tree.size - count { throw .nextMissing }
        for index in leaves.indices.dropFirst() where leaves[index].path <= leaves[index - 1].path {
            throw .outOfOrder(leaves[index].path)
        }
        var hashes: [Digest] = []
        hashes.reserveCapacity(leaves.count)
        for leaf in leaves {
            hashes.append(leafHash(of: leaf.line.span, using: &hasher))
        }
        do throws(InvalidProof) {
            let proof = RangeProof(start: start, size: tree.size, path: proof)
            try proof.verify(hashes, against: tree.root, using: &hasher)
        } catch {
            throw .proof(error)
        }
    }
}
