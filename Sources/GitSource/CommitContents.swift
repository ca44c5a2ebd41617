package import Digests
import Encodings
import GitWorker
import Verification

/// Takes the contents of a source, one after the other.
package protocol ContentReceiver: ~Copyable {
    /// Begins the content of the files at all of `paths`, raw, which are never none.
    mutating func begin(_ paths: [[UInt8]]) throws

    /// Takes the next bytes.
    ///
    /// Nothing is known of them before ``end()``: whoever keeps them must hash them.
    mutating func receive(_ bytes: RawSpan) throws

    /// Ends the content; it was whole, and its git id is the one that was asked for.
    mutating func end() throws
}

extension GitSource {
    /// Hands the contents of all files and links of a commit, those of its resolved submodules too, to `receiver`.
    ///
    /// A content that stands at several paths comes once, with all of them. Throws as ``read(_:_:)`` does, and what
    /// `receiver` throws.
    package static func readContents(
        of commit: GitObjectID,
        _ repository: [UInt8],
        _ options: GitReadingOptions,
        into receiver: inout some ContentReceiver & ~Copyable
    ) throws {
        let lane = try ObjectLane(repository: repository, options)
        let reader = CommitReader(options: options)
        let found = try reader.commit(from: commit, lane)
        let tree = try reader.read(found, lane, repository: repository)
        try readContents(of: tree, beneath: [], options, into: &receiver)
    }

    /// The time that a commit says it was made, in seconds since 1970; nil where it says none that can be read.
    package static func time(
        of commit: GitObjectID,
        _ repository: [UInt8],
        _ options: GitReadingOptions
    ) throws -> Int64? {
        let lane = try ObjectLane(repository: repository, options)
        var content: [UInt8] = []
        try lane.read([commit], with: .library, keeping: 1 << 20) { _, received in
            if case .object(let object) = received, object.kind == .commit { content = object.content ?? [] }
        }
        return CommitObject.committerTime(of: content)
    }

    private static func readContents(
        of tree: CommitTree,
        beneath prefix: [UInt8],
        _ options: GitReadingOptions,
        into receiver: inout some ContentReceiver & ~Copyable
    ) throws {
        var places = BlobPlaces(tree)
        places.gather(directory: 0, prefix)
        let lane = try ObjectLane(repository: tree.repository, options)
        let blobs = places.paths.keys.sorted()
        // The worker's order is the one of fastest reading; ours decides which paths come with which content.
        let order = try lane.order(blobs.map { tree.graph.blobs[$0] }).map { blobs[$0] }
        var begun = -1
        try lane.read(
            order.map { tree.graph.blobs[$0] },
            with: options.reader,
            keeping: 0,
            streaming: { index, bytes in
                if begun != index {
                    try receiver.begin(places.paths[order[index]] ?? [])
                    begun = index
                }
                try receiver.receive(bytes)
            },
            { index, received in
                guard case .object(let object) = received, object.kind == .blob else {
                    let id = tree.graph.blobs[order[index]]
                    let path = places.paths[order[index]]?.first ?? []
                    throw SourceNotReadable(
                        findings: [ObjectFindings.finding(received, id, expected: .blob, path: path)]
                    )
                }
                // An empty content has no pieces.
                if begun != index { try receiver.begin(places.paths[order[index]] ?? []) }
                begun = index
                try receiver.end()
            }
        )
        for (path, link) in places.submodules {
            guard let module = tree.submodules[link] else { continue }
            try readContents(of: module, beneath: path, options, into: &receiver)
        }
    }
}

/// Where the blobs of a commit stand.
private struct BlobPlaces {
    private let tree: CommitTree
    /// The paths by blob number.
    private(set) var paths: [Int: [[UInt8]]] = [:]
    /// The paths of submodules, with their link numbers.
    private(set) var submodules: [(path: [UInt8], link: Int)] = []

    init(_ tree: CommitTree) {
        self.tree = tree
    }

    mutating func gather(directory: Int, _ prefix: [UInt8]) {
        for entry in tree.graph.entries(of: directory) {
            let path = prefix + (prefix.isEmpty ? [] : [UInt8(ascii: "/")]) + tree.graph.name(of: entry)
            switch entry.mode {
            case .directory: gather(directory: Int(entry.target), path)
            case .submodule: submodules.append((path, Int(entry.target)))
            case .file, .executable, .symbolicLink: paths[Int(entry.target), default: []].append(path)
            }
        }
    }
}
