import Attestations
import BuildStatements
import Comparison
import Encodings

/// How numbers and names are spelled for people.
enum Spelling {
    /// The most characters of a name that are shown; of a longer one the middle is left out.
    static let maximumNameCount = 240

    /// A number with a comma between groups of three digits, as `41,233,120`.
    static func number(_ number: some BinaryInteger) -> String {
        let digits = Array(String(number).utf8)
        var output: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { output.append(UInt8(ascii: ",")) }
            output.append(digit)
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// A number and what it counts, as `1 byte` or `2,000 bytes`.
    static func count(_ number: some BinaryInteger, _ one: StaticString, _ many: StaticString) -> String {
        "\(Spelling.number(number)) \(number == 1 ? one : many)"
    }

    /// A number of bytes.
    static func bytes(_ number: UInt64) -> String { count(number, "byte", "bytes") }

    /// The escaped spelling of raw bytes, its middle left out where it is long.
    static func name(_ raw: [UInt8]) -> String {
        // Not more than can be shown is escaped, whatever the length.
        guard raw.count > 2 * maximumNameCount else {
            return shortened(String(decoding: TreePath.escape(raw), as: UTF8.self), to: maximumNameCount)
        }
        let head = TreePath.escape(raw.prefix(maximumNameCount)).prefix(maximumNameCount / 2)
        let tail = TreePath.escape(raw.suffix(maximumNameCount)).suffix(maximumNameCount / 4)
        let end = String(decoding: tail, as: UTF8.self)
        return "\(String(decoding: head, as: UTF8.self)) [name of \(number(raw.count)) bytes] \(end)"
    }

    /// A text, its middle left out where it is longer than `count` bytes.
    static func shortened(_ text: String, to count: Int) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count > count else { return text }
        let head = String(decoding: bytes.prefix(count / 2), as: UTF8.self)
        let tail = String(decoding: bytes.suffix(count / 4), as: UTF8.self)
        return "\(head) [\(number(bytes.count - count / 2 - count / 4)) characters left out] \(tail)"
    }
}

extension ByteAccount.Class {
    /// The class in words.
    var words: StaticString {
        switch self {
        case .reproduced: "reproduced"
        case .signature: "signature"
        case .thirdParty: "declared third-party"
        case .waived: "waived"
        case .unexplained: "unexplained"
        }
    }

    /// What the class means.
    var meaning: StaticString {
        switch self {
        case .reproduced: "The rebuild gave the same bytes."
        case .signature: "Exactly the area that the format reserves for a signature."
        case .thirdParty: "Files of others, declared by their digest in the build definition."
        case .waived: "Differences that a signed waiver accepts."
        case .unexplained: "Nothing explains these bytes."
        }
    }

    /// The class as a name in the style sheet.
    var styleName: StaticString {
        switch self {
        case .reproduced: "reproduced"
        case .signature: "signature"
        case .thirdParty: "third-party"
        case .waived: "waived"
        case .unexplained: "unexplained"
        }
    }
}

extension Grade {
    /// The grade in words.
    var words: StaticString {
        switch self {
        case .different: "different"
        case .contentsIdentical: "contents identical"
        case .identicalOutsideSignature: "identical outside the signature"
        case .identical: "identical"
        }
    }

    /// A mark that does not depend on colour.
    var mark: StaticString {
        switch self {
        case .different: "\u{2717}"
        case .contentsIdentical: "\u{2248}"
        case .identicalOutsideSignature, .identical: "\u{2713}"
        }
    }
}
