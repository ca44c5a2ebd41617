import Attestations
import Digests
import Encodings
import SourceManifest

/// The comparison of a recorded manifest with one reading of a source, entry by entry in one pass.
///
/// Every difference is counted; the first 1,000 of each rule are kept. Two things are told apart from differences:
/// the content of a Git LFS object in the place of its pointer, and what nobody can compare here, that is files
/// beneath a submodule that the seal calls unresolved or that this reading could not resolve.
package struct TreeComparison: Sendable {
    /// The most differences of one rule that are kept.
    static let maximumKeptCount = 1000

    /// The differences that are kept, by rule, in the order of their paths.
    package private(set) var kept: [Finding.Rule: [Difference]] = [:]
    /// The number of differences by rule.
    private(set) var counts: [Finding.Rule: Int] = [:]
    /// The number of entries that are equal.
    private(set) var equalCount = 0
    /// Files whose LFS content stands in the place of the pointer, the first 1,000 of them.
    private(set) var lfsContent: [Entry] = []
    /// The number of files whose LFS content stands in the place of the pointer.
    private(set) var lfsContentCount = 0
    /// The recorded entries that stand for unresolved submodules.
    private(set) var gaps: [Entry] = []
    /// The number of entries found beneath a gap; nothing is recorded about them.
    private(set) var uncoveredCount = 0
    /// Submodules that are sealed file by file and could not be resolved in this reading.
    private(set) var notAtHand: [TreePath] = []
    /// The number of recorded entries beneath ``notAtHand``.
    private(set) var notAtHandCount = 0

    private let lfs: [TreePath: LFSObject]
    /// The submodule commits that a commit names, by path; nil for a directory, which cannot tell.
    private let commits: [TreePath: GitObjectID]?
    private var gapPaths: Set<[UInt8]> = []
    private var notAtHandPaths: Set<[UInt8]> = []

    /// Compares; `details` are those of the verified statement.
    init(recorded: Manifest, details: SourceDetails, reading: SourceReading) {
        lfs = Dictionary(details.lfs.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        commits =
            reading.view == .directory
            ? nil : Dictionary(reading.submodules.map { ($0.path, $0.commit) }, uniquingKeysWith: { first, _ in first })
        let unresolved = Set(reading.submodules.filter { !$0.isResolved }.map { SubmoduleCommit($0) })
        for submodule in details.submodules where submodule.isResolved {
            guard unresolved.contains(SubmoduleCommit(submodule)) else { continue }
            notAtHand.append(submodule.path)
            notAtHandPaths.insert(submodule.path.bytes)
        }
        merge(recorded, reading.manifest)
    }

    /// The number of differences.
    var differenceCount: Int { counts.values.reduce(0, +) }

    /// Whether every recorded entry was found as it is recorded, and nothing else was.
    var isExact: Bool {
        differenceCount == 0 && lfsContentCount == 0 && uncoveredCount == 0 && notAtHand.isEmpty
    }

    private mutating func merge(_ recorded: Manifest, _ found: Manifest) {
        var (left, right) = (0, 0)
        while left < recorded.count || right < found.count {
            let order: Manifest.Order
            if left == recorded.count {
                order = .after
            } else if right == found.count {
                order = .before
            } else {
                order = recorded.order(ofEntryAt: left, to: found, at: right)
            }
            switch order {
            case .before:
                addMissing(recorded.entry(at: left))
                left += 1
            case .after:
                addExtra(found.entry(at: right))
                right += 1
            case .same:
                if recorded.line(at: left) == found.line(at: right) {
                    addEqual(recorded, left)
                } else {
                    addChanged(recorded.entry(at: left), found.entry(at: right))
                }
                left += 1
                right += 1
            }
        }
    }

    private mutating func addEqual(_ recorded: Manifest, _ index: Int) {
        equalCount += 1
        // `160000`; most entries need not be read for this.
        guard recorded.line(at: index).starts(with: "16".utf8) else { return }
        addGap(recorded.entry(at: index))
    }

    private mutating func addGap(_ entry: Entry) {
        gaps.append(entry)
        gapPaths.insert(entry.path.bytes)
    }

    /// Whether a file on disk is the content that the recorded LFS pointer names.
    ///
    /// The recorded entry must be that pointer, byte for byte: a list alone, even a signed one, makes no file another.
    private func isContent(_ found: Entry, of recorded: Entry) -> Bool {
        guard recorded.mode == found.mode, recorded.mode == .file || recorded.mode == .executable,
            let object = lfs[recorded.path], object.oid == found.digest, object.size == found.size
        else { return false }
        // The pointer that git-lfs writes, https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md.
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:\(object.oid.hex)\nsize \(object.size)\n"
        let bytes = Array(pointer.utf8)
        return recorded.size == UInt64(bytes.count) && recorded.digest == SHA256.digest(of: bytes)
    }

    private mutating func addMissing(_ entry: Entry) {
        if entry.mode == .submodule, isAtHand(entry) { return addGap(entry) }
        if TreeComparison.isBeneath(entry.path, notAtHandPaths) {
            notAtHandCount += 1
        } else {
            add(.missing(entry))
        }
    }

    private mutating func addExtra(_ entry: Entry) {
        if TreeComparison.isBeneath(entry.path, gapPaths) {
            uncoveredCount += 1
        } else if !(entry.mode == .submodule && notAtHandPaths.contains(entry.path.bytes)) {
            add(.extra(entry))
        }
    }

    private mutating func addChanged(_ recorded: Entry, _ found: Entry) {
        if recorded.mode == .submodule { addGap(recorded) }
        let isLFSContent = commits == nil && isContent(found, of: recorded)
        guard isLFSContent else { return add(.changed(recorded: recorded, found: found)) }
        lfsContentCount += 1
        if lfsContentCount <= TreeComparison.maximumKeptCount { lfsContent.append(found) }
    }

    /// Whether the reading has the submodule that a `160000` entry stands for.
    ///
    /// A directory has no entry for a submodule, only what is beneath it, and cannot tell the commit. A commit names
    /// it, and may have had its files at hand, in which case they are there instead of the entry.
    private func isAtHand(_ entry: Entry) -> Bool {
        guard let commits else { return true }
        guard let commit = commits[entry.path] else { return false }
        return SHA256.digest(of: Array(commit.hex.utf8)) == entry.digest
    }

    private mutating func add(_ difference: Difference) {
        let rule = difference.rule
        counts[rule, default: 0] += 1
        guard counts[rule, default: 0] <= TreeComparison.maximumKeptCount else { return }
        kept[rule, default: []].append(difference)
    }

    /// Whether a directory above `path` is one of `directories`.
    private static func isBeneath(_ path: TreePath, _ directories: Set<[UInt8]>) -> Bool {
        guard !directories.isEmpty else { return false }
        return path.bytes.indices.contains { index in
            path.bytes[index] == UInt8(ascii: "/") && directories.contains(Array(path.bytes[..<index]))
        }
    }
}

private struct SubmoduleCommit: Hashable {
    let path: TreePath
    let commit: [UInt8]

    init(_ submodule: Submodule) {
        path = submodule.path
        commit = submodule.commit.bytes
    }
}
