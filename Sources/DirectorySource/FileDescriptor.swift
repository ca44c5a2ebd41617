import CLinux
import Glibc

/// An open file or directory: the one place where a descriptor number is used, and the one that closes it.
///
/// Names are raw bytes that end with NUL, as the system wants them; a name is one component, never a path.
@safe
package struct FileDescriptor: ~Copyable, Sendable {
    private let number: Int32

    private init(_ number: Int32) {
        self.number = number
    }

    deinit {
        // Nothing was written, so there is nothing that closing could lose.
        _ = close(number)
    }

    /// How a file is opened.
    package enum Purpose: Sendable {
        /// To read a file, following symbolic links, never waiting for the other end of a pipe.
        case reading
        /// To read a file that must not be a symbolic link.
        case readingEntry
        /// The same without leaving a time of access behind; only the owner of a file, or root, may: `EPERM`.
        case readingEntryQuietly
        /// To list a directory, following symbolic links.
        case listing
        /// To list a directory that must not be a symbolic link.
        case listingEntry

        fileprivate var flags: Int32 {
            switch self {
            // O_NONBLOCK: a pipe that took the file's place must not hold us up; it changes nothing for files.
            case .reading: O_RDONLY | O_NONBLOCK | O_NOCTTY
            case .readingEntry: O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW
            case .readingEntryQuietly: O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | clinux_no_access_time
            case .listing: O_RDONLY | O_DIRECTORY
            case .listingEntry: O_RDONLY | O_DIRECTORY | O_NOFOLLOW
            }
        }
    }

    /// Opens the file at `path`, seen from the working directory.
    package static func open(_ path: [UInt8], for purpose: Purpose) throws(DescriptorError) -> FileDescriptor {
        guard !path.contains(0) else { throw DescriptorError(path: path, cause: .nulInPath) }
        do {
            return try open((path + [0]).span, in: AT_FDCWD, for: purpose)
        } catch {
            throw DescriptorError(path: path, cause: .system(error))
        }
    }

    /// Opens the entry `name` of this directory.
    package func openEntry(_ name: Span<UInt8>, for purpose: Purpose) throws(SystemError) -> FileDescriptor {
        try FileDescriptor.open(name, in: number, for: purpose)
    }

    /// What the system says of this file.
    package func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard unsafe clinux_fstat(number, &status) == 0 else { throw .last(.lookAt) }
        return FileStatus(status)
    }

    /// What the system says of the entry `name` of this directory; of the link itself when it is one.
    package func status(ofEntry name: Span<UInt8>) throws(SystemError) -> FileStatus {
        var status = stat()
        let result = unsafe FileDescriptor.withName(name) { name in
            unsafe fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW)
        }
        guard result == 0 else { throw .last(.lookAt) }
        return FileStatus(status)
    }

    /// Reads the next bytes into `buffer` from `offset` on; the number of bytes read, 0 at the end.
    package func read(into buffer: inout [UInt8], at offset: Int = 0) throws(SystemError) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
                return unsafe Glibc.read(number, rest.baseAddress, rest.count)
            }
            if count >= 0 { return count }
            guard errno == EINTR else { throw .last(.read) }
        }
    }

    /// Reads into the first `count` bytes of `buffer` from the byte `place` of the file on, wherever it was read before;
    /// the number of bytes read, 0 at the end.
    package func read(
        into buffer: inout [UInt8],
        at offset: Int = 0,
        count: Int,
        from place: UInt64
    ) throws(SystemError) -> Int {
        while true {
            let result = unsafe buffer.withUnsafeMutableBytes { bytes in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + count])
                return unsafe pread(number, rest.baseAddress, rest.count, off_t(clamping: place))
            }
            if result >= 0 { return result }
            guard errno == EINTR else { throw .last(.read) }
        }
    }

    /// Calls `body` with the number, for a process that is to be started with this file; it must not close it.
    package func withNumber<Result, Failure: Error>(
        _ body: (Int32) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(number)
    }

    /// Reads the target of the symbolic link `name` of this directory into `buffer`, which grows until it fits;
    /// the length of the target.
    package func readLink(_ name: Span<UInt8>, into buffer: inout [UInt8]) throws(SystemError) -> Int {
        while true {
            let count = unsafe FileDescriptor.withName(name) { name in
                unsafe buffer.withUnsafeMutableBytes { bytes in
                    guard let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress else { return 0 }
                    return unsafe readlinkat(number, name, start, bytes.count)
                }
            }
            guard count >= 0 else { throw .last(.read) }
            // A full buffer may hold a cut target.
            if count < buffer.count { return count }
            buffer = [UInt8](repeating: 0, count: 2 * max(buffer.count, 128))
        }
    }

    /// Reads the next raw entries of this directory into `buffer`, getdents64(2); the bytes read, 0 at the end.
    package func readEntries(into buffer: inout [UInt8]) throws(SystemError) -> Int {
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe clinux_getdents64(number, $0.baseAddress, $0.count)
        }
        guard count >= 0 else { throw .last(.list) }
        return count
    }

    /// Tells the system that this file will be read once, from front to back.
    package func expectSequentialReading() {
        // Advice only: what it returns changes nothing.
        _ = posix_fadvise(number, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    /// How many of the first `size` bytes of this file are holes, which nobody wrote and which read as zeros.
    ///
    /// It stops counting above `ceiling`. 0 where the file system knows of no holes. Reading starts at the front
    /// afterwards.
    package func holeByteCount(size: UInt64, ceiling: UInt64) -> UInt64 {
        defer { lseek(number, 0, SEEK_SET) }
        guard let size = Int(exactly: size) else { return .max }
        var (place, holes) = (0, UInt64(0))
        while place < size, holes <= ceiling {
            let data = lseek(number, place, clinux_seek_data)
            // ENXIO: there is no data any more.
            guard data >= place || errno == ENXIO else { return holes }
            let end = data >= place ? min(data, size) : size
            holes += UInt64(end - place)
            guard end < size else { return holes }
            let next = lseek(number, end, clinux_seek_hole)
            guard next > end else { return holes }
            place = next
        }
        return holes
    }

    /// Raises the number of files this process may hold open as far as the system allows.
    package static func raiseOpenFileLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Where it is refused the old limit stands, and a walk too deep for it reports what it could not open.
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private static func open(
        _ name: Span<UInt8>,
        in directory: Int32,
        for purpose: Purpose
    ) throws(SystemError) -> FileDescriptor {
        while true {
            let number = unsafe withName(name) { unsafe clinux_openat(directory, $0, purpose.flags | O_CLOEXEC) }
            if number >= 0 { return FileDescriptor(number) }
            guard errno == EINTR else { throw .last(.open) }
        }
    }

    /// Calls `body` with `name` as the C string it is; -1 with `EINVAL` for a name without its NUL.
    private static func withName<Result: BinaryInteger>(
        _ name: Span<UInt8>,
        _ body: (UnsafePointer<CChar>) -> Result
    ) -> Result {
        guard name.count > 1, name[name.count - 1] == 0 else {
            errno = EINVAL
            return -1
        }
        return unsafe name.withUnsafeBufferPointer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress else { return -1 }
                return unsafe body(start)
            }
        }
    }
}
