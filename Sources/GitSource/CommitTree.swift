import Attestations
import Digests
import DirectorySource
import Encodings
import GitWorker
import Verification

/// Everything that was read and checked of one commit: its trees, the hashes of its blobs, its submodules.
struct CommitTree {
    /// The commit.
    let commit: GitObjectID
    /// The path of the repository that it was read from.
    let repository: [UInt8]
    /// How many entries the trees stand for, submodules as one each.
    let entryCount: Int
    /// The trees.
    let graph: TreeGraph
    /// The hashes of the blobs.
    let blobs: BlobHashes
    /// The lines of the attribute files that can change bytes, by blob number.
    let attributeLines: [Int: [AttributesFile.Line]]
    /// The submodules whose objects are at hand, by link number.
    let submodules: [Int: CommitTree]
}

/// Reads commits: the one that was asked for, and those that its submodules name.
struct CommitReader {
    private static let maximumTags = 32
    private static let maximumHeaderByteCount = 16 << 20
    /// Attribute files above this length are not looked into, in bytes.
    static let maximumAttributeByteCount = 1 << 20
    private static let maximumSubmoduleDepth = 8

    private(set) var options: GitReadingOptions
    private let budget = SubmoduleBudget()
    private let attributeRoom = RecordRoom()

    /// Reads with these options.
    init(options: GitReadingOptions) {
        self.options = options
    }

    /// Whether the file at `path` holds attributes.
    static func isAttributeFile(_ path: [UInt8]) -> Bool {
        path.split(separator: UInt8(ascii: "/")).last.map { $0.elementsEqual(".gitattributes".utf8) } ?? false
    }

    /// A commit, and the annotated tag that led to it.
    struct Found {
        let commit: GitObjectID
        let tree: GitObjectID
        let tagObject: (id: GitObjectID, name: [UInt8])?
    }

    /// Follows tags from the object `id` to a commit, checking every object on the way.
    func commit(from id: GitObjectID, _ lane: ObjectLane) throws -> Found {
        var current = id
        var tag: (id: GitObjectID, name: [UInt8])?
        for _ in 0...CommitReader.maximumTags {
            let object = try self.object(current, lane)
            switch object.kind {
            case .commit:
                guard let content = object.content, let tree = CommitObject.tree(of: content) else {
                    throw SourceNotReadable(.objectMismatch, "commit \(current.hex) does not name one tree")
                }
                return Found(commit: current, tree: tree, tagObject: tag)
            case .tag:
                guard let content = object.content, let named = TagObject(content) else {
                    throw SourceNotReadable(.objectMismatch, "tag \(current.hex) names no object")
                }
                tag = tag ?? (current, named.name)
                current = named.object
            case .tree, .blob:
                throw SourceNotReadable(.objectMismatch, "\(object.kind.rawValue) \(current.hex) is no commit")
            }
        }
        throw SourceNotReadable(.objectMismatch, "more than \(CommitReader.maximumTags) tags of tags at \(id.hex)")
    }

    /// Reads all of the commit's tree.
    func read(_ found: Found, _ lane: ObjectLane, repository: [UInt8], depth: Int = 0) throws -> CommitTree {
        let graph = try TreeGraph(root: found.tree, from: lane)
        let entryCount = try ExpandedSize.check(graph)
        let blobs = try BlobHashes.read(graph, through: lane, options, repository: repository)
        guard !options.progress.isCancelled else { throw ReadingCancelled() }
        return CommitTree(
            commit: found.commit,
            repository: repository,
            entryCount: entryCount,
            graph: graph,
            blobs: blobs,
            attributeLines: try attributeLines(of: graph, lane),
            submodules: depth < CommitReader.maximumSubmoduleDepth ? try submodules(of: graph, lane, depth) : [:]
        )
    }

    /// Reads the submodules whose commits are at hand.
    private func submodules(of graph: TreeGraph, _ lane: ObjectLane, _ depth: Int) throws -> [Int: CommitTree] {
        guard !graph.links.isEmpty else { return [:] }
        let modules = SubmoduleSettings(try submoduleSettings(of: graph, lane) ?? [])
        var read: [Int: CommitTree] = [:]
        for (path, link) in graph.linkPaths() {
            for place in modules.repositories(of: path, in: lane.places) where SubmodulePlace.isRepository(place) {
                guard budget.take() else { return read }
                guard let tree = try submodule(graph.links[link], at: place, depth) else { continue }
                read[link] = tree
                break
            }
        }
        return read
    }

    /// Reads the submodule's commit; nil when there is no repository at `place` or it lacks the commit.
    private func submodule(_ commit: GitObjectID, at place: [UInt8], _ depth: Int) throws -> CommitTree? {
        var reader = self
        reader.options.share = SubmoduleBudget.share
        guard let lane = try? ObjectLane(repository: place, reader.options),
            let found = try? self.commit(from: commit, lane), found.commit == commit
        else { return nil }
        do {
            return try reader.read(found, lane, repository: place, depth: depth + 1)
        } catch let missing as SourceNotReadable where missing.findings.allSatisfy({ $0.effect == .inconclusive }) {
            return nil
        }
    }

    private func object(_ id: GitObjectID, _ lane: ObjectLane) throws -> VerifiedObject {
        var result: ReceivedObject?
        try lane.read([id], with: .library, keeping: CommitReader.maximumHeaderByteCount) { _, received in
            result = received
        }
        guard case .object(let object) = result else {
            let received = result ?? .fault(.missing, text: [])
            throw SourceNotReadable(
                findings: [ObjectFindings.finding(received, id, expected: .commit, path: [])]
            )
        }
        return object
    }

    /// The lines of the attribute files, by blob number; files above 1 MiB, and those too many to be listed, are left out.
    private func attributeLines(of graph: TreeGraph, _ lane: ObjectLane) throws -> [Int: [AttributesFile.Line]] {
        let blobs = graph.blobs(named: Array(".gitattributes".utf8), rootOnly: false)
        var lines: [Int: [AttributesFile.Line]] = [:]
        try forEachContent(of: blobs, graph, lane) { blob, content in
            let found = AttributesFile.lines(in: content)
            if attributeRoom.take(found.count) { lines[blob] = found }
        }
        return lines
    }

    /// The content of `.gitmodules` in the root directory; nil where there is none of at most 1 MiB.
    private func submoduleSettings(of graph: TreeGraph, _ lane: ObjectLane) throws -> [UInt8]? {
        var settings: [UInt8]?
        try forEachContent(of: graph.blobs(named: Array(".gitmodules".utf8), rootOnly: true), graph, lane) {
            settings = $1
        }
        return settings
    }

    private func forEachContent(
        of blobs: [Int],
        _ graph: TreeGraph,
        _ lane: ObjectLane,
        _ body: (_ blob: Int, _ content: [UInt8]) -> Void
    ) throws {
        let limit = CommitReader.maximumAttributeByteCount
        try lane.read(blobs.map { graph.blobs[$0] }, with: options.reader, keeping: limit) { index, received in
            if case .object(let object) = received, let content = object.content { body(blobs[index], content) }
        }
    }
}
