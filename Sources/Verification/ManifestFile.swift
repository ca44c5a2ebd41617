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
    package init(parsing bytes: [UInt8]) throws(MalformedManifestFile) {
        if bytes.starts(with: BlindedManifest.header) {
            do throws(MalformedBlindedManifest) {
                self = .blinded(try BlindedManifest(parsing: bytes))
            } catch {
                throw .blinded(error)
            }
        } else {
            do throws(MalformedManifest) {
                self = .open(try Manifest(parsing: bytes))
            } catch {
                throw .open(error)
            }
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

/// Why a file is no manifest of either form.
package enum MalformedManifestFile: Error, Hashable, Sendable {
    case open(MalformedManifest)
    case blinded(MalformedBlindedManifest)
}

extension MalformedManifestFile: CustomStringConvertible {
    /// The line and the rule.
    package var description: String {
        switch self {
        case .open(let error): error.description
        case .blinded(let error): error.description
        }
    }
}

extension SourceManifestPredicate {
    /// The form of the manifest it speaks of.
    package var form: ManifestForm {
        switch content {
        case .open: .open
        case .blinded: .blinded
        }
    }
}
