import Attestations
import Digests
import Encodings
import SigningKeys
import SourceManifest
import Verification

/// What a seal is about: the manifest file, and what the statement tells of it.
struct SealContent {
    /// The file `source.manifest`.
    let manifest: [UInt8]
    /// The secret file of a confidential release.
    let secret: [UInt8]?
    /// The root of the tree over the lines of the manifest.
    let root: Digest
    private let entries: UInt64
    private let view: SourceView
    private let content: SourceManifestPredicate.Content

    /// Tells everything.
    init(_ reading: SourceReading, reused: SourceManifestPredicate.Reuse?) {
        var hasher = SHA256()
        manifest = reading.manifest.bytes
        secret = nil
        root = reading.manifest.root(using: &hasher)
        entries = UInt64(reading.manifest.count)
        view = reading.view
        content = .open(reading.details, reused: reused)
    }

    /// Tells commitments; the rest is in the secret file.
    init(_ reading: SourceReading, blindedBy file: SecretFile) throws {
        var hasher = SHA256()
        let blinded = try file.blinded(using: &hasher)
        manifest = blinded.bytes
        secret = file.bytes
        root = blinded.root(using: &hasher)
        entries = UInt64(blinded.count)
        view = reading.view
        content = .blinded(
            gaps: UInt64(reading.submodules.count { !$0.isResolved }),
            detailsCommitment: file.detailsCommitment(using: &hasher)
        )
    }

    /// The number of leaves.
    var count: UInt64 { entries }

    /// The statement that is to be signed.
    func statement(
        of release: ReleaseName,
        sealedOn: Timestamp,
        requiredSigners: [KeyID]
    ) throws(Trouble) -> SourceStatement {
        let predicate = SourceManifestPredicate(
            release: release,
            treeRoot: root,
            entries: entries,
            view: view,
            content: content,
            sealedOn: sealedOn,
            requiredSigners: requiredSigners
        )
        guard let predicate else { throw Trouble("the source does not fit into a statement") }
        let statement = SourceStatement(manifestDigest: SHA256.digest(of: manifest), predicate: predicate)
        let (count, ceiling) = (statement.payload.count, Envelope.maximumPayloadByteCount)
        guard count <= ceiling else {
            let reason = "its lists make a statement of \(count) bytes, and at most \(ceiling) are read"
            throw .refusal("seal refused, \(reason)")
        }
        return statement
    }
}

extension SourceReading {
    /// What a statement tells of this source beyond its root.
    var details: SourceDetails {
        SourceDetails(
            entries: UInt64(manifest.count),
            bytes: bytes,
            git: git,
            submodules: submodules,
            lfs: lfs,
            attributes: attributes,
            emptyDirectories: emptyDirectories
        )
    }
}

extension JSON {
    /// The value without the members of these names, at any depth.
    func without(_ names: Set<Text>) -> JSON {
        switch self {
        case .object(let members):
            .object(
                members.filter { !names.contains($0.name) }.map { Member($0.name, $0.value.without(names)) }
            )
        case .array(let values): .array(values.map { $0.without(names) })
        default: self
        }
    }
}
