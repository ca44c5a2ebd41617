import CLinux
import Glibc
import GitWorker

/// Why no answer came from a worker: how it ended, or that it stalled.
package struct WorkerFailure: Error, Hashable, Sendable {
    /// How a worker can fail its parent.
    package enum Ending: Hashable, Sendable {
        /// It could not be started.
        case notStarted(errno: Int32)
        /// It was killed by a signal, as a crash in C code ends.
        case killed(signal: Int32)
        /// It ended by itself.
        case exited(status: Int32)
        /// It gave no answer for this many seconds and was killed.
        case stalled(seconds: Int)
        /// It answered what was not asked.
        case nonsense(String)
    }

    /// How it ended.
    package let ending: Ending
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

    /// The worker's process.
    let process: pid_t
    private let socket: Int32
    private let memory: UnsafeRawPointer
    private let patience: Int
    private var hasEnded = false

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
            process = try WorkerProcess.spawn(executable, socket: ends[1], memory: memoryFile)
        } catch {
            close(ends[0])
            unsafe munmap(mapped, SharedSlots.totalByteCount)
            throw error
        }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(socket, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit {
        if !hasEnded {
            kill(process, SIGKILL)
            _ = waitForEnd()
        }
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
        let ended = isStall ? nil : endWithinPatience()
        if ended == nil { kill(process, SIGKILL) }
        let status = ended ?? waitForEnd()
        let ending: WorkerFailure.Ending =
            if ended == nil {
                .stalled(seconds: patience)
            } else if status & 0x7F != 0 {
                .killed(signal: status & 0x7F)
            } else {
                .exited(status: status >> 8 & 0xFF)
            }
        return WorkerFailure(ending: ending, task: task)
    }

    /// The status of a worker that closed its socket; nil when it goes on living without one.
    private func endWithinPatience() -> Int32? {
        var status: Int32 = 0
        for _ in 0..<patience * 1000 {
            if unsafe waitpid(process, &status, WNOHANG) == process {
                hasEnded = true
                return status
            }
            usleep(1000)
        }
        return nil
    }

    private func waitForEnd() -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        hasEnded = true
        return status
    }
}

extension WorkerProcess {
    /// Starts the program with an empty environment, the socket as input and output, and the memory beside them.
    private static func spawn(
        _ executable: [UInt8],
        socket: Int32,
        memory: Int32
    ) throws(WorkerFailure) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // Numbers above the ones we assign, so that no assignment overwrites a source.
        let highSocket = fcntl(socket, F_DUPFD_CLOEXEC, 10)
        let highMemory = fcntl(memory, F_DUPFD_CLOEXEC, 10)
        defer {
            close(highSocket)
            close(highMemory)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, highSocket, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, highSocket, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, highMemory, SharedSlots.descriptor)
        unsafe clinux_close_from(&actions, SharedSlots.descriptor + 1)
        var process: pid_t = 0
        let result = unsafe withArguments([executable, Array(Worker.argument.utf8)]) { arguments in
            var environment: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
            guard let program = unsafe arguments[0] else { return ENOMEM }
            return unsafe posix_spawn(&process, program, &actions, nil, arguments, &environment)
        }
        guard result == 0 else { throw WorkerFailure(ending: .notStarted(errno: result), task: "starting") }
        return process
    }

    private static func withArguments<Result>(
        _ arguments: [[UInt8]],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = unsafe arguments.map { argument in
            unsafe (argument + [0]).withUnsafeBufferPointer { buffer in
                unsafe strdup(
                    UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped).assumingMemoryBound(to: CChar.self)
                )
            }
        }
        defer { unsafe copies.forEach { unsafe free($0) } }
        var list = unsafe copies + [nil]
        return unsafe list.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress.unsafelyUnwrapped) }
    }
}
