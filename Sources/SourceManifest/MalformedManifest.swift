package import Encodings

/// Why bytes are not a source manifest, or an entry cannot be added to one: the rule and the line.
package struct MalformedManifest: Error, Hashable, Sendable {
    /// The closed list of rules, docs/formats/manifest.md.
    package enum Reason: Error, Hashable, Sendable {
        case header
        case tooLarge
        case tooManyEntries
        case unterminatedLine
        case mode
        case size
        case digest
        case path(MalformedTreePath)
        case repeatedPath
        case notIncreasing
        case beneathAnEntry
        case submoduleSize
        case totalSizeOverflow
    }

    /// The rule that is broken.
    package let reason: Reason
    /// The line it is broken in, from 1, which is the header.
    package let line: Int

    /// Names a rule and a line.
    package init(_ reason: Reason, line: Int) {
        self.reason = reason
        self.line = line
    }
}

extension MalformedManifest.Reason: CustomStringConvertible {
    /// The rule in words.
    package var description: String {
        switch self {
        case .header: "the first line is not the header"
        case .tooLarge: "larger than 256 MiB"
        case .tooManyEntries: "more than 2,000,000 entries"
        case .unterminatedLine: "the line does not end in LF"
        case .mode: "the mode is not 100644, 100755, 120000 or 160000 and a space"
        case .size: "the size is not a decimal number of 64 bits in its shortest spelling and a space"
        case .digest: "the digest is not 64 lower-case hexadecimal digits and a space"
        case .path(let rule): rule.rawValue
        case .repeatedPath: "the path is that of the line before"
        case .notIncreasing: "the path sorts before that of the line before"
        case .beneathAnEntry: "a path before this one is a file where this one needs a directory"
        case .submoduleSize: "the size of a 160000 entry is not 40"
        case .totalSizeOverflow: "the sizes add up to more than 64 bits"
        }
    }
}

extension MalformedManifest: CustomStringConvertible {
    /// The line and the rule.
    package var description: String { "line \(line): \(reason.description)" }
}
