package import Encodings
package import SourceManifest

/// Chosen parts of a signed manifest with their proofs: docs/formats/disclosure.md.
///
/// It carries the signed envelopes and knows nothing about them: who signed which root is for the judge to say.
package struct Disclosure: Hashable, Sendable {
    /// The form of the manifest it is taken from.
    package let form: ManifestForm
    /// The envelopes of the evidence, as they are stored.
    package let envelopes: [JSON]
    /// What is disclosed, in the order of the paths.
    package let items: [DisclosedItem]

    /// Puts the parts in the order of their paths; of two with one path the first is kept.
    package init(form: ManifestForm, envelopes: [JSON], items: [DisclosedItem]) {
        self.form = form
        self.envelopes = envelopes
        var ordered: [DisclosedItem] = []
        for item in items.sorted(by: { $0.path < $1.path }) where ordered.last?.path != item.path {
            ordered.append(item)
        }
        self.items = ordered
    }

    init(form: ManifestForm, envelopes: [JSON], orderedItems: [DisclosedItem]) {
        self.form = form
        self.envelopes = envelopes
        items = orderedItems
    }
}

/// One path and what is shown about it.
package enum DisclosedItem: Hashable, Sendable {
    /// The entry at the path.
    case file(DisclosedFile)
    /// The entry at the path, out of a blinded manifest.
    case openedLeaf(OpenedLeaf)
    /// All entries beneath the path.
    case directory(DisclosedDirectory)
    /// That neither the path nor anything beneath it is there.
    case absent(ProvenAbsence)

    /// The path.
    package var path: TreePath {
        switch self {
        case .file(let item): item.path
        case .openedLeaf(let item): item.path
        case .directory(let item): item.path
        case .absent(let item): item.path
        }
    }

    /// The entries at or beneath the path.
    package var entries: [Entry] {
        switch self {
        case .file(let item): [item.entry]
        case .openedLeaf(let item): [item.entry]
        case .directory(let item): item.stretch.entries
        case .absent: []
        }
    }
}

/// The entry at a path, and where its leaf stands.
package struct DisclosedFile: Hashable, Sendable {
    /// The path that was asked for.
    package var path: TreePath
    /// The entry.
    package var entry: Entry
    /// The place of the leaf, from 0.
    package var index: UInt64
    /// The audit path, leaf to root.
    package var proof: [Digest]
}

/// The entry behind a commitment, the salt that shows it, and where the leaf stands.
package struct OpenedLeaf: Hashable, Sendable {
    /// The path that was asked for, or one beneath it.
    package var path: TreePath
    /// The entry.
    package var entry: Entry
    /// The key of the commitment.
    package var salt: Digest
    /// The place of the leaf, from 0.
    package var index: UInt64
    /// The audit path, leaf to root.
    package var proof: [Digest]
}

/// All entries beneath a directory.
package struct DisclosedDirectory: Hashable, Sendable {
    /// The directory.
    package var path: TreePath
    /// The entries, with the neighbours that show that there are no others.
    package var stretch: Stretch
}

/// That nothing stands at a path, nor beneath it.
package struct ProvenAbsence: Hashable, Sendable {
    /// The path.
    package var path: TreePath
    /// The gap in which the path would stand.
    package var gap: Stretch
    /// The gap in which what is beneath the path would stand; nil when it is the same one.
    package var gapBeneath: Stretch?
}

/// Leaves that stand side by side: some entries, and the neighbours on both sides.
package struct Stretch: Hashable, Sendable {
    /// The place of the first leaf, which is `previous` where there is one, from 0.
    package var start: UInt64
    /// The entry before; nil at the start of the tree.
    package var previous: Entry?
    /// The entries; none in a gap.
    package var entries: [Entry]
    /// The entry after; nil at the end of the tree.
    package var next: Entry?
    /// The hashes of the largest subtrees outside, left to right.
    package var proof: [Digest]

    /// All leaves, in order.
    package var leaves: [Entry] {
        var leaves = entries
        if let previous { leaves.insert(previous, at: 0) }
        if let next { leaves.append(next) }
        return leaves
    }
}
