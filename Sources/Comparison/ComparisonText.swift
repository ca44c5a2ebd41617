import Attestations
import BuildStatements
import Encodings
import Verification

extension ComparedItem {
    /// The comparison as lines for people: what differs, where and why; then `appendix`, the account, and last the grade.
    ///
    /// `write` gets it piece by piece.
    package func writeText<Failure>(
        appendix: String? = nil,
        to write: @escaping ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        var output = PiecewiseOutput(to: write)
        if try appendLines(to: &output, path: "") { output.append([""]) }
        if let appendix { output.append([appendix, ""]) }
        output.append([account.summary, grade.rawValue])
        try output.flush()
    }

    /// The most bytes of the names of containers before the name of an item; the innermost stay.
    private static let pathLimit = 1024

    /// Whether there was anything to say.
    private func appendLines<Failure>(
        to output: inout PiecewiseOutput<Failure>,
        path: String
    ) throws(Failure) -> Bool {
        guard grade != .identical || !differences.isEmpty else { return false }
        let path = path + ASCII.escape(name, limit: ComparedItem.nameLimit)
        var lines = ["\(path)  \(format)  \(grade.rawValue)"]
        for difference in differences { difference.appendLines(to: &lines) }
        if unlistedDifferenceCount > 0 { lines.append("    and \(unlistedDifferenceCount) more, not listed") }
        output.append(lines)
        try output.settle()
        var inside = path
        if path.utf8.count > ComparedItem.pathLimit {
            inside = "(cut) " + String(decoding: path.utf8.suffix(ComparedItem.pathLimit), as: UTF8.self)
        }
        for member in members { _ = try member.appendLines(to: &output, path: inside + " > ") }
        return true
    }
}

extension PiecewiseOutput {
    fileprivate mutating func append(_ lines: [String]) {
        for line in lines {
            bytes += line.utf8
            bytes.append(UInt8(ascii: "\n"))
        }
    }
}

extension ByteDifference {
    fileprivate func appendLines(to lines: inout [String]) {
        var words = ["    \(place)"]
        if byteCount > 0 { words.append("\(byteCount) bytes \(accountedAs.rawValue)") }
        if let range, byteCount > 0 {
            words.append("between \(hexadecimal(range.lowerBound)) and \(hexadecimal(range.upperBound))")
        }
        lines.append(words.joined(separator: ", "))
        if cause != .unknown {
            lines.append("        cause    \(cause.rawValue)\(fix.map { "; to avoid it: \($0)" } ?? "")")
        }
        switch view {
        case .hex(let shippedOffset, let shipped, let rebuiltOffset, let rebuilt)?:
            lines += hex("shipped", shippedOffset, shipped) + hex("rebuilt", rebuiltOffset, rebuilt)
        case .text(let text)?:
            for line in text {
                let sign =
                    switch line.side {
                    case .both: " "
                    case .shipped: "-"
                    case .rebuilt: "+"
                    }
                lines.append("        \(sign)\(ASCII.escape(line.bytes))")
            }
        case .property(let shipped, let rebuilt)?:
            lines.append("        shipped  \(ASCII.escape(shipped))")
            lines.append("        rebuilt  \(ASCII.escape(rebuilt))")
        case nil: break
        }
    }

    private func hex(_ side: String, _ offset: UInt64, _ bytes: [UInt8]) -> [String] {
        stride(from: 0, to: bytes.count, by: 16).map { start in
            let row = bytes[start..<min(bytes.count, start + 16)]
            let digits = row.map { Hex.encode([$0]) }.joined(separator: " ")
            let shown = row.map { (0x20...0x7E).contains($0) ? Character(Unicode.Scalar($0)) : "." }
            let filler = String(repeating: " ", count: 47 - digits.count)
            return "        \(side)  \(hexadecimal(offset + UInt64(start)))  \(digits)\(filler)  \(String(shown))"
        }
    }

    private func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
}
