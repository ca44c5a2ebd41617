import Encodings
import SourceManifest

/// One place where a source is not what was sealed.
enum Difference: Sendable {
    /// Recorded and not found.
    case missing(Entry)
    /// Found and not recorded.
    case extra(Entry)
    /// Found with another mode, size or content.
    case changed(recorded: Entry, found: Entry)

    /// The rule it is reported under.
    var rule: Finding.Rule {
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

    /// Where it is.
    var path: TreePath {
        switch self {
        case .missing(let entry), .extra(let entry): entry.path
        case .changed(let recorded, _): recorded.path
        }
    }
}

extension FileMode {
    /// Whether it is a file, executable or not.
    var isFile: Bool { self == .file || self == .executable }
}

extension Entry {
    /// Mode, size and digest, for people.
    var summary: String { "mode \(mode.digits), \(size) bytes, SHA-256 \(digest.hex)" }
}
