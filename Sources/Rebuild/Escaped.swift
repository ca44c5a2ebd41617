import Encodings

/// Any bytes as they may stand in a message: printable ASCII, all else as `%XX`, spaces kept, cut where very long.
struct Escaped: CustomStringConvertible {
    private static let ceiling = 4096
    let description: String

    init(_ bytes: some Collection<UInt8>) {
        var output: [UInt8] = []
        for byte in bytes.prefix(Escaped.ceiling) {
            if byte == UInt8(ascii: " ") { output.append(byte) } else { TreePath.append(byte, to: &output) }
        }
        description = String(decoding: output, as: UTF8.self) + (bytes.count > Escaped.ceiling ? "..." : "")
    }
}
