import Attestations
import BuildStatements

/// Compares two texts line by line.
struct TextComparison {
    /// The lines of a text, each with its line feed.
    struct Lines {
        let bytes: [UInt8]
        /// Where each line begins, and behind them the end.
        let starts: [Int]

        var count: Int { starts.count - 1 }

        subscript(index: Int) -> ArraySlice<UInt8> { bytes[starts[index]..<starts[index + 1]] }

        /// Nil for more lines than are compared.
        init?(_ bytes: [UInt8]) {
            var starts = [0]
            for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
                guard starts.count < TextComparison.lineCeiling else { return nil }
                starts.append(index + 1)
            }
            if starts.last != bytes.count { starts.append(bytes.count) }
            self.bytes = bytes
            self.starts = starts
        }
    }

    /// A line as a key: hashed as a whole, which takes a fraction of the time of byte by byte.
    private struct Line: Hashable {
        let bytes: ArraySlice<UInt8>

        func hash(into hasher: inout Hasher) {
            unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        }
    }

    private static let lineCeiling = 200_000
    /// Lines shown before and behind a difference, of one side of it, and bytes of a line.
    private static let (context, shown, width) = (2, 24, 200)

    private let old: Lines
    private let new: Lines

    /// Takes two texts; nil where one of them is none, or has too many lines.
    init?(_ old: [UInt8], _ new: [UInt8]) {
        guard TextComparison.isText(old), TextComparison.isText(new), let old = Lines(old), let new = Lines(new) else {
            return nil
        }
        (self.old, self.new) = (old, new)
    }

    /// Whether bytes are taken for text: none of them is a control character that texts do not have.
    static func isText(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) || $0 == 0x1B }
    }

    /// Compares all lines and counts every shipped byte.
    func compare(into findings: inout ItemFindings) {
        let (left, right) = numbers()
        let hunks = LineDifference(left, right).hunks
        let common = commonCause(left, right)
        var unexplained = 0
        for hunk in hunks {
            let bytes = old.starts[hunk.old.lowerBound]..<old.starts[hunk.old.upperBound]
            unexplained += bytes.count
            let cause = common ?? cause(hunk)
            findings.add(
                ByteDifference(
                    place: place(hunk),
                    range: bytes.isEmpty ? nil : UInt64(bytes.lowerBound)..<UInt64(bytes.upperBound),
                    byteCount: UInt64(bytes.count),
                    accountedAs: .unexplained,
                    cause: cause,
                    fix: cause.usualFix,
                    view: .text(view(hunk))
                ),
                .different
            )
        }
        findings.reproduce(UInt64(old.bytes.count - unexplained))
    }

    /// The lines of both as numbers; equal lines have equal numbers.
    private func numbers() -> ([UInt32], [UInt32]) {
        var known: [Line: UInt32] = [:]
        func number(_ lines: Lines) -> [UInt32] {
            (0..<lines.count).map { index in
                let next = UInt32(known.count)
                let line = Line(bytes: lines[index])
                if let number = known[line] { return number }
                known[line] = next
                return next
            }
        }
        return (number(old), number(new))
    }

    /// What all differences have in common: the same lines in another order.
    private func commonCause(_ left: [UInt32], _ right: [UInt32]) -> ByteDifference.Cause? {
        guard left.count == right.count, left.sorted() == right.sorted() else { return nil }
        func isSorted(_ lines: Lines, _ folded: Bool) -> Bool {
            (1..<max(1, lines.count)).allSatisfy { index in
                let (first, second) = (lines[index - 1], lines[index])
                return folded
                    ? !second.map(TextComparison.folded).lexicographicallyPrecedes(first.map(TextComparison.folded))
                    : !second.lexicographicallyPrecedes(first)
            }
        }
        let byBytes = (isSorted(old, false), isSorted(new, false))
        if byBytes.0 && isSorted(new, true) || byBytes.1 && isSorted(old, true) { return .locale }
        return .order
    }

    private static func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    private func cause(_ hunk: LineDifference.Hunk) -> ByteDifference.Cause {
        guard let first = hunk.old.first, let second = hunk.new.first else {
            return hunk.old.isEmpty ? .missing : .extra
        }
        let (left, right) = (Array(old[first]), Array(new[second]))
        let place = zip(left, right).prefix { $0 == $1 }.count
        let start = max(0, place - 160)
        return .guess(left[start...].prefix(320), right[start...].prefix(320), at: place - start)
    }

    private func place(_ hunk: LineDifference.Hunk) -> String {
        let lines = hunk.old.isEmpty ? hunk.new : hunk.old
        let whose = hunk.old.isEmpty ? " of the rebuild" : ""
        return lines.count == 1
            ? "line \(lines.lowerBound + 1)\(whose)" : "lines \(lines.lowerBound + 1) to \(lines.upperBound)\(whose)"
    }

    private func view(_ hunk: LineDifference.Hunk) -> [ByteDifference.Line] {
        let before = max(0, hunk.old.lowerBound - TextComparison.context)..<hunk.old.lowerBound
        let behind = hunk.old.upperBound..<min(old.count, hunk.old.upperBound + TextComparison.context)
        let shift = (hunk.new.lowerBound - hunk.old.lowerBound, hunk.new.upperBound - hunk.old.upperBound)
        return before.map { line(.both, $0, $0 + shift.0, old[$0]) }
            + hunk.old.prefix(TextComparison.shown).map { line(.shipped, $0, nil, old[$0]) }
            + hunk.new.prefix(TextComparison.shown).map { line(.rebuilt, nil, $0, new[$0]) }
            + behind.map { line(.both, $0, $0 + shift.1, old[$0]) }
    }

    private func line(
        _ side: ByteDifference.Line.Side,
        _ shipped: Int?,
        _ rebuilt: Int?,
        _ bytes: ArraySlice<UInt8>
    ) -> ByteDifference.Line {
        var bytes = bytes
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return ByteDifference.Line(
            side: side,
            shippedNumber: shipped.map { $0 + 1 },
            rebuiltNumber: rebuilt.map { $0 + 1 },
            bytes: Array(bytes.prefix(TextComparison.width))
        )
    }
}
