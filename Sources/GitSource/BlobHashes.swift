import Attestations
import Digests
import DirectorySource
import Encodings
import GitWorker
import Synchronization
import Verification

/// What the manifest needs to know of a blob.
struct BlobHash: Sendable {
    let digest: Digest
    let count: UInt64
}

/// The hashes of all blobs of a graph.
struct BlobHashes: Sendable {
    /// The ids of one request: large enough to keep a worker busy, small enough to share the work evenly.
    fileprivate static let chunkCount = 2048
    /// Contents up to this length are looked at for LFS pointers, in bytes.
    static let pointerByteCount = 1023
    /// Findings beyond this number are not looked for.
    fileprivate static let maximumFindings = 100

    /// The hashes by blob number.
    fileprivate(set) var hashes: [BlobHash?]
    /// The LFS pointers, by blob number.
    fileprivate(set) var pointers: [Int: LFSPointer] = [:]
    fileprivate var findings: [Finding] = []

    fileprivate init(count: Int) {
        hashes = Array(repeating: nil, count: count)
    }

    /// Reads and hashes the blobs of `graph`: in `lane` when they are few, else in workers of their own.
    static func read(
        _ graph: TreeGraph,
        through lane: ObjectLane,
        _ options: GitReadingOptions,
        repository: [UInt8]
    ) throws -> BlobHashes {
        let order = try lane.order(graph.blobs)
        let hashing = BlobHashing(graph: graph, order: order, options: options)
        if options.threads <= 1 || graph.blobs.count <= chunkCount {
            hashing.work { lane }
        } else {
            WorkerThreads.run(options.threads) {
                hashing.work { try ObjectLane(repository: repository, options) }
            }
        }
        return try hashing.result()
    }
}

/// The work of hashing, shared by the threads that do it.
private final class BlobHashing: Sendable {
    private struct State {
        var done: BlobHashes
        var nextStart = 0
        var failure: (any Error)?
    }

    private let graph: TreeGraph
    private let order: [Int]
    private let options: GitReadingOptions
    private let state: Mutex<State>

    init(graph: TreeGraph, order: [Int], options: GitReadingOptions) {
        self.graph = graph
        self.order = order
        self.options = options
        state = Mutex(State(done: BlobHashes(count: graph.blobs.count)))
    }

    /// Takes chunks until there are none, in a lane that is opened here and belongs to this thread.
    func work(_ open: () throws -> ObjectLane) {
        do {
            let lane = try open()
            while let chunk = nextChunk() {
                try hash(chunk, lane)
            }
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
        }
    }

    /// What all threads found; throws the first failure, or the findings.
    func result() throws -> BlobHashes {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            if !state.done.findings.isEmpty { throw SourceNotReadable(findings: state.done.findings) }
            return state.done
        }
    }

    private func nextChunk() -> ArraySlice<Int>? {
        state.withLock { state in
            let isOver = state.failure != nil || state.done.findings.count >= BlobHashes.maximumFindings
            guard !isOver, !options.progress.isCancelled, state.nextStart < order.count else { return nil }
            let start = state.nextStart
            state.nextStart = min(order.count, start + BlobHashes.chunkCount)
            return order[start..<state.nextStart]
        }
    }

    private func hash(_ chunk: ArraySlice<Int>, _ lane: ObjectLane) throws {
        let blobs = Array(chunk)
        var received: [ReceivedObject] = []
        received.reserveCapacity(blobs.count)
        let ids = blobs.map { graph.blobs[$0] }
        try lane.read(ids, with: options.reader, keeping: BlobHashes.pointerByteCount) { _, object in
            received.append(object)
            if case .object(let blob) = object { options.progress.add(files: 1, bytes: blob.count) }
        }
        state.withLock { state in
            for (blob, object) in zip(blobs, received) {
                state.done.store(object, blob, of: graph)
            }
        }
    }
}

extension BlobHashes {
    fileprivate mutating func store(_ received: ReceivedObject, _ blob: Int, of graph: TreeGraph) {
        guard case .object(let object) = received, object.kind == .blob else {
            guard findings.count < BlobHashes.maximumFindings else { return }
            let path = graph.path(ofBlob: blob)
            findings.append(ObjectFindings.finding(received, graph.blobs[blob], expected: .blob, path: path))
            return
        }
        hashes[blob] = BlobHash(digest: object.digest, count: object.count)
        if let pointer = object.content.flatMap({ LFSPointer($0) }) { pointers[blob] = pointer }
    }
}
