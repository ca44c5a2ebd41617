package import ChildProcesses
import CLinux
import GitWorker
import Glibc

/// Why no answer came from a worker: how it ended, or that it stalled.
package struct WorkerFailure: Error, Hashable, Sendable {
    /// How it ended.
    package let ending: WorkerEnding
    /// What the parent was waiting for.
    package let task: String
}

extension WorkerFailure: CustomStringConvertible {
    /// What was being done, and how the worker ended.
    package var description: String {
        switch ending {
        case .notStarted(let errno): "\(task): the object reader did not start (errno \(errno))"
        case .killed(let signal): "\(task): the object reader was killed by signal \(signal)"
        case .exited(let status): "\(task): the object reader ended with status \(status)"
        case .stalled(let seconds): "\(task): the object reader gave no answer for \(seconds) seconds"
        case .nonsense(let what): "\(task): the object reader answered nonsense: \(what)"
        }
    }
}

/// The parent's end of one worker: a process, a socket and shared memory.
@safe
final class WorkerProcess {
    /// The longest answer that is read, in bytes: the order of two million objects.
    private static let maximumFrame = 16 << 20

    /// The worker.
    let child: ChildProcess
    private let socket: Int32
    private let memory: UnsafeRawPointer
    private let patience: Int

    /// Starts `executable` as a worker, which is killed when it says nothing for `patience` seconds.
    init(executable: [UInt8], patience: Int) throws(WorkerFailure) {
        var ends: [Int32] = [-1, -1]
        let memoryFile = unsafe clinux_memory_file("vitrine-objects")
        guard memoryFile >= 0, ftruncate(memoryFile, SharedSlots.totalByteCount) == 0,
            let mapped = unsafe mmap(nil, SharedSlots.totalByteCount, PROT_READ, MAP_SHARED, memoryFile, 0),
            unsafe mapped != MAP_FAILED,
            unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0
        else { throw WorkerFailure(ending: .notStarted(errno: errno), task: "starting") }
        defer {
            close(memoryFile)
            close(ends[1])
        }
        unsafe memory = UnsafeRawPointer(mapped)
        socket = ends[0]
        self.patience = patience
        do {
            let arguments = [executable, Array(Worker.argument.utf8)]
            child = try ChildProcess(arguments, [ends[1], ends[1], nil, memoryFile], as: .worker)
        } catch {
            close(ends[0])
            unsafe munmap(mapped, SharedSlots.totalByteCount)
            throw WorkerFailure(ending: .notStarted(errno: error.code), task: "starting")
        }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(socket, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit {
        child.end()
        close(socket)
        unsafe munmap(UnsafeMutableRawPointer(mutating: memory), SharedSlots.totalByteCount)
    }

    /// Sends a request; `task` says for what, should it fail.
    func send(_ request: WorkerRequest, task: String) throws(WorkerFailure) {
        let frame = request.frame
        var sent = 0
        while sent < frame.count {
            let count = unsafe frame.withUnsafeBytes { bytes in
                unsafe Glibc.send(
                    socket,
                    bytes.baseAddress.map { unsafe $0 + sent },
                    frame.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(task, isStall: count < 0 && errno == EAGAIN) }
            sent += count
        }
    }

    /// Waits for the next response.
    func response(task: String) throws(WorkerFailure) -> WorkerResponse {
        let head = try receive(4, task)
        let count = (0..<4).reduce(0) { $0 | Int(head[$1]) << (8 * $1) }
        guard count > 0, count <= WorkerProcess.maximumFrame else { throw nonsense("a frame of \(count) bytes", task) }
        guard let response = WorkerResponse(frame: try receive(count, task)) else {
            throw nonsense("a frame that cannot be read", task)
        }
        return response
    }

    /// Copies bytes out of a slot; false when they lie outside it.
    ///
    /// The worker can change shared memory at any time: what is hashed and believed must be the copy.
    func copy(slot: Int, _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        guard slot >= 0, slot < SharedSlots.count, range.lowerBound >= 0, range.upperBound <= SharedSlots.byteCount,
            range.count <= buffer.count
        else { return false }
        let start = unsafe memory + slot * SharedSlots.byteCount + range.lowerBound
        unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(start: start, count: range.count))
        return true
    }

    /// The failure of a worker that answered what was not asked.
    func nonsense(_ what: String, _ task: String) -> WorkerFailure {
        WorkerFailure(ending: .nonsense(what), task: task)
    }

    private func receive(_ count: Int, _ task: String) throws(WorkerFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            let result = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe recv(socket, buffer.baseAddress.map { unsafe $0 + received }, count - received, 0)
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { throw failure(task, isStall: result < 0 && errno == EAGAIN) }
            received += result
        }
        return bytes
    }

    /// Finds out why the socket gave nothing: a stall, or the end of the worker.
    private func failure(_ task: String, isStall: Bool) -> WorkerFailure {
        WorkerFailure(ending: child.ending(isStall: isStall, patience: patience), task: task)
    }
}
