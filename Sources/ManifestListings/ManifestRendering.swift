package import Encodings
package import SourceManifest

extension Manifest {
    /// Writes the regular files as the lines of `sha256sum`, which `sha256sum -c` checks at the root of the tree.
    ///
    /// As coreutils does, a line whose name holds a backslash, LF or CR starts with a backslash and spells them as
    /// `\\`, `\n`, `\r`. Symbolic links and submodules have no such line, so this is less than the manifest.
    package func writeSHA256Sums<Failure: Error>(
        to sink: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var output = BufferedOutput()
        for index in 0..<count {
            let entry = entry(at: index)
            guard entry.mode == .file || entry.mode == .executable else { continue }
            let path = entry.path.bytes
            if path.contains(where: { SumEscape($0) != nil }) { output.bytes.append(UInt8(ascii: "\\")) }
            entry.digest.appendHex(to: &output.bytes)
            output.append("  ")
            for byte in path {
                guard let escape = SumEscape(byte) else {
                    output.bytes.append(byte)
                    continue
                }
                output.bytes.append(UInt8(ascii: "\\"))
                output.bytes.append(escape.letter)
            }
            output.append("\n")
            try output.flushIfLarge(to: sink)
        }
        try output.flush(to: sink)
    }

    /// Writes the manifest as one JSON object and LF; paths in their escaped spelling.
    ///
    /// `root` is the manifest's own, which the caller has computed.
    package func writeJSON<Failure: Error>(
        root: Digest,
        to sink: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var output = BufferedOutput()
        output.append("{\"format\":\"vitrine-manifest/v1\",\"root\":\"")
        root.appendHex(to: &output.bytes)
        output.append("\",\"entries\":[")
        for index in 0..<count {
            let entry = entry(at: index)
            output.append(index == 0 ? "{\"mode\":\"" : ",{\"mode\":\"")
            output.append(entry.mode.digits)
            output.append("\",\"size\":")
            output.append(String(entry.size))
            output.append(",\"sha256\":\"")
            entry.digest.appendHex(to: &output.bytes)
            output.append("\",\"path\":")
            JSON.string(entry.path.escaped).append(to: &output.bytes)
            output.append("}")
            try output.flushIfLarge(to: sink)
        }
        output.append("]}\n")
        try output.flush(to: sink)
    }
}

/// A byte that `sha256sum` spells with a backslash, and the letter after it.
private struct SumEscape {
    let letter: UInt8

    init?(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\\"): letter = UInt8(ascii: "\\")
        case UInt8(ascii: "\n"): letter = UInt8(ascii: "n")
        case UInt8(ascii: "\r"): letter = UInt8(ascii: "r")
        default: return nil
        }
    }
}

/// Bytes on their way to a sink, handed over in large pieces.
private struct BufferedOutput {
    var bytes: [UInt8] = []

    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func flushIfLarge<Failure: Error>(to sink: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        if bytes.count >= 64 << 10 { try flush(to: sink) }
    }

    mutating func flush<Failure: Error>(to sink: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        guard !bytes.isEmpty else { return }
        try sink(bytes.span)
        bytes.removeAll(keepingCapacity: true)
    }
}
