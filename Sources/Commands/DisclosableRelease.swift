import Attestations
import Digests
import Disclosures
import Encodings
import Merkle
import SourceManifest
import Verification

/// A release whose parts can be disclosed: the manifest, and the envelopes that speak of exactly it.
struct DisclosableRelease {
    private enum Content {
        case open(Manifest)
        case blinded(BlindedManifest, SecretFile)
    }

    private let content: Content
    private let envelopes: [JSON]

    /// Takes evidence whose manifest is that of a statement in it; other evidence is refused, with status 1.
    ///
    /// Whose statement it is, is not asked: that is for the reader of the disclosure to judge.
    init(_ evidence: Evidence) throws {
        guard let bytes = evidence.manifest, let attestations = evidence.attestations else {
            throw Trouble("the evidence is not complete: a file is missing")
        }
        let file: ManifestFile
        do throws(MalformedManifestFile) {
            file = try ManifestFile(parsing: bytes)
        } catch {
            throw Trouble.refusal("disclosure refused, the manifest cannot be read: \(error)")
        }
        envelopes = try DisclosableRelease.envelopes(attestations, speakingOf: file, bytes)
        guard !envelopes.isEmpty else {
            throw Trouble.refusal("disclosure refused, the manifest is not the one that the attestations speak of")
        }
        switch file {
        case .open(let manifest): content = .open(manifest)
        case .blinded(let blinded): content = .blinded(blinded, try DisclosableRelease.secret(evidence, of: blinded))
        }
    }

    /// Discloses each path.
    func disclose(_ paths: [TreePath]) throws -> Disclosure {
        var hasher = SHA256()
        switch content {
        case .open(let manifest):
            let tree = manifest.tree(using: &hasher)
            let items = try paths.map { path in
                try DisclosableRelease.naming(path) { try manifest.disclose(path, tree: tree) }
            }
            return Disclosure(form: .open, envelopes: envelopes, items: items)
        case .blinded(let blinded, let secret):
            let tree = blinded.tree(using: &hasher)
            var items: [DisclosedItem] = []
            for path in paths {
                items += try DisclosableRelease.naming(path) {
                    try secret.disclose(path, of: blinded, tree: tree, using: &hasher)
                }
            }
            return Disclosure(form: .blinded, envelopes: envelopes, items: items)
        }
    }

    private static func naming<Result>(_ path: TreePath, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as NotDisclosable {
            throw Trouble.refusal("\(path.escaped): \(error)")
        }
    }

    private static func secret(_ evidence: Evidence, of blinded: BlindedManifest) throws -> SecretFile {
        guard let bytes = evidence.secret else {
            throw Trouble("the release is confidential and its secret is not there", hints: ["give --secret FILE"])
        }
        let file: SecretFile
        do throws(MalformedSecretFile) { file = try SecretFile(parsing: bytes) } catch {
            throw Trouble("the secret file cannot be read: \(error)")
        }
        var hasher = SHA256()
        guard try file.blinded(using: &hasher).commitments == blinded.commitments else {
            throw Trouble.refusal("disclosure refused, the secret belongs to another manifest")
        }
        return file
    }

    /// The envelopes, as they are stored, whose statement is about exactly this manifest.
    private static func envelopes(
        _ attestations: [UInt8],
        speakingOf file: ManifestFile,
        _ bytes: [UInt8]
    ) throws -> [JSON] {
        let lines: EnvelopeLines
        do throws(MalformedEnvelopeLines) { lines = try EnvelopeLines(parsing: attestations) } catch {
            let reason = escaped(Array(error.description.utf8))
            throw Trouble.refusal("disclosure refused, the attestations cannot be read: \(reason)")
        }
        var hasher = SHA256()
        let (digest, root) = (SHA256.digest(of: bytes), file.root(using: &hasher))
        let stored = attestations.split(separator: UInt8(ascii: "\n"))
        return try zip(lines.envelopes, stored).compactMap { envelope, line in
            guard envelope.payloadType == Envelope.inTotoPayloadType,
                let statement = try? Statement(parsing: envelope.payload),
                let source = try? SourceStatement(statement), source.manifestDigest == digest,
                source.predicate.treeRoot == root, source.predicate.entries == UInt64(file.count),
                source.predicate.form == file.form
            else { return nil }
            return try JSON(parsing: Array(line))
        }
    }
}

extension TreePath {
    /// A path of the command line, raw or escaped; slashes at its end are left out.
    init(argument: [UInt8], isEscaped: Bool = false) throws(Trouble) {
        let bytes = FilePath.trimmed(argument)
        do throws(MalformedTreePath) {
            self = isEscaped ? try TreePath(escaped: bytes) : try TreePath(bytes)
        } catch {
            throw Trouble("\(Commands.escaped(argument)): \(error.rawValue)")
        }
    }
}

extension DisclosedItem {
    /// What is shown about the path, in a few words.
    var summary: String {
        switch self {
        case .file(let item): "entry \(item.path.escaped)"
        case .openedLeaf(let item): "opened leaf \(item.path.escaped)"
        case .directory(let item): "directory \(item.path.escaped), \(item.stretch.entries.count) entries, complete"
        case .absent(let item): "absent \(item.path.escaped)"
        }
    }
}
