package import Encodings

/// Texts of others made safe to show: on a terminal, in a log, in a table.
package enum ASCII {
    /// `text` with every byte but printable ASCII as `%XX`, and `%` too; cut after `limit` bytes.
    package static func escape(_ text: some Collection<UInt8>, limit: Int = 512) -> String {
        var output: [UInt8] = []
        for byte in text.prefix(limit) {
            if byte == UInt8(ascii: " ") {
                output.append(byte)
            } else {
                TreePath.append(byte, to: &output)
            }
        }
        return String(decoding: output, as: UTF8.self) + (text.count > limit ? " (cut)" : "")
    }

    /// `text` with every byte but printable ASCII as `%XX`, and `%` too.
    package static func escape(_ text: Text) -> String { escape(text.utf8) }

    /// `text` with every byte but printable ASCII as `%XX`, and `%` too.
    package static func escape(_ text: String) -> String { escape(Array(text.utf8)) }
}
