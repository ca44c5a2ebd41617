/// A path of a source tree as the raw bytes it is, relative to the root.
///
/// Never normalised and never a `String`: two paths are the same when their bytes are.
/// Rules: docs/formats/manifest.md, "path".
package struct TreePath: Hashable, Sendable {
    /// The most bytes of a path, unescaped.
    package static let maximumByteCount = 4096

    /// The raw bytes.
    package let bytes: [UInt8]

    /// Makes a path of raw bytes; throws the rule they break.
    package init(_ bytes: [UInt8]) throws(MalformedTreePath) {
        try TreePath.check(bytes.span)
        self.bytes = bytes
    }

    /// Makes a path of its one escaped spelling; throws the rule it breaks.
    package init(escaped: some Collection<UInt8>) throws(MalformedTreePath) {
        try self.init(try TreePath.unescape(escaped))
    }

    /// The escaped spelling: ASCII, no space, `%XX` for every byte that does not stand for itself.
    package var escaped: String { String(decoding: TreePath.escape(bytes), as: UTF8.self) }

    /// Whether this path lies under the directory `directory` (and is not the directory itself).
    package func isBeneath(_ directory: TreePath) -> Bool {
        bytes.count > directory.bytes.count && bytes[directory.bytes.count] == UInt8(ascii: "/")
            && bytes.starts(with: directory.bytes)
    }
}

extension TreePath: Comparable {
    /// Orders paths by their raw bytes.
    package static func < (left: TreePath, right: TreePath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension TreePath: CustomStringConvertible {
    /// The escaped spelling, safe on a terminal.
    package var description: String { escaped }
}

/// The rule of docs/formats/manifest.md, "path", that some bytes break.
package enum MalformedTreePath: String, Error, Sendable {
    case empty = "the path is empty"
    case tooLong = "the path is longer than 4096 bytes"
    case emptyComponent = "a component is empty, or `/` stands at an end"
    case dotComponent = "a component is `.` or `..`"
    case gitComponent = "a component is `.git`"
    case nul = "the path holds a NUL byte"
    case notCanonicalEscape = "an escape is not `%` and two upper-case digits of a byte that needs one"
}

extension TreePath {
    /// Throws the first rule that raw `bytes` break as a path.
    package static func check(_ bytes: Span<UInt8>) throws(MalformedTreePath) {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= maximumByteCount else { throw .tooLong }
        var start = 0
        for index in 0..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "/"):
                try checkName(bytes, start..<index)
                start = index + 1
            case 0: throw .nul
            default: continue
            }
        }
        try checkName(bytes, start..<bytes.count)
    }

    /// Throws the first rule that the component at `range` breaks.
    package static func checkComponent(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(MalformedTreePath) {
        for index in range where bytes[index] == 0 {
            throw .nul
        }
        try checkName(bytes, range)
    }

    private static func checkName(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(MalformedTreePath) {
        guard !range.isEmpty else { throw .emptyComponent }
        guard bytes[range.lowerBound] == UInt8(ascii: ".") else { return }
        if range.count == 1 { throw .dotComponent }
        if range.count == 2, bytes[range.lowerBound + 1] == UInt8(ascii: ".") { throw .dotComponent }
        if range.count == 4, isGit(bytes, range.lowerBound + 1) { throw .gitComponent }
    }

    /// Whether `byte` stands for itself in the escaped spelling: 0x21 to 0x7E except `%`.
    package static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "%")
    }

    /// The escaped spelling of any bytes, as it stands in a manifest line.
    package static func escape(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        for byte in bytes {
            append(byte, to: &output)
        }
        return output
    }

    /// Appends the escaped spelling of one byte to `output`.
    package static func append(_ byte: UInt8, to output: inout [UInt8]) {
        guard !isPlain(byte) else { return output.append(byte) }
        output.append(UInt8(ascii: "%"))
        output.append(upperDigit(byte >> 4))
        output.append(upperDigit(byte & 0x0F))
    }

    /// The raw bytes of an escaped spelling; throws unless it is exactly the one that ``escape(_:)`` gives.
    package static func unescape(_ text: some Collection<UInt8>) throws(MalformedTreePath) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var rest = text.makeIterator()
        while let byte = rest.next() {
            if isPlain(byte) {
                output.append(byte)
                continue
            }
            guard byte == UInt8(ascii: "%"), let high = rest.next().flatMap(upperValue),
                let low = rest.next().flatMap(upperValue), !isPlain(high << 4 | low)
            else { throw .notCanonicalEscape }
            output.append(high << 4 | low)
        }
        return output
    }

    private static func isGit(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
        bytes[start] | 0x20 == UInt8(ascii: "g") && bytes[start + 1] | 0x20 == UInt8(ascii: "i")
            && bytes[start + 2] | 0x20 == UInt8(ascii: "t")
    }

    private static func upperDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func upperValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
