package import Encodings
package import MerkleProofs
package import SourceManifest

/// Why a path cannot be disclosed.
package enum NotDisclosable: Error, Hashable, Sendable {
    /// The path is not in the manifest; the blinded form has no proof of that.
    case notInManifest
    /// The tree or the blinded manifest is not that of this manifest.
    case otherTree
}

extension NotDisclosable: CustomStringConvertible {
    /// The reason in words.
    package var description: String {
        switch self {
        case .notInManifest: "the path is not in the manifest, and a blinded manifest cannot show that"
        case .otherTree: "the secret file belongs to another manifest"
        }
    }
}

extension Manifest {
    /// What can be shown about a path: its entry, all entries beneath it, or that there is nothing.
    ///
    /// `tree` is that of this manifest.
    package func disclose(_ path: TreePath, tree: MerkleTree) throws(NotDisclosable) -> DisclosedItem {
        guard tree.count == count else { throw .otherTree }
        do throws(InvalidProof) {
            if let index = index(of: path) {
                let proof = try tree.inclusionProof(forLeaf: index)
                let entry = entry(at: index)
                return .file(DisclosedFile(path: path, entry: entry, index: UInt64(index), proof: proof.path))
            }
            let beneath = range(beneath: path)
            guard beneath.isEmpty else {
                return .directory(DisclosedDirectory(path: path, stretch: try stretch(around: beneath, tree: tree)))
            }
            let place = firstIndex(notBefore: path.bytes)
            let gap = try stretch(around: place..<place, tree: tree)
            // Between `src` and `src/` sort names such as `src-old`.
            let other = beneath.lowerBound == place ? nil : try stretch(around: beneath, tree: tree)
            return .absent(ProvenAbsence(path: path, gap: gap, gapBeneath: other))
        } catch {
            throw .otherTree
        }
    }

    private func stretch(around range: Range<Int>, tree: MerkleTree) throws(InvalidProof) -> Stretch {
        let start = max(range.lowerBound - 1, 0)
        let end = min(range.upperBound + 1, count)
        let proof = try tree.rangeProof(for: start..<end)
        return Stretch(
            start: UInt64(start),
            previous: range.lowerBound > 0 ? entry(at: range.lowerBound - 1) : nil,
            entries: range.map { entry(at: $0) },
            next: range.upperBound < count ? entry(at: range.upperBound) : nil,
            proof: proof.path
        )
    }
}

extension SecretFile {
    /// The opened leaf of a file, or those of all files beneath a directory.
    ///
    /// `blinded` is the blinded manifest of this secret file, and `tree` is its tree.
    package func disclose<H: HashFunction & ~Copyable>(
        _ path: TreePath,
        of blinded: BlindedManifest,
        tree: MerkleTree,
        using hasher: inout H
    ) throws(NotDisclosable) -> [DisclosedItem] {
        let range = manifest.index(of: path).map { $0..<$0 + 1 } ?? manifest.range(beneath: path)
        guard !range.isEmpty else { throw .notInManifest }
        let blinding = secret.blinding(using: &hasher)
        var items: [DisclosedItem] = []
        for index in range {
            let entry = manifest.entry(at: index)
            let salt = blinding.salt(for: entry.path, using: &hasher)
            let commitment = commitment(to: entry, salt: salt, using: &hasher)
            guard let place = blinded.index(of: commitment),
                let proof = try? tree.inclusionProof(forLeaf: place)
            else { throw .otherTree }
            items.append(
                .openedLeaf(
                    OpenedLeaf(path: entry.path, entry: entry, salt: salt, index: UInt64(place), proof: proof.path)
                )
            )
        }
        return items
    }
}
