import ArchiveWorker
import CLinux
package import ChildProcesses
import DirectorySource
import Glibc

/// Why a reader of archives gave no answer; nothing is then known of the grade.
package struct ArchiveReaderFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// How it ended.
    package let ending: WorkerEnding
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
    private let child: ChildProcess
    private let pipe: Int32

    /// Starts `executable` to read `file` as `format`, with or without the contents of members.
    init(
        _ file: FileBytes,
        as format: ArchiveFormat,
        contents: Bool,
        executable: [UInt8],
        patience: Int
    ) throws(ArchiveReaderFailure) {
        var ends: [Int32] = [-1, -1]
        guard unsafe clinux_pipe(&ends) == 0 else {
            throw ArchiveReaderFailure(ending: .notStarted(errno: errno), format: format.rawValue)
        }
        let output = ends[1]
        defer { close(output) }
        // Fewer changes between the processes. Where it is refused all works the same.
        _ = fcntl(output, clinux_set_pipe_size, Int32(1 << 20))
        self.format = format
        self.patience = max(1, patience)
        pipe = ends[0]
        let words = [
            ContainerWorker.argument, format.rawValue, contents ? "data" : "list", String(file.range.lowerBound),
            String(file.count),
        ]
        let arguments = [executable] + words.map { Array($0.utf8) }
        do {
            child = try file.file.descriptor.withNumber { input throws(ChildNotStarted) in
                try ChildProcess(arguments, [input, output, nil], as: .worker)
            }
        } catch {
            close(pipe)
            throw ArchiveReaderFailure(ending: .notStarted(errno: error.code), format: format.rawValue)
        }
    }

    deinit {
        child.end()
        close(pipe)
    }

    /// Reads what there is into `buffer` from `offset` on, at least one byte.
    func read(into buffer: inout [UInt8], at offset: Int) throws(ArchiveReaderFailure) -> Int {
        while true {
            var waiting = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&waiting, 1, Int32(clamping: patience * 1000))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { throw failure(isStall: true) }
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(pipe, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(isStall: false) }
            return count
        }
    }

    /// The failure of a reader that says what makes no sense.
    func nonsense(_ what: String) -> ArchiveReaderFailure {
        ArchiveReaderFailure(ending: .nonsense(what), format: format.rawValue)
    }

    /// Finds out why the pipe gave nothing: a stall, or the end of the process, which comes right behind that.
    private func failure(isStall: Bool) -> ArchiveReaderFailure {
        ArchiveReaderFailure(ending: child.ending(isStall: isStall, patience: patience), format: format.rawValue)
    }
}
