package import Attestations
import Digests
import Encodings
package import SourceManifest

/// The entries and details that sources are compared with.
package struct RecordedSource: Sendable {
    /// The entries.
    package let manifest: Manifest
    /// What the seal tells beside them.
    package let details: SourceDetails
    /// The entries that stand for unresolved submodules.
    package let gaps: [Entry]

    /// Why there is nothing to compare with.
    package struct Unopened: Error {
        /// What was noticed.
        package let finding: Finding
        let summary: String
    }

    /// Takes an open manifest as it is, and opens a blinded one with its secret.
    ///
    /// `predicate` is nil where no statement was verified; the details are then unknown.
    package init(
        _ file: ManifestFile,
        _ predicate: SourceManifestPredicate?,
        secret: [UInt8]?
    ) throws(Unopened) {
        switch file {
        case .open(let manifest):
            let unknown = SourceDetails(entries: UInt64(manifest.count), bytes: manifest.totalSize)
            self.init(manifest, predicate?.details ?? unknown)
        case .blinded(let blinded):
            guard let secret else {
                let summary = "not judged, the manifest is blinded and no secret was given"
                throw Unopened(finding: Finding(.secretMissing), summary: summary)
            }
            try self.init(opening: blinded, predicate, with: secret)
        }
    }

    private init(_ manifest: Manifest, _ details: SourceDetails) {
        self.manifest = manifest
        self.details = details
        gaps = RecordedSource.gaps(of: manifest)
    }

    /// The `160000` entries of a manifest.
    package static func gaps(of manifest: Manifest) -> [Entry] {
        (0..<manifest.count).lazy
            .filter { manifest.line(at: $0).starts(with: "160000 ".utf8) }
            .map { manifest.entry(at: $0) }
    }

    /// The secret file is believed only where it gives exactly the commitments that were signed.
    private init(
        opening blinded: BlindedManifest,
        _ predicate: SourceManifestPredicate?,
        with secret: [UInt8]
    ) throws(Unopened) {
        let file: SecretFile
        do throws(MalformedSecretFile) {
            file = try SecretFile(parsing: secret)
        } catch {
            let finding = Finding(.malformedSecret, found: error.description)
            throw Unopened(finding: finding, summary: "the secret file cannot be read")
        }
        var hasher = SHA256()
        let rebuilt = try? file.blinded(using: &hasher)
        guard let rebuilt, rebuilt.commitments == blinded.commitments else {
            let finding = Finding(.secretDiffers, found: "another blinded manifest than the one in the evidence")
            throw Unopened(finding: finding, summary: "the secret belongs to another manifest")
        }
        let details = try? SourceDetails(file.details, at: "details")
        guard let details, case .blinded(let gaps, let commitment)? = predicate?.content,
            file.detailsCommitment(using: &hasher) == commitment,
            details.entries == UInt64(file.manifest.count), details.bytes == file.manifest.totalSize
        else {
            let finding = Finding(.secretDiffers, found: "other details than those that were signed")
            throw Unopened(finding: finding, summary: "the details in the secret are not those that were signed")
        }
        self.init(file.manifest, details)
        guard gaps == UInt64(self.gaps.count) else {
            let recorded = "\(gaps) unresolved submodules"
            let finding = Finding(.secretDiffers, recorded: recorded, found: "\(self.gaps.count) in the manifest")
            throw Unopened(finding: finding, summary: "the gaps are not those that were signed")
        }
    }
}
