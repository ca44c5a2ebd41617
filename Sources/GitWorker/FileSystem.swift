import Glibc

/// The few questions that the worker asks the file system.
enum FileSystem {
    /// Whether something stands at `path`, a dangling link included.
    static func exists(_ path: [UInt8]) -> Bool {
        var status = stat()
        return unsafe withPath(path) { unsafe lstat($0, &status) } == 0
    }

    /// The names in a directory, without `.` and `..`; none when it cannot be read.
    static func names(in directory: [UInt8]) -> [[UInt8]] {
        guard let stream = unsafe withPath(directory, { unsafe opendir($0) }) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe Array(bytes.prefix { $0 != 0 })
            }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
        }
        return names
    }

    /// The content of a file of at most `limit` bytes; nil when there is none or it is larger.
    static func content(of path: [UInt8], limit: Int) -> [UInt8]? {
        guard let file = MappedFile(path: path), file.count <= limit, let bytes = unsafe file.bytes(0..<file.count)
        else { return nil }
        return unsafe Array(bytes)
    }

    /// Calls `body` with `path` as a C string.
    static func withPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let name = (path + [0]).map { CChar(bitPattern: $0) }
        return unsafe name.withUnsafeBufferPointer { buffer in
            // An array with a terminating NUL always has a base address.
            unsafe body(buffer.baseAddress.unsafelyUnwrapped)
        }
    }
}
