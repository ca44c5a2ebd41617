import Attestations
import Digests
import DirectorySource
import Encodings
import GitWorker
import SourceManifest
import Verification

/// One stretch of a commit's paths: taken over from an earlier source, or read.
enum SourceChange {
    /// Entries of the earlier manifest that did not change.
    case unchanged(Range<Int>)
    /// A file or link that did.
    case file(path: [UInt8], FileMode, VerifiedObject)
    /// A directory that the earlier source does not have.
    case directory(path: [UInt8], CommitTree)

    /// How many entries are taken over.
    var reusedCount: Int {
        if case .unchanged(let range) = self { range.count } else { 0 }
    }
}

/// Walks the trees of two commits side by side and reads what differs.
///
/// Where the ids of two directories or files are equal, so are their bytes, as far as SHA-1 names bytes; the SHA-256
/// lines then come from the earlier manifest, which the caller has verified. The statement says that this was done.
struct SourceChanges {
    private struct Side {
        let mode: TreeEntryMode
        let id: GitObjectID
    }

    private struct PendingFile {
        let position: Int
        let path: [UInt8]
        let mode: FileMode
        let id: GitObjectID
    }

    /// Only reading all of the commit will do: a submodule turned up, whose files are not in the trees that are
    /// compared, or there is more to compare or to read than it could save.
    private struct NeedsWholeReading: Error {}
    private static let maximumComparisons = 100_000
    private static let maximumAttributeFiles = 100

    private let earlier: EarlierSource
    private let reader: CommitReader
    private let lane: ObjectLane
    private let repository: [UInt8]
    private var changes: [SourceChange] = []
    private var pending: [PendingFile] = []
    private var comparisons = 0
    private var newEntryCount = 0

    /// The stretches of the tree `tree`, in order of paths; nil where only reading all of it will do.
    static func changes(
        of tree: GitObjectID,
        since earlier: EarlierSource,
        _ reader: CommitReader,
        _ lane: ObjectLane,
        _ repository: [UInt8]
    ) throws -> [SourceChange]? {
        guard let git = earlier.details.git, earlier.details.submodules.isEmpty else { return nil }
        var walk = SourceChanges(earlier: earlier, reader: reader, lane: lane, repository: repository)
        do {
            try walk.compare(git.tree, tree, path: [], depth: 1)
            try walk.readPending()
        } catch is NeedsWholeReading {
            return nil
        } catch let missing as SourceNotReadable where missing.findings.allSatisfy({ $0.effect == .inconclusive }) {
            // The earlier commit's trees are not here (any more): reading all of the new one settles it.
            return nil
        }
        return walk.changes
    }

    private init(earlier: EarlierSource, reader: CommitReader, lane: ObjectLane, repository: [UInt8]) {
        self.earlier = earlier
        self.reader = reader
        self.lane = lane
        self.repository = repository
    }

    private mutating func compare(_ old: GitObjectID, _ new: GitObjectID, path: [UInt8], depth: Int) throws {
        if old == new { return reuse(beneath: path) }
        guard depth <= TreeGraph.maximumDepth else {
            throw SourceNotReadable(
                .malformedTree,
                path: path,
                "directories nested more than \(TreeGraph.maximumDepth) deep"
            )
        }
        comparisons += 1
        guard comparisons <= SourceChanges.maximumComparisons else { throw NeedsWholeReading() }
        let oldEntries = Dictionary(
            try entries(of: old, path).map { ($0.name, $0.side) },
            uniquingKeysWith: { first, _ in first }
        )
        for (name, side) in try entries(of: new, path) {
            let place = path + (path.isEmpty ? [] : [UInt8(ascii: "/")]) + name
            let before = oldEntries[name]
            switch side.mode {
            case .submodule: throw NeedsWholeReading()
            case .directory:
                if let before, before.mode == .directory {
                    try compare(before.id, side.id, path: place, depth: depth + 1)
                } else {
                    let tree = try directory(side.id)
                    newEntryCount += tree.entryCount
                    changes.append(.directory(path: place, tree))
                }
            case .file: add(place, .file, side, before)
            case .executable: add(place, .executable, side, before)
            case .symbolicLink: add(place, .symbolicLink, side, before)
            }
            // One directory may be named any number of times; the whole reading counts before it reads.
            guard changes.count + newEntryCount <= ExpandedSize.maximumEntries else { throw NeedsWholeReading() }
        }
    }

    private mutating func add(_ path: [UInt8], _ mode: FileMode, _ side: Side, _ before: Side?) {
        if let before, before.mode == side.mode, before.id == side.id, let index = index(of: path) {
            changes.append(.unchanged(index..<index + 1))
        } else {
            pending.append(PendingFile(position: changes.count, path: path, mode: mode, id: side.id))
            // Holds the place until the file is read.
            changes.append(.unchanged(0..<0))
        }
    }

    private mutating func reuse(beneath path: [UInt8]) {
        if path.isEmpty {
            changes.append(.unchanged(0..<earlier.manifest.count))
        } else if let directory = try? TreePath(path) {
            changes.append(.unchanged(earlier.manifest.range(beneath: directory)))
        }
    }

    private func index(of path: [UInt8]) -> Int? {
        (try? TreePath(path)).flatMap { earlier.manifest.index(of: $0) }
    }

    /// Reads a directory that the earlier source does not have.
    private func directory(_ id: GitObjectID) throws -> CommitTree {
        let tree = try reader.read(.init(commit: id, tree: id, tagObject: nil), lane, repository: repository)
        guard tree.graph.links.isEmpty else { throw NeedsWholeReading() }
        return tree
    }

    private func entries(of tree: GitObjectID, _ path: [UInt8]) throws -> [(name: [UInt8], side: Side)] {
        var found: [(name: [UInt8], side: Side)] = []
        var finding: Finding?
        try lane.read([tree], with: .library, keeping: TreeGraph.maximumTreeByteCount) { _, received in
            guard case .object(let object) = received, object.kind == .tree, let content = object.content else {
                finding = ObjectFindings.finding(received, tree, expected: .tree, path: path)
                return
            }
            do throws(BadTree) {
                try TreeObject.forEachEntry(of: content) { mode, name, id in
                    found.append((Array(content[name]), Side(mode: mode, id: id)))
                }
            } catch {
                finding = Finding(.malformedTree, path: path + error.name, found: error.rule.explanation)
            }
        }
        if let finding { throw SourceNotReadable(findings: [finding]) }
        return found
    }

    private mutating func readPending() throws {
        guard pending.count <= SourceChanges.maximumComparisons else { throw NeedsWholeReading() }
        let attributeFiles = pending.filter { CommitReader.isAttributeFile($0.path) }
        let others = pending.filter { !CommitReader.isAttributeFile($0.path) }
        guard attributeFiles.count <= SourceChanges.maximumAttributeFiles else { throw NeedsWholeReading() }
        try read(attributeFiles, keeping: CommitReader.maximumAttributeByteCount)
        try read(others, keeping: BlobHashes.pointerByteCount)
    }

    private mutating func read(_ files: [PendingFile], keeping: Int) throws {
        var findings: [Finding] = []
        try lane.read(files.map(\.id), with: reader.options.reader, keeping: keeping) { index, received in
            let file = files[index]
            if case .object(let object) = received, object.kind == .blob {
                reader.options.progress.add(files: 1, bytes: object.count)
                changes[file.position] = .file(path: file.path, file.mode, object)
            } else {
                findings.append(ObjectFindings.finding(received, file.id, expected: .blob, path: file.path))
            }
        }
        if !findings.isEmpty { throw SourceNotReadable(findings: findings) }
    }
}
