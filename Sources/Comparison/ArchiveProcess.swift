import ArchiveWorker
import CLinux
import DirectorySource
import Glibc

/// Why a reader of archives gave no answer; nothing is then known of the grade.
package struct ArchiveReaderFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// How it can fail.
    package enum Ending: Hashable, Sendable {
        /// It could not be started.
        case notStarted(errno: Int32)
        /// It was killed by a signal, as a crash in C code ends.
        case killed(signal: Int32)
        /// It ended by itself before it had told all.
        case exited(status: Int32)
        /// It said nothing for this many seconds and was killed.
        case stalled(seconds: Int)
        /// It said what makes no sense.
        case nonsense(String)
    }

    /// How it ended.
    package let ending: Ending
    /// What it was to read, as `tar`.
    package let format: String

    /// One line.
    package var description: String {
        switch ending {
        case .notStarted(let errno): "the reader of \(format) did not start (errno \(errno))"
        case .killed(let signal): "the reader of \(format) was killed by signal \(signal)"
        case .exited(let status): "the reader of \(format) ended with status \(status)"
        case .stalled(let seconds): "the reader of \(format) said nothing for \(seconds) seconds"
        case .nonsense(let what): "the reader of \(format) said nonsense: \(what)"
        }
    }
}

/// The parent's end of one reader: a process, which ends with this value, and a pipe.
@safe
final class ArchiveProcess {
    private let format: ArchiveFormat
    private let patience: Int
    private let process: pid_t
    private let pipe: Int32
    private var hasEnded = false

    /// Starts `executable` to read `file` as `format`, with or without the contents of members.
    init(
        _ file: FileBytes,
        as format: ArchiveFormat,
        contents: Bool,
        executable: [UInt8],
        patience: Int
    ) throws(ArchiveReaderFailure) {
        var ends: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else {
            throw ArchiveReaderFailure(ending: .notStarted(errno: errno), format: format.rawValue)
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // F_SETPIPE_SZ of linux/fcntl.h: fewer changes between the processes. Where it is refused all works the same.
        _ = fcntl(ends[1], 1031, Int32(1 << 20))
        self.format = format
        self.patience = max(1, patience)
        pipe = ends[0]
        let arguments = [
            executable, Array(ContainerWorker.argument.utf8), Array(format.rawValue.utf8),
            Array((contents ? "data" : "list").utf8), Array(String(file.range.lowerBound).utf8),
            Array(String(file.count).utf8),
        ]
        var process: pid_t = 0
        let output = ends[1]
        let result = file.file.descriptor.withNumber { input in
            ArchiveProcess.spawn(&process, arguments, input: input, output: output)
        }
        close(output)
        self.process = process
        guard result == 0 else {
            hasEnded = true
            throw ArchiveReaderFailure(ending: .notStarted(errno: result), format: format.rawValue)
        }
    }

    deinit {
        if !hasEnded {
            kill(process, SIGKILL)
            waitForEnd()
        }
        close(pipe)
    }

    /// Reads what there is into `buffer` from `offset` on, at least one byte.
    func read(into buffer: inout [UInt8], at offset: Int) throws(ArchiveReaderFailure) -> Int {
        while true {
            var waiting = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&waiting, 1, Int32(clamping: patience * 1000))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { throw stalled() }
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(pipe, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ended() }
            return count
        }
    }

    /// The failure of a reader that says what makes no sense.
    func nonsense(_ what: String) -> ArchiveReaderFailure {
        ArchiveReaderFailure(ending: .nonsense(what), format: format.rawValue)
    }

    private func stalled() -> ArchiveReaderFailure {
        kill(process, SIGKILL)
        waitForEnd()
        return ArchiveReaderFailure(ending: .stalled(seconds: patience), format: format.rawValue)
    }

    /// The pipe was closed before all was said: how the process ended, which it does right behind that.
    private func ended() -> ArchiveReaderFailure {
        var status: Int32 = 0
        for _ in 0..<patience * 1000 where !hasEnded {
            if unsafe waitpid(process, &status, WNOHANG) == process { hasEnded = true } else { usleep(1000) }
        }
        guard hasEnded else { return stalled() }
        let ending: ArchiveReaderFailure.Ending =
            status & 0x7F != 0 ? .killed(signal: status & 0x7F) : .exited(status: status >> 8 & 0xFF)
        return ArchiveReaderFailure(ending: ending, format: format.rawValue)
    }

    private func waitForEnd() {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        hasEnded = true
    }
}

extension ArchiveProcess {
    /// Starts the program with an empty environment, the container as input, the pipe as output, and nothing else open.
    private static func spawn(
        _ process: inout pid_t,
        _ arguments: [[UInt8]],
        input: Int32,
        output: Int32
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // Numbers above the ones we assign, so that no assignment overwrites a source.
        let (highInput, highOutput) = (fcntl(input, F_DUPFD_CLOEXEC, 10), fcntl(output, F_DUPFD_CLOEXEC, 10))
        guard highInput >= 0, highOutput >= 0 else { return errno }
        defer {
            close(highInput)
            close(highOutput)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, highInput, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, highOutput, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        unsafe clinux_close_from(&actions, STDERR_FILENO + 1)
        let copies = unsafe arguments.map { argument in
            unsafe (argument.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { bytes in
                unsafe bytes.baseAddress.flatMap { unsafe strdup($0) }
            }
        }
        defer { unsafe copies.forEach { unsafe free($0) } }
        guard let program = unsafe copies.first.flatMap({ unsafe $0 }) else { return ENOMEM }
        var list = unsafe copies + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
        return unsafe posix_spawn(&process, program, &actions, nil, &list, &environment)
    }
}
