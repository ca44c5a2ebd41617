import Attestations
import Encodings
import SourceManifest

/// The entries and details that sources are compared with.
struct RecordedSource: Sendable {
    /// The entries.
    let manifest: Manifest
    /// What the seal tells beside them.
    let details: SourceDetails
    /// The entries that stand for unresolved submodules.
    let gaps: [Entry]

    /// Why there is nothing to compare with.
    struct Unopened: Error {
        let finding: Finding
        let summary: String
    }

    private init(_ manifest: Manifest, _ details: SourceDetails?) {
        self.manifest = manifest
        self.details = details ?? SourceDetails(entries: UInt64(manifest.count), bytes: manifest.totalSize)
        gaps = (0..<manifest.count).lazy
            .filter { manifest.line(at: $0).starts(with: "160000 ".utf8) }
            .map { manifest.entry(at: $0) }
    }

    /// Takes an open manifest as it is, and opens a blinded one with its secret.
    static func open(
        _ file: ManifestFile,
        _ predicate: SourceManifestPredicate?,
        _ secret: [UInt8]?
    ) -> Result<RecordedSource, Unopened> {
        switch file {
        case .open(let manifest): .success(RecordedSource(manifest, predicate?.details))
        case .blinded:
            .failure(
                Unopened(
                    finding: Finding(.secretMissing),
                    summary: "not judged, the manifest is blinded and no secret was given"
                )
            )
        }
    }
}
