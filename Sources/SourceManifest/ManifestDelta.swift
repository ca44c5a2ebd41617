import Encodings

/// What changed between two manifests; everything else is the same, byte for byte.
///
/// A merge of both in path order: time grows with their lengths, memory with the number of changes.
package struct ManifestDelta: Hashable, Sendable {
    /// The places of one file in both manifests.
    package struct Pair: Hashable, Sendable {
        /// The index in the older manifest.
        package let old: Int
        /// The index in the newer manifest.
        package let new: Int
    }

    /// Entries of the newer manifest whose path and content the older one does not have.
    package private(set) var added: [Int] = []
    /// Entries of the older manifest whose path and content the newer one does not have.
    package private(set) var removed: [Int] = []
    /// Entries whose content changed (and perhaps the mode).
    package private(set) var changed: [Pair] = []
    /// Entries whose mode changed and whose content did not.
    package private(set) var modeChanged: [Pair] = []
    /// Entries that have another path and the same mode, size and content.
    ///
    /// Where several could be meant, they are paired in path order.
    package private(set) var renamed: [Pair] = []
    /// The number of entries that are in both.
    package private(set) var unchangedCount = 0

    /// Compares two manifests.
    package init(from old: Manifest, to new: Manifest) {
        walk(old, new)
        pairRenames(old, new)
    }

    /// Whether both manifests are the same.
    package var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && changed.isEmpty && modeChanged.isEmpty && renamed.isEmpty
    }

    private mutating func walk(_ old: Manifest, _ new: Manifest) {
        var pair = (old: 0, new: 0)
        while pair.old < old.count, pair.new < new.count {
            switch old.order(ofEntryAt: pair.old, to: new, at: pair.new) {
            case .before:
                removed.append(pair.old)
                pair.old += 1
            case .after:
                added.append(pair.new)
                pair.new += 1
            case .same:
                compare(old, new, Pair(old: pair.old, new: pair.new))
                pair.old += 1
                pair.new += 1
            }
        }
        removed.append(contentsOf: pair.old..<old.count)
        added.append(contentsOf: pair.new..<new.count)
    }

    private mutating func compare(_ old: Manifest, _ new: Manifest, _ pair: Pair) {
        let (before, after) = (old.line(at: pair.old), new.line(at: pair.new))
        guard before != after else {
            unchangedCount += 1
            return
        }
        // What follows the six digits of the mode is size, digest and path, each in its one spelling.
        if before.dropFirst(6) == after.dropFirst(6) {
            modeChanged.append(pair)
        } else {
            changed.append(pair)
        }
    }

    private mutating func pairRenames(_ old: Manifest, _ new: Manifest) {
        let gone = removed.map { Content(old.entry(at: $0), at: $0) }.sorted { $0 < $1 }
        let come = added.map { Content(new.entry(at: $0), at: $0) }.sorted { $0 < $1 }
        var pair = (old: 0, new: 0)
        var left: [Int] = []
        var right: [Int] = []
        while pair.old < gone.count, pair.new < come.count {
            if gone[pair.old].isSame(as: come[pair.new]) {
                renamed.append(Pair(old: gone[pair.old].index, new: come[pair.new].index))
                pair.old += 1
                pair.new += 1
            } else if gone[pair.old].isContentBefore(come[pair.new]) {
                left.append(gone[pair.old].index)
                pair.old += 1
            } else {
                right.append(come[pair.new].index)
                pair.new += 1
            }
        }
        guard !renamed.isEmpty else { return }
        renamed.sort { $0.old < $1.old }
        removed = (left + gone[pair.old...].map { $0.index }).sorted()
        added = (right + come[pair.new...].map { $0.index }).sorted()
    }
}

/// What must be the same for a rename, and the place.
private struct Content {
    let digest: Digest
    let size: UInt64
    let mode: FileMode
    let index: Int

    init(_ entry: Entry, at index: Int) {
        digest = entry.digest
        size = entry.size
        mode = entry.mode
        self.index = index
    }

    func isSame(as other: Content) -> Bool {
        digest == other.digest && size == other.size && mode == other.mode
    }

    func isContentBefore(_ other: Content) -> Bool {
        if digest != other.digest { return digest < other.digest }
        if size != other.size { return size < other.size }
        return mode.rawValue < other.mode.rawValue
    }

    static func < (left: Content, right: Content) -> Bool {
        left.isSame(as: right) ? left.index < right.index : left.isContentBefore(right)
    }
}
