package import Attestations
import Encodings
package import SourceManifest

/// One place where a source is not what was sealed.
package enum Difference: Sendable {
    /// Recorded and not found.
    case missing(Entry)
    /// Found and not recorded.
    case extra(Entry)
    /// Found with another mode, size or content.
    case changed(recorded: Entry, found: Entry)

    /// The rule it is reported under.
    package var rule: Finding.Rule {
        switch self {
        case .missing: .missing
        case .extra: .extra
        case .changed(let recorded, let found):
            if recorded.mode.isFile != found.mode.isFile || (!recorded.mode.isFile && recorded.mode != found.mode) {
                .typeDiffers
            } else if recorded.digest != found.digest || recorded.size != found.size {
                .contentDiffers
            } else {
                .modeDiffers
            }
        }
    }

    /// The finding; `place` names the source among several, empty where there is one.
    func finding(in place: String, advice: Finding.Advice) -> Finding {
        let suffix = place.isEmpty ? "" : ", in the \(place)"
        let (path, recorded, found) =
            switch self {
            case .missing(let entry): (entry.path, entry.summary, "nothing")
            case .extra(let entry): (entry.path, "nothing", entry.summary)
            case .changed(let recorded, let found): (recorded.path, recorded.summary, found.summary)
            }
        return Finding(
            rule,
            path: path.bytes,
            recorded: recorded,
            found: found + suffix,
            cause: advice.cause,
            next: advice.next
        )
    }
}

/// Makes what guesses the causes of the differences of one comparison, from what the seal and the reading tell.
package typealias DifferenceAdviser =
    @Sendable (TreeComparison, SourceDetails, SourceReading) -> (Difference) -> Finding.Advice

extension FileMode {
    /// Whether it is a file, executable or not.
    package var isFile: Bool { self == .file || self == .executable }
}

extension Entry {
    /// Mode, size and digest, for people.
    package var summary: String { "mode \(mode.digits), \(size) bytes, SHA-256 \(digest.hex)" }
}
