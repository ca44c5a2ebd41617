import Glibc

/// Where a path leads.
enum RealPath {
    /// The path without links and dots; the path itself where the system cannot say.
    static func of(_ path: [UInt8]) -> [UInt8] {
        let characters = path.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
        return unsafe characters.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress, let real = unsafe realpath(start, nil) else { return path }
            defer { unsafe free(real) }
            return unsafe (0..<strlen(real)).map { UInt8(bitPattern: unsafe real[$0]) }
        }
    }
}
