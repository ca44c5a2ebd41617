import Attestations
import Encodings
import GitSource
import ReleaseDeltas
import SigningKeys
import SourceManifest
import Verification

/// The evidence of an earlier seal, verified under the keys that seal now, to take lines from.
struct EarlierEvidence {
    /// What the reading of the source may use again.
    let source: EarlierSource
    /// The SHA-256 of the earlier manifest file.
    let manifestDigest: Digest

    /// Verifies the evidence in a directory; what does not verify is refused, with status 1.
    init(_ directory: [UInt8], keys: [PublicKey]) throws {
        let trusted = keys.map { Policy.TrustedKey(name: $0.keyID.text, key: $0) }
        let files = try EvidenceFiles.read(directory)
        // A delta of the evidence with itself: judged, and opened with its secret where it is blinded.
        let policy = Policy(keys: trusted, allowsGaps: true)
        let judged = DeltaJudge(old: files, new: files, policy: policy, at: try Clock.now())
        guard let manifest = judged.result?.old, let predicate = judged.old.manifest?.predicate,
            let digest = judged.old.manifestDigest
        else {
            throw RefusedByFindings(
                message: "seal refused, the evidence given with --since does not verify under the keys given",
                findings: judged.old.findings + judged.findings.filter { !judged.old.findings.contains($0) }
            )
        }
        guard let details = try predicate.details ?? EarlierEvidence.details(files.secret) else {
            throw Trouble.refusal("seal refused, the secret of the evidence given with --since tells no details")
        }
        guard details.git != nil else {
            throw Trouble("the evidence given with --since was sealed from a directory; only a commit can be reused")
        }
        source = EarlierSource(manifest: manifest, details: details)
        manifestDigest = digest
    }

    private static func details(_ secret: [UInt8]?) throws -> SourceDetails? {
        try secret.map { try SourceDetails(try SecretFile(parsing: $0).details, at: "details") }
    }
}
