public import Encodings

/// Why a proof shows nothing.
@usableFromInline
package enum InvalidProof: Error, Hashable, Sendable {
    /// The leaf index is not smaller than the size of the tree.
    case indexOutsideTree(index: UInt64, size: UInt64)
    /// The leaves reach beyond the size of the tree.
    case rangeOutsideTree(start: UInt64, count: UInt64, size: UInt64)
    /// A range of no leaves in a tree that has some.
    case emptyRange
    /// The older tree has no leaves: every tree extends it, and a proof of that says nothing.
    case emptyOldTree
    /// The older tree is larger than the newer.
    case sizesOutOfOrder(old: UInt64, new: UInt64)
    /// Hashes are missing.
    case tooShort
    /// There are hashes to spare.
    case tooLong
    /// The proof leads to another root than the recorded one.
    case rootDiffers(recorded: Digest, found: Digest)
    /// The proof leads to another root of the older tree than the recorded one.
    case oldRootDiffers(recorded: Digest, found: Digest)
}

extension InvalidProof: CustomStringConvertible {
    /// The reason in words.
    @usableFromInline package var description: String {
        switch self {
        case .indexOutsideTree(let index, let size): "leaf \(index) is outside a tree of \(size) leaves"
        case .rangeOutsideTree(let start, let count, let size):
            "\(count) leaves from \(start) on are outside a tree of \(size) leaves"
        case .emptyRange: "the range has no leaves"
        case .emptyOldTree: "the older tree has no leaves"
        case .sizesOutOfOrder(let old, let new): "the older tree has \(old) leaves, the newer \(new)"
        case .tooShort: "the proof lacks hashes"
        case .tooLong: "the proof has hashes to spare"
        case .rootDiffers(let recorded, let found):
            "root differs: recorded \(recorded.hex), found \(found.hex)"
        case .oldRootDiffers(let recorded, let found):
            "older root differs: recorded \(recorded.hex), found \(found.hex)"
        }
    }
}
