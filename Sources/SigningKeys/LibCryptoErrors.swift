internal import COpenSSL

/// The error queue of libcrypto, which every thread has for itself.
package enum LibCryptoErrors {
    /// The error for a failed `operation`, with the text of the queue, which is emptied.
    package static func error(_ operation: String) -> SigningKeyError {
        .libcrypto(operation: operation, detail: drain())
    }

    /// Empties the queue and returns its text, oldest error first.
    @discardableResult
    package static func drain() -> String {
        var lines: [String] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            lines.append(text(of: code))
        }
        return lines.isEmpty ? "no detail given" : lines.joined(separator: "; ")
    }

    private static func text(of code: UInt) -> String {
        var text = [CChar](repeating: 0, count: 256)
        // ERR_error_string_n always ends the text with NUL.
        unsafe text.withUnsafeMutableBufferPointer { buffer in
            unsafe ERR_error_string_n(code, buffer.baseAddress, buffer.count)
        }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
