import CLinux
import ChildProcesses
import Digests
import Glibc

/// The process that turns object ids into bytes.
///
/// Everything that an adversary's repository can reach through C (libgit2, zlib, libdeflate) runs here, under
/// limits, with nothing to lose: no key, no file opened for writing, no network. Its parent hashes every byte.
package enum Worker {
    /// The argument that makes the program a worker.
    package static let argument = "object-worker"
    /// The most private memory, in bytes; mapped packs do not count.
    private static let privateMemory: UInt = 480 << 20

    /// Serves requests on standard input until it closes; the exit status.
    package static func run() -> Int32 {
        clinux_keep_freed_memory()
        guard WorkerLimits.apply(privateMemory: privateMemory), let service = WorkerService() else { return 2 }
        do throws(WorkerExit) {
            try service.serve()
            return 0
        } catch {
            return 2
        }
    }
}

private final class WorkerService {
    private let channel = WorkerChannel()
    private var repository: LibraryRepository?
    private var packs: PackedObjects?
    private var budget = InflationBudget()
    private var outgoing: OutgoingObjects

    init?() {
        let memory = unsafe mmap(
            nil,
            SharedSlots.totalByteCount,
            PROT_READ | PROT_WRITE,
            MAP_SHARED,
            SharedSlots.descriptor,
            0
        )
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { return nil }
        let slots = unsafe UnsafeMutableRawBufferPointer(start: memory, count: SharedSlots.totalByteCount)
        outgoing = unsafe OutgoingObjects(channel: channel, memory: slots)
    }

    func serve() throws(WorkerExit) {
        while let request = try channel.next() {
            switch request {
            case .open(let path, let share): try channel.send(open(path, share: Int(share)))
            case .resolve(let revision): try channel.send(resolve(revision))
            case .order(let ids): try channel.send(.order(order(ids)))
            case .read(let reader, let ids): try read(ids, with: reader)
            case .release(let slot): outgoing.release(slot)
            }
        }
    }

    private func open(_ path: [UInt8], share: Int) -> WorkerResponse {
        budget = InflationBudget(share: share)
        do throws(LibraryError) {
            try LibraryRepository.startLibrary()
            let opened = try LibraryRepository(path: path)
            let indexes = opened.objectDirectories.flatMap(WorkerService.packIndexes)
            packs = PackedObjects(indexPaths: indexes, budget)
            repository = opened
            return .opened(opened.places)
        } catch {
            return .refused(WorkerService.refusal(error), text: error.text)
        }
    }

    private func resolve(_ revision: [UInt8]) -> WorkerResponse {
        guard let repository else { return .refused(.protocolError, text: []) }
        do throws(LibraryError) {
            let (id, reference) = try repository.resolve(revision)
            return .resolved(id, reference: reference)
        } catch {
            return .refused(.unknownRevision, text: error.text)
        }
    }

    /// Positions by place in the packs; what is in no pack comes last.
    private func order(_ ids: [GitObjectID]) -> [UInt32] {
        let places = ids.map { id in
            packs?.location(of: id).map { (pack: $0.pack, offset: $0.offset) } ?? (pack: .max, offset: 0)
        }
        return ids.indices.sorted { places[$0] < places[$1] }.map(UInt32.init)
    }

    private func read(_ ids: [GitObjectID], with reader: ObjectReader) throws(WorkerExit) {
        for (index, id) in ids.enumerated() {
            switch reader {
            case .direct: try sendDirectly(id, index: index)
            case .library: try sendThroughLibrary(id, index: index)
            }
        }
        try outgoing.finish()
    }

    private func sendThroughLibrary(_ id: GitObjectID, index: Int) throws(WorkerExit) {
        guard let repository else { throw WorkerExit() }
        do throws(ObjectFault) {
            try budget.checkTime()
        } catch {
            return try outgoing.send(error, index: index)
        }
        let object: ObjectBuffer
        do throws(LibraryError) {
            object = try budget.takeTime(\.count) { () throws(LibraryError) in try repository.object(id) }
        } catch {
            let fault: ObjectFault = error.isNotFound ? .missing : .refusedByLibrary
            return try outgoing.send(fault, text: error.text, index: index)
        }
        try outgoing.send(object, index: index)
    }

    private func sendDirectly(_ id: GitObjectID, index: Int) throws(WorkerExit) {
        let content: PackedObjects.Content
        do throws(ObjectFault) {
            content = try find(id)
        } catch {
            return try outgoing.send(error, index: index)
        }
        switch content {
        case .held(let object): try outgoing.send(object, index: index)
        case .streamed(let stream): try outgoing.send(stream, index: index)
        case .whole(let whole):
            unsafe try outgoing.send(whole.kind, count: whole.count, index: index) { room throws(ObjectFault) in
                unsafe try packs?.inflate(whole, into: room)
            }
        }
    }

    private func find(_ id: GitObjectID) throws(ObjectFault) -> PackedObjects.Content {
        if let location = packs?.location(of: id), let content = try packs?.content(at: location) { return content }
        guard let stream = try repository?.loose.open(id) else { throw .missing }
        budget.add(storedByteCount: stream.storedCount)
        try budget.take(stream.count)
        return .streamed(stream)
    }

    private static func refusal(_ error: LibraryError) -> WorkerRefusal {
        // libgit2 1.5 has no code of its own for this.
        if error.text.elementsEqual("unsupported extension name extensions.objectformat".utf8) {
            return .sha256Repository
        }
        return error.isNotFound ? .noRepository : .unreadableRepository
    }

    private static func packIndexes(in objects: [UInt8]) -> [[UInt8]] {
        let directory = objects + Array("/pack".utf8)
        let names = FileSystem.names(in: directory).filter { $0.suffix(4).elementsEqual(".idx".utf8) }
        return names.sorted { $0.lexicographicallyPrecedes($1) }.map { directory + [UInt8(ascii: "/")] + $0 }
    }
}
