import Digests
import Encodings
import GitWorker
import Verification

/// The trees of one commit, each read and parsed once, and the blobs and submodules they name.
///
/// Equal directories are one tree here and stand in the source as often as they are named.
struct TreeGraph {
    /// An entry of a tree.
    struct Entry {
        fileprivate let nameStart: UInt32
        fileprivate let nameCount: UInt16
        let mode: TreeEntryMode
        /// The number of the tree, the blob or the submodule commit, by mode.
        let target: UInt32
    }

    /// The trees by number; the first is the root.
    private(set) var trees: [Range<Int>] = []
    /// The blobs by number.
    private(set) var blobs: [GitObjectID] = []
    /// The commits that submodule entries name, by number.
    private(set) var links: [GitObjectID] = []
    /// The ids of the trees by number.
    private(set) var treeIDs: [GitObjectID] = []
    private var entries: [Entry] = []
    private var names: [UInt8] = []
    /// Where a tree was first named: the tree and the entry.
    private var origins: [(tree: Int, entry: Int)] = []
    private var treeNumbers: [GitObjectID: UInt32] = [:]
    private var blobNumbers: [GitObjectID: UInt32] = [:]

    /// The entries of a tree.
    func entries(of tree: Int) -> ArraySlice<Entry> { entries[trees[tree]] }

    /// The raw bytes of an entry's name.
    func name(of entry: Entry) -> ArraySlice<UInt8> {
        names[Int(entry.nameStart)..<Int(entry.nameStart) + Int(entry.nameCount)]
    }
}

extension TreeGraph {
    /// The most trees of one path; 4,096 bytes hold no more.
    static let maximumDepth = TreePath.maximumByteCount / 2
    static let maximumTreeByteCount = 64 << 20
    private static let maximumNameBytes = 1 << 30

    /// Reads the trees below `root`, level by level.
    init(root: GitObjectID, from lane: ObjectLane) throws {
        var pending = [Int(number(ofTree: root, named: (0, 0)))]
        var depth = 0
        while !pending.isEmpty {
            depth += 1
            guard depth <= TreeGraph.maximumDepth else {
                throw SourceNotReadable(.malformedTree, "directories nested more than \(TreeGraph.maximumDepth) deep")
            }
            let first = trees.count
            var findings: [Finding] = []
            let ids = pending.map { treeIDs[$0] }
            let limit = TreeGraph.maximumTreeByteCount
            try lane.read(ids, with: .library, keeping: limit) { index, received in
                if let finding = add(received, as: pending[index]) { findings.append(finding) }
            }
            if !findings.isEmpty { throw SourceNotReadable(findings: findings) }
            guard names.count <= TreeGraph.maximumNameBytes else {
                throw SourceNotReadable(.malformedTree, "more than 1 GiB of names")
            }
            pending = Array(first..<trees.count)
        }
        treeNumbers = [:]
        blobNumbers = [:]
    }

    /// Parses a tree that arrived; the finding when it is none.
    private mutating func add(_ received: ReceivedObject, as tree: Int) -> Finding? {
        guard case .object(let object) = received, object.kind == .tree, let content = object.content else {
            return ObjectFindings.finding(received, treeIDs[tree], expected: .tree, path: path(of: tree))
        }
        let start = entries.count
        do throws(BadTree) {
            try TreeObject.forEachEntry(of: content) { mode, name, id in
                append(mode, content[name], id, of: tree)
            }
        } catch {
            return Finding(
                .malformedTree,
                path: path(of: tree) + (tree == 0 ? [] : [UInt8(ascii: "/")]) + error.name,
                found: "\(error.rule.explanation) (tree \(treeIDs[tree].hex))"
            )
        }
        trees[tree] = start..<entries.count
        return nil
    }

    private mutating func append(
        _ mode: TreeEntryMode,
        _ name: ArraySlice<UInt8>,
        _ id: GitObjectID,
        of tree: Int
    ) {
        let target: UInt32 =
            switch mode {
            case .directory: number(ofTree: id, named: (tree, entries.count))
            case .submodule: number(ofLink: id)
            case .file, .executable, .symbolicLink: number(ofBlob: id)
            }
        entries.append(
            Entry(
                nameStart: UInt32(truncatingIfNeeded: names.count),
                nameCount: UInt16(truncatingIfNeeded: name.count),
                mode: mode,
                target: target
            )
        )
        names.append(contentsOf: name)
    }

    private mutating func number(ofTree id: GitObjectID, named origin: (tree: Int, entry: Int)) -> UInt32 {
        if let number = treeNumbers[id] { return number }
        let number = UInt32(truncatingIfNeeded: trees.count)
        treeNumbers[id] = number
        trees.append(0..<0)
        treeIDs.append(id)
        origins.append(origin)
        return number
    }

    private mutating func number(ofBlob id: GitObjectID) -> UInt32 {
        if let number = blobNumbers[id] { return number }
        let number = UInt32(truncatingIfNeeded: blobs.count)
        blobNumbers[id] = number
        blobs.append(id)
        return number
    }

    private mutating func number(ofLink id: GitObjectID) -> UInt32 {
        links.append(id)
        return UInt32(truncatingIfNeeded: links.count - 1)
    }
}

extension TreeGraph {
    /// One path at which a tree stands; empty for the root.
    func path(of tree: Int) -> [UInt8] {
        var components: [ArraySlice<UInt8>] = []
        var current = tree
        while current != 0 {
            components.append(name(of: entries[origins[current].entry]))
            current = origins[current].tree
        }
        return Array(components.reversed().joined(separator: [UInt8(ascii: "/")]))
    }

    /// One path at which a blob stands.
    func path(ofBlob blob: Int) -> [UInt8] {
        for tree in trees.indices {
            for entry in entries(of: tree) where Int(entry.target) == blob && entry.mode.isBlob {
                let directory = path(of: tree)
                return directory + (directory.isEmpty ? [] : [UInt8(ascii: "/")]) + name(of: entry)
            }
        }
        return []
    }
}

extension TreeEntryMode {
    /// Whether the entry's content is a blob.
    var isBlob: Bool { self == .file || self == .executable || self == .symbolicLink }
}
