package import Attestations
package import Encodings
package import SourceManifest

/// The file `source.manifest` in whichever form it is.
package enum ManifestFile: Sendable {
    /// Every entry in the clear.
    case open(Manifest)
    /// A commitment for every entry.
    case blinded(BlindedManifest)

    /// Reads a file of either form, told apart by its first line.
    package init(parsing bytes: [UInt8]) throws(MalformedManifest) {
        if bytes.starts(with: BlindedManifest.header) {
            self = .blinded(try BlindedManifest(parsing: bytes))
        } else {
            self = .open(try Manifest(parsing: bytes))
        }
    }

    /// The form.
    package var form: ManifestForm {
        switch self {
        case .open: .open
        case .blinded: .blinded
        }
    }

    /// The number of leaves.
    package var count: Int {
        switch self {
        case .open(let manifest): manifest.count
        case .blinded(let manifest): manifest.count
        }
    }

    /// The root of the tree over the lines.
    package func root<H: HashFunction & ~Copyable>(using hasher: inout H) -> Digest {
        switch self {
        case .open(let manifest): manifest.root(using: &hasher)
        case .blinded(let manifest): manifest.root(using: &hasher)
        }
    }
}
