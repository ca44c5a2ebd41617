import Encodings

/// Texts of others as HTML in which nothing acts and nothing hides.
///
/// The five characters that HTML reads are escaped. A character that has no ink of its own, or that could reorder its
/// neighbours, stands as `<U+202E>`; a byte that is no UTF-8 stands as `<0xFF>`. Both are set in an `i` element, so that the
/// same letters in a file look different.
enum VisibleText {
    /// The most bytes of a line that are shown.
    static let maximumLineByteCount = 1000
    /// The most code points that are named behind a changed line.
    static let maximumNamedPointCount = 8

    /// Appends one byte, escaped where HTML reads it.
    static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "&"): output.append(contentsOf: "&amp;".utf8)
        case UInt8(ascii: "<"): output.append(contentsOf: "&lt;".utf8)
        case UInt8(ascii: ">"): output.append(contentsOf: "&gt;".utf8)
        case UInt8(ascii: "\""): output.append(contentsOf: "&quot;".utf8)
        case UInt8(ascii: "'"): output.append(contentsOf: "&#39;".utf8)
        default: output.append(byte)
        }
    }

    /// Appends a short text: printable ASCII as it is, every other character spelled out.
    static func append(_ text: String, to output: inout [UInt8], marked: Bool) {
        for scalar in text.unicodeScalars {
            if (0x20...0x7E).contains(scalar.value) {
                appendEscaped(UInt8(truncatingIfNeeded: scalar.value), to: &output)
            } else {
                appendMark(name(of: scalar), to: &output, marked: marked)
            }
        }
    }

    /// Appends a line of a file; letters of any script are shown and underlined, and named where the line changed.
    static func append(line: [UInt8], to output: inout [UInt8], isChanged: Bool) {
        let shown = line.prefix(maximumLineByteCount)
        let inkEnd = shown.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? 0
        var writer = LineWriter(output: output)
        output = []
        var index = 0
        while index < shown.count {
            switch nextScalar(shown, at: index) {
            case .scalar(let scalar, let length):
                writer.append(scalar, isTrailing: index >= inkEnd)
                index += length
            case .noUTF8(let byte):
                // A character that the ceiling cut is told with the rest.
                if index + 3 >= shown.count, shown.count < line.count {
                    index = shown.count
                } else {
                    writer.append(invalid: byte)
                    index += 1
                }
            }
        }
        writer.finish(hidden: line.count - shown.count, namesPoints: isChanged)
        output = writer.output
    }

    /// Whether a character of a file may stand for itself: it has ink, and combines with nothing.
    static func hasInk(_ scalar: Unicode.Scalar) -> Bool {
        // A Braille pattern without dots, and what readers show for things they do not have.
        if [0x2800, 0xFFFC, 0xFFFD].contains(scalar.value) || scalar.properties.isDefaultIgnorableCodePoint {
            return false
        }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        case .decimalNumber, .letterNumber, .otherNumber: true
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation: true
        case .initialPunctuation, .finalPunctuation, .otherPunctuation: true
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: true
        default: false
        }
    }

    /// The spelling `U+202E` of a character.
    static func name(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    fileprivate static func appendMark(_ name: String, to output: inout [UInt8], marked: Bool) {
        let mark = marked ? "<i>&lt;\(name)&gt;</i>" : "&lt;\(name)&gt;"
        output.append(contentsOf: mark.utf8)
    }

    private enum Step {
        case scalar(Unicode.Scalar, Int)
        case noUTF8(UInt8)
    }

    private static func nextScalar(_ bytes: ArraySlice<UInt8>, at index: Int) -> Step {
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes[index...].makeIterator()
        guard case .valid(let encoded) = parser.parseScalar(from: &rest) else { return .noUTF8(bytes[index]) }
        return .scalar(Unicode.UTF8.decode(encoded), encoded.count)
    }
}

/// Writes the characters of one line.
private struct LineWriter {
    var output: [UInt8]
    private var isUnderlined = false
    private var points: [Unicode.Scalar] = []
    private var pointCount = 0

    init(output: [UInt8]) {
        self.output = output
    }

    mutating func append(_ scalar: Unicode.Scalar, isTrailing: Bool) {
        switch scalar.value {
        case 0x20 where isTrailing: raw("<i>\u{B7}</i>")
        case 0x09: raw("<i>\u{21E5}</i>\t")
        case 0x20...0x7E:
            endUnderline()
            VisibleText.appendEscaped(UInt8(truncatingIfNeeded: scalar.value), to: &output)
        case _ where VisibleText.hasInk(scalar):
            if !isUnderlined { output.append(contentsOf: "<u>".utf8) }
            isUnderlined = true
            output.append(contentsOf: String(Character(scalar)).utf8)
            note(scalar)
        default:
            endUnderline()
            VisibleText.appendMark(VisibleText.name(of: scalar), to: &output, marked: true)
        }
    }

    mutating func append(invalid byte: UInt8) {
        endUnderline()
        let digits = String(byte, radix: 16, uppercase: true)
        VisibleText.appendMark("0x" + (byte < 16 ? "0" : "") + digits, to: &output, marked: true)
    }

    mutating func finish(hidden: Int, namesPoints: Bool) {
        endUnderline()
        if hidden > 0 { raw(" <small>\(hidden) more bytes not shown</small>") }
        guard namesPoints, !points.isEmpty else { return }
        let names = points.map(VisibleText.name).joined(separator: " ")
        raw(" <small>\(names)\(pointCount > points.count ? " and more" : "")</small>")
    }

    private mutating func note(_ scalar: Unicode.Scalar) {
        guard !points.contains(scalar) else { return }
        pointCount += 1
        if points.count < VisibleText.maximumNamedPointCount { points.append(scalar) }
    }

    private mutating func raw(_ html: String) {
        endUnderline()
        output.append(contentsOf: html.utf8)
    }

    private mutating func endUnderline() {
        if isUnderlined { output.append(contentsOf: "</u>".utf8) }
        isUnderlined = false
    }
}
