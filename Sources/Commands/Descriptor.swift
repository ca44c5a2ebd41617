import CLinux
import Glibc

/// The system calls of writing; reading is in DirectorySource.
enum Descriptor {
    /// The words of the system for the error of the last call in this thread.
    static var lastReason: String { reason(errno) }

    /// The words of the system for an error number.
    static func reason(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Calls `body` with `path` as a C string.
    static func withPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let characters = path.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
        return unsafe characters.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return unsafe body("") }
            return unsafe body(start)
        }
    }

    /// Writes all of `bytes`; false with `errno` where that could not be done.
    static func write(_ bytes: Span<UInt8>, to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.extracting(written...).withUnsafeBufferPointer { buffer in
                // Large writes in pieces, so that an interruption does not wait long.
                unsafe Glibc.write(descriptor, buffer.baseAddress, min(buffer.count, 1 << 20))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    /// Reads at most `ceiling` bytes of any kind of file; nil with `errno` where that could not be done.
    static func read(_ descriptor: Int32, ceiling: Int) -> [UInt8]? {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        defer { for index in buffer.indices { buffer[index] = 0 } }
        while content.count < ceiling {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(descriptor, bytes.baseAddress, min(bytes.count, ceiling - content.count))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return content }
            content.append(contentsOf: buffer[..<count])
        }
        return content
    }

    /// Creates a file that must not be there; -1 with `errno` where that cannot be done.
    static func create(_ path: [UInt8], mode: mode_t) -> Int32 {
        unsafe withPath(path) { unsafe open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode) }
    }

    /// Opens for reading, following links; -1 with `errno` where that cannot be done.
    static func openForReading(_ path: [UInt8], flags: Int32 = 0) -> Int32 {
        unsafe withPath(path) { unsafe open($0, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags) }
    }

    /// Makes what is in a directory durable; false with `errno` where that cannot be done.
    static func syncDirectory(_ path: [UInt8]) -> Bool {
        let descriptor = openForReading(path, flags: O_DIRECTORY)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Some file systems cannot; they say so.
        return fsync(descriptor) == 0 || errno == EINVAL
    }

    /// Renames; an existing name is replaced only where `replacing` says so.
    static func rename(_ old: [UInt8], to new: [UInt8], replacing: Bool) -> Bool {
        unsafe withPath(old) { old in
            unsafe withPath(new) { new in
                if replacing { return unsafe Glibc.rename(old, new) == 0 }
                if unsafe clinux_rename_new(AT_FDCWD, old, AT_FDCWD, new) == 0 { return true }
                guard errno == EINVAL || errno == ENOSYS else { return false }
                // A file system without RENAME_NOREPLACE. link(2) never replaces; a directory that holds
                // something is never replaced by rename(2).
                if unsafe link(old, new) == 0 { return unsafe unlink(old) == 0 }
                guard errno == EPERM else { return false }
                return unsafe Glibc.rename(old, new) == 0
            }
        }
    }

    /// What stands at a path, not following a link; nil where nothing does.
    static func mode(of path: [UInt8]) -> mode_t? {
        var status = stat()
        guard unsafe withPath(path, { unsafe lstat($0, &status) }) == 0 else { return nil }
        return status.st_mode
    }
}

/// Paths of the caller's file system, as bytes.
enum FilePath {
    /// The directory part: `.` where there is none.
    static func directory(of path: [UInt8]) -> [UInt8] {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return Array(".".utf8) }
        return slash == 0 ? [UInt8(ascii: "/")] : Array(path[..<slash])
    }

    /// `path` without slashes at its end.
    static func trimmed(_ path: [UInt8]) -> [UInt8] {
        var path = path
        while path.count > 1, path.last == UInt8(ascii: "/") { path.removeLast() }
        return path
    }

    /// The path of `name` in `directory`.
    static func join(_ directory: [UInt8], _ name: String) -> [UInt8] {
        trimmed(directory) + [UInt8(ascii: "/")] + name.utf8
    }
}
