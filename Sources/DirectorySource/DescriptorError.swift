import Encodings
import Glibc

/// A system call that failed, by name and error number; what it was tried on is added by ``DescriptorError``.
package struct SystemError: Error, Hashable, Sendable {
    /// What was tried: `open`, `read`, `list`, `look at`.
    package let operation: StaticOperation
    /// The system's error number, `errno`.
    package let code: Int32

    /// What can be tried on a file or directory.
    package enum StaticOperation: String, Sendable {
        case open
        case read
        case list
        case lookAt = "look at"
    }

    /// The error of the call that has just failed in this thread.
    static func last(_ operation: StaticOperation) -> SystemError {
        SystemError(operation: operation, code: errno)
    }

    /// The system's words for the error number.
    package var reason: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        let words = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: words, as: UTF8.self)
    }

    /// Whether the file was not there at all.
    package var isMissing: Bool { code == ENOENT }
}

/// A file or directory that could not be read: what was tried, on what, and why not.
package struct DescriptorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The path it was tried on, as raw bytes.
    package let path: [UInt8]
    /// Why not.
    package let cause: Cause

    /// Why a file could not be read.
    package enum Cause: Hashable, Sendable {
        /// The system refused.
        case system(SystemError)
        /// The path is no regular file, but what is named.
        case notRegular(FileStatus.Kind)
        /// The file is larger than may be read: its size, and the ceiling, in bytes.
        case tooLarge(size: UInt64, ceiling: Int)
        /// The path holds a NUL byte, which no path can.
        case nulInPath
    }

    /// Whether the file was not there at all, as opposed to there and not readable.
    package var isMissing: Bool {
        guard case .system(let error) = cause else { return false }
        return error.isMissing
    }

    /// One line, safe on a terminal.
    package var description: String {
        let name = String(decoding: TreePath.escape(path), as: UTF8.self)
        return switch cause {
        case .system(let error): "cannot \(error.operation.rawValue) \(name): \(error.reason)"
        case .notRegular(let kind): "cannot read \(name): it is a \(kind.rawValue), not a regular file"
        case .tooLarge(let size, let ceiling):
            "cannot read \(name): it has \(size) bytes, and at most \(ceiling) are read"
        case .nulInPath: "cannot open \(name): the path holds a NUL byte"
        }
    }
}
