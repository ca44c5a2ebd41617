internal import Encodings

/// One block of strict PEM (RFC 7468 section 3, `stricttextualmsg`), with LF or CRLF line ends.
package struct PEM {
    /// The longest text that is looked at, in bytes; a private RSA key of 8,192 bits has 6,400.
    static let limit = 32 * 1024

    /// What stands after `BEGIN`.
    package let label: String
    /// What the base64 text spells; private where the label says so, and then to be wiped.
    package var content: [UInt8]

    /// Reads `text`, which must hold one block and nothing before or after it.
    package init(parsing text: [UInt8]) throws(SigningKeyError) {
        guard text.count <= PEM.limit else { throw .tooLarge(bytes: text.count, limit: PEM.limit) }
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        if text.last == UInt8(ascii: "\n") { lines.removeLast() }
        guard let first = lines.popFirst(), let label = PEM.label(of: first, word: "BEGIN") else {
            throw .malformedPEM(reason: "first line is not a BEGIN line")
        }
        var digits: [UInt8] = []
        digits.reserveCapacity(text.count)
        defer { wipe(&digits) }
        var isLastLine = false
        while let line = lines.popFirst() {
            if line.first == UInt8(ascii: "-") {
                try PEM.check(end: line, label: label, following: lines)
                guard let content = Base64.decode(digits), !content.isEmpty else {
                    throw .malformedPEM(reason: "content is not canonical base64")
                }
                self.label = label
                self.content = content
                return
            }
            // Lines of 64 characters; only the last one may be shorter.
            let body = PEM.withoutReturn(line)
            guard !isLastLine, 1...64 ~= body.count else {
                throw .malformedPEM(reason: "line is not 64 characters long")
            }
            isLastLine = body.count < 64
            digits.append(contentsOf: body)
        }
        throw .malformedPEM(reason: "no END line")
    }

    /// The text of a block with `label` and `content`; for public content, as it leaves copies in memory.
    static func encode(_ label: String, _ content: [UInt8]) -> [UInt8] {
        var text = Array("-----BEGIN \(label)-----\n".utf8)
        let digits = Array(Base64.encode(content).utf8)
        for start in stride(from: 0, to: digits.count, by: 64) {
            text.append(contentsOf: digits[start..<min(start + 64, digits.count)])
            text.append(UInt8(ascii: "\n"))
        }
        text.append(contentsOf: "-----END \(label)-----\n".utf8)
        return text
    }

    private static func check(
        end line: ArraySlice<UInt8>,
        label: String,
        following lines: ArraySlice<ArraySlice<UInt8>>
    ) throws(SigningKeyError) {
        guard self.label(of: line, word: "END") == label else {
            throw .malformedPEM(reason: "END line does not match the BEGIN line")
        }
        guard let next = lines.first else { return }
        throw next.starts(with: "-----BEGIN ".utf8) ? .severalBlocks : .trailingData
    }

    /// The label in `-----<word> <label>-----`: upper-case words and digits with single spaces.
    private static func label(of line: ArraySlice<UInt8>, word: String) -> String? {
        let line = withoutReturn(line)
        let opening = Array("-----\(word) ".utf8)
        let closing = Array("-----".utf8)
        guard line.starts(with: opening), line.reversed().starts(with: closing) else { return nil }
        guard opening.count + closing.count < line.count, line.count <= 80 else { return nil }
        let label = line.dropFirst(opening.count).dropLast(closing.count)
        let words = label.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        let isWord = { (word: ArraySlice<UInt8>) in
            !word.isEmpty && word.allSatisfy { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || isDigit($0) }
        }
        return words.allSatisfy(isWord) ? String(decoding: label, as: UTF8.self) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    private static func withoutReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }
}
