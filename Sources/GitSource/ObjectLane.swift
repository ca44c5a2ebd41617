import ChildProcesses
import Digests
import GitWorker

/// One worker and the thread that hashes what it sends.
///
/// Nothing the worker says is taken on trust but the order of reading: an object is what its bytes hash to.
@safe
final class ObjectLane {
    private static let scratchByteCount = 64 << 10

    /// Where the repository keeps its parts.
    let places: RepositoryPlaces
    private let worker: WorkerProcess
    private let scratch: UnsafeMutableRawBufferPointer
    private var hashing = ObjectHashing()

    /// The worker's process, for the tests that look at it.
    var process: Int32 { worker.child.number }

    /// Starts a worker on the repository at `path`.
    init(repository path: [UInt8], _ options: GitReadingOptions) throws {
        let task = "opening the repository"
        worker = try WorkerProcess(executable: options.executable, patience: options.patience)
        unsafe scratch = .allocate(byteCount: ObjectLane.scratchByteCount, alignment: 64)
        do {
            try worker.send(.open(path: path, share: options.share), task: task)
            switch try worker.response(task: task) {
            case .opened(let places): self.places = places
            case .refused(let refusal, let text): throw RepositoryRefused(refusal, text: text)
            default: throw worker.nonsense("no answer to open", task)
            }
        } catch {
            unsafe scratch.deallocate()
            throw error
        }
    }

    deinit {
        unsafe scratch.deallocate()
    }

    /// The object that libgit2 says a revision names, and the reference it went through.
    func resolve(_ revision: [UInt8]) throws -> (id: GitObjectID, reference: [UInt8]) {
        let task = "resolving the revision"
        try worker.send(.resolve(revision: revision), task: task)
        switch try worker.response(task: task) {
        case .resolved(let id, let reference): return (id, reference)
        case .refused(_, let text): throw RevisionUnknown(revision: revision, text: text)
        default: throw worker.nonsense("no answer to resolve", task)
        }
    }

    /// The positions of `ids` in the order of fastest reading.
    ///
    /// Each position once: a worker that says otherwise is refused.
    func order(_ ids: [GitObjectID]) throws -> [Int] {
        let task = "ordering objects"
        try worker.send(.order(ids), task: task)
        guard case .order(let order) = try worker.response(task: task), order.count == ids.count else {
            throw worker.nonsense("no order of \(ids.count) objects", task)
        }
        var isSeen = [Bool](repeating: false, count: ids.count)
        for position in order {
            guard position < ids.count, !isSeen[Int(position)] else {
                throw worker.nonsense("a position twice or out of range", task)
            }
            isSeen[Int(position)] = true
        }
        return order.map(Int.init)
    }

    /// Reads objects and hands each, in the order of `ids`, to `receive` with its position.
    ///
    /// Contents of at most `keeping` bytes come along. Every piece of a content is also handed to `streaming` as it comes,
    /// before it is known whether the whole has the id.
    func read(
        _ ids: [GitObjectID],
        with reader: ObjectReader,
        keeping: Int,
        streaming: (Int, RawSpan) throws -> Void = { _, _ in },
        _ receive: (Int, ReceivedObject) throws -> Void
    ) throws {
        guard !ids.isEmpty else { return }
        try worker.send(.read(reader, ids), task: ObjectLane.task(ids[0]))
        var next = 0
        while true {
            let task = ObjectLane.task(ids[min(next, ids.count - 1)])
            switch try worker.response(task: task) {
            case .batch(let slot, let pieces):
                for piece in pieces {
                    guard piece.index == next, next < ids.count else {
                        throw worker.nonsense("objects out of order", task)
                    }
                    guard
                        let received = try take(
                            piece,
                            of: slot,
                            expecting: ids[next],
                            keeping,
                            streaming,
                            task
                        )
                    else { continue }
                    try receive(next, received)
                    next += 1
                }
                try worker.send(.release(slot: slot), task: task)
            case .done:
                guard next == ids.count, !hashing.isOpen else { throw worker.nonsense("objects missing", task) }
                return
            default: throw worker.nonsense("no answer to read", task)
            }
        }
    }

    /// Hashes one piece; what came of its object when it is the last.
    private func take(
        _ piece: ObjectPiece,
        of slot: Int,
        expecting id: GitObjectID,
        _ keeping: Int,
        _ streaming: (Int, RawSpan) throws -> Void,
        _ task: String
    ) throws -> ReceivedObject? {
        guard let kind = piece.kind else {
            hashing.abandon()
            return .fault(piece.fault ?? .missing, text: try text(piece, of: slot, task))
        }
        if !hashing.isOpen { hashing.begin(kind, total: piece.total, keeping: keeping) }
        guard hashing.continues(kind, total: piece.total, count: piece.range.count) else {
            throw worker.nonsense("pieces that do not fit together", task)
        }
        var start = piece.range.lowerBound
        while start < piece.range.upperBound {
            let count = min(ObjectLane.scratchByteCount, piece.range.upperBound - start)
            guard unsafe worker.copy(slot: slot, start..<start + count, into: scratch) else {
                throw worker.nonsense("a piece outside its slot", task)
            }
            let bytes = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            hashing.update(bytes)
            try streaming(piece.index, bytes)
            start += count
        }
        guard piece.isLast else { return nil }
        guard let object = hashing.end(expecting: id) else { throw worker.nonsense("an object cut short", task) }
        return object
    }

    private func text(_ piece: ObjectPiece, of slot: Int, _ task: String) throws -> [UInt8] {
        guard piece.range.count <= ObjectLane.scratchByteCount,
            unsafe worker.copy(slot: slot, piece.range, into: scratch)
        else { throw worker.nonsense("a text outside its slot", task) }
        return unsafe Array(scratch[..<piece.range.count])
    }

    private static func task(_ id: GitObjectID) -> String { "reading object \(id.hex)" }
}
