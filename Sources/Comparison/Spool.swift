import CLinux
import DirectorySource
import Encodings
import Glibc

/// How much all temporary files of a comparison may hold.
final class SpoolBudget {
    private let ceiling: UInt64
    private var used: UInt64 = 0

    init(ceiling: UInt64) {
        self.ceiling = ceiling
    }

    /// Takes `count` bytes more; throws where there are none left.
    func take(_ count: UInt64) throws(Unopenable) {
        guard count <= ceiling - used else {
            throw Unopenable(reason: "the contents need more than \(ceiling) bytes of temporary files")
        }
        used += count
    }

    /// Gives bytes back.
    func give(_ count: UInt64) {
        used -= min(count, used)
    }
}

/// Contents kept for later in a file that never had a name, one behind the other.
@safe
final class Spool {
    private static let bufferByteCount = 256 << 10

    private let number: Int32
    private let file: SharedFile
    private let directory: [UInt8]
    private let budget: SpoolBudget
    private var buffer: [UInt8] = []
    private var written: UInt64 = 0
    private var taken: UInt64 = 0

    /// Makes a file in `directory`; it is gone when the last who reads it is.
    init(in directory: [UInt8], budget: SpoolBudget) throws {
        let number = try Spool.open(directory)
        do {
            // A second opening that cannot write, for those who read.
            file = SharedFile(try FileDescriptor.open(Array("/proc/self/fd/\(number)".utf8), for: .reading))
        } catch {
            close(number)
            throw error
        }
        self.number = number
        self.directory = directory
        self.budget = budget
        buffer.reserveCapacity(Spool.bufferByteCount)
    }

    deinit {
        budget.give(taken)
        close(number)
    }

    /// Where the next byte comes to stand.
    var end: UInt64 { written + UInt64(buffer.count) }

    /// Adds bytes.
    func append(_ bytes: Span<UInt8>) throws {
        if end + UInt64(bytes.count) > taken {
            try budget.take(end + UInt64(bytes.count) - taken)
            taken = end + UInt64(bytes.count)
        }
        unsafe bytes.withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
        if buffer.count >= Spool.bufferByteCount { try flush() }
    }

    /// Adds all of a file.
    func append(_ bytes: FileBytes) throws {
        var piece = [UInt8](repeating: 0, count: Spool.bufferByteCount)
        var place: UInt64 = 0
        while place < bytes.count {
            let count = Int(min(UInt64(piece.count), bytes.count - place))
            try bytes.read(into: &piece, count: count, from: place)
            try append(piece.span.extracting(0..<count))
            place += UInt64(count)
        }
    }

    /// What was added from `start` on.
    func part(from start: UInt64) throws -> FileBytes {
        try flush()
        return FileBytes(file, start..<written)
    }

    /// Forgets what was added from `start` on; its place is used again.
    func forget(from start: UInt64) {
        if start >= written {
            buffer.removeLast(buffer.count - Int(start - written))
        } else {
            buffer.removeAll(keepingCapacity: true)
            written = start
        }
    }

    private func flush() throws {
        var done = 0
        while done < buffer.count {
            let count = unsafe buffer.withUnsafeBytes { bytes in
                let place = off_t(clamping: written) + off_t(done)
                return unsafe pwrite(number, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done, place)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SpoolFailure(directory: directory, code: errno) }
            done += count
        }
        written += UInt64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }

    private static func open(_ directory: [UInt8]) throws -> Int32 {
        let path = directory.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
        let number = unsafe (path + [0]).withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return Int32(-1) }
            return unsafe clinux_open_temporary(start, O_RDWR | O_EXCL | O_CLOEXEC | O_DIRECTORY)
        }
        if number >= 0 { return number }
        guard errno == EOPNOTSUPP || errno == EISDIR else { throw SpoolFailure(directory: directory, code: errno) }
        // A file system without nameless files: the name is gone before anything is written.
        var name = path + "/vitrine-XXXXXX".utf8.map { CChar(bitPattern: $0) } + [0]
        return try unsafe name.withUnsafeMutableBufferPointer { bytes in
            guard let start = bytes.baseAddress else { throw SpoolFailure(directory: directory, code: ENOMEM) }
            let number = unsafe mkstemp(start)
            guard number >= 0 else { throw SpoolFailure(directory: directory, code: errno) }
            unsafe unlink(start)
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
            return number
        }
    }
}

/// A temporary file that could not be made or written.
package struct SpoolFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where, raw bytes.
    package let directory: [UInt8]
    /// The system's error number.
    package let code: Int32

    /// One line, safe on a terminal.
    package var description: String {
        "cannot write a temporary file in \(String(decoding: TreePath.escape(directory), as: UTF8.self)) (errno \(code))"
    }
}

/// Why a container is not opened; it is then compared as the bytes it is.
struct Unopenable: Error, Hashable {
    /// Why; ASCII.
    let reason: String
}
