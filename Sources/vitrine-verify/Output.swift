import Glibc

/// Standard output and standard error.
enum Output {
    /// Writes all of `text` to standard output; whether that could be done.
    static func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    /// Writes all of `bytes` to standard output; whether that could be done.
    static func write(_ bytes: [UInt8]) -> Bool {
        guard write(bytes, to: STDOUT_FILENO) else {
            complain("cannot write to standard output")
            return false
        }
        return true
    }

    /// Writes one line to standard error.
    static func complain(_ message: String) {
        // There is nowhere left to say that this failed; the exit status does.
        _ = write(Array("vitrine-verify: \(message)\n".utf8), to: STDERR_FILENO)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
