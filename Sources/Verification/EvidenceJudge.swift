package import Attestations
import Digests
package import Encodings
package import SourceManifest

/// A manifest that a policy's keys signed.
///
/// Only ``EvidenceJudge`` makes one, and only when enough distinct trusted keys signed a statement that the policy
/// takes, SHA-256 of the manifest file is the subject of that statement, and the root, the number of lines and the
/// number of bytes computed from the file are the signed ones. It says nothing about any source at hand.
package struct VerifiedManifest: Sendable {
    /// The statement and who signed it.
    package let statement: VerifiedStatement
    /// The manifest.
    package let content: ManifestFile

    fileprivate init(_ statement: VerifiedStatement, _ content: ManifestFile) {
        self.statement = statement
        self.content = content
    }

    /// The signed claim.
    package var predicate: SourceManifestPredicate { statement.statement.predicate }

    /// The manifest, when it is open.
    package var open: Manifest? {
        guard case .open(let manifest) = content else { return nil }
        return manifest
    }
}

/// Judges evidence by a policy, before any source is looked at.
package struct EvidenceJudge: Sendable {
    /// The manifest that was verified; nil when the link `signed` did not pass.
    package private(set) var manifest: VerifiedManifest?
    /// The statement that enough trusted keys signed, and that speaks of the manifest where one does.
    package private(set) var statement: VerifiedStatement?
    /// The manifest file when it could be read at all, verified or not.
    package private(set) var manifestFile: ManifestFile?
    /// The SHA-256 of the manifest file; nil when there is none.
    package let manifestDigest: Digest?
    /// What was noticed.
    package private(set) var findings: [Finding] = []
    /// Every payload with its signatures.
    package private(set) var payloads: [SignedPayload] = []

    /// What it was judged by.
    package let policy: Policy
    let secret: [UInt8]?
    private var missing: String?

    /// Judges; `now` is the time to judge the age of the seal by.
    package init(_ evidence: Evidence, policy: Policy, at now: Timestamp) {
        self.policy = policy
        secret = evidence.secret
        manifestDigest = evidence.manifest.map { SHA256.digest(of: $0) }
        readManifest(evidence.manifest)
        guard let attestations = evidence.attestations, !attestations.isEmpty else {
            missing = "no attestations given"
            return
        }
        do throws(MalformedEnvelopeLines) {
            judge(try EnvelopeLines(parsing: attestations).envelopes, at: now)
        } catch {
            findings.append(Finding(.malformedEnvelope, found: ASCII.escape(error.description)))
        }
        let fails = findings.contains { $0.effect == .fails }
        guard !fails, let statement, let manifestFile else { return }
        manifest = VerifiedManifest(statement, manifestFile)
    }

    /// The submodules that the seal resolved, beneath which a directory may hold a `.git` file.
    ///
    /// Empty where nothing was verified, or a blinded manifest cannot be opened.
    package var resolvedSubmodules: [Submodule] {
        guard let manifest else { return [] }
        let recorded = { try? RecordedSource(manifest.content, manifest.predicate, secret: secret) }
        let details = manifest.predicate.details ?? recorded()?.details
        return details?.submodules.filter(\.isResolved) ?? []
    }

    /// The link `signed`.
    package var signed: Link {
        let outcome: Link.Outcome
        let summary: String
        if let fault = findings.first(where: { $0.effect == .fails }) {
            outcome = .failed
            summary = "not signed as the policy demands: \(fault.rule.rawValue)"
        } else if let missing {
            outcome = .inconclusive
            summary = "not judged, \(missing)"
        } else if let manifest {
            outcome = .passed
            summary = SignedEvidence.summary(manifest.statement, policy)
        } else {
            outcome = .inconclusive
            summary = "not judged"
        }
        return Link(.signed, outcome, summary, evidence: SignedEvidence.list(statement, policy, payloads))
    }

    private mutating func readManifest(_ bytes: [UInt8]?) {
        guard let bytes else {
            missing = "no manifest given"
            return
        }
        do throws(MalformedManifestFile) {
            manifestFile = try ManifestFile(parsing: bytes)
        } catch {
            findings.append(Finding(.malformedManifest, found: error.description))
        }
    }

    private mutating func judge(_ envelopes: [Envelope], at now: Timestamp) {
        let judge = SignatureJudge(envelopes, policy: policy)
        payloads = judge.payloads
        findings += judge.findings
        guard let first = judge.statements.first else {
            findings.append(.tooFewSignatures(payloads, policy))
            return
        }
        guard let manifestDigest else {
            statement = first
            return
        }
        findings += EvidenceJudge.conflicts(among: judge.statements)
        let speaking = judge.statements.filter { $0.statement.manifestDigest == manifestDigest }
        guard let latest = speaking.first else {
            statement = first
            findings.append(
                Finding(
                    .manifestDiffers,
                    recorded: "SHA-256 of the manifest \(first.statement.manifestDigest.hex)",
                    found: "SHA-256 of the manifest \(manifestDigest.hex)"
                )
            )
            return
        }
        // A release may be sealed again by other keys or at another time: one statement must meet every demand.
        let chosen = speaking.first { statement in
            !policy.findings(on: statement, at: now).contains { $0.effect == .fails }
        }
        let statement = chosen ?? latest
        self.statement = statement
        findings += policy.findings(on: statement, at: now)
        compareCounts(statement.statement.predicate)
    }

    /// Statements of one release and form with different roots: the same name was given to different source.
    private static func conflicts(among statements: [VerifiedStatement]) -> [Finding] {
        var roots: [String: SourceManifestPredicate] = [:]
        var findings: [Finding] = []
        for statement in statements {
            let predicate = statement.statement.predicate
            let name = "\(predicate.release.subject) \(predicate.form.name)"
            guard let first = roots[name] else {
                roots[name] = predicate
                continue
            }
            guard first.treeRoot != predicate.treeRoot else { continue }
            findings.append(
                Finding(
                    .statementsConflict,
                    recorded: "root \(first.treeRoot.hex), sealed \(first.sealedOn)",
                    found: "root \(predicate.treeRoot.hex), sealed \(predicate.sealedOn)"
                )
            )
        }
        return findings
    }

    /// The submodules that a statement calls unresolved, each with the digest that its `160000` entry must have.
    private static func gaps(_ details: SourceDetails) -> String {
        let unresolved = details.submodules.filter { !$0.isResolved }
        return list(unresolved.map { ($0.path, SHA256.digest(of: Array($0.commit.hex.utf8))) })
    }

    private static func gaps(_ entries: [Entry]) -> String {
        list(entries.map { ($0.path, $0.digest) })
    }

    private static func list(_ gaps: [(path: TreePath, digest: Digest)]) -> String {
        gaps.sorted { $0.path < $1.path }.map { "\($0.path) \($0.digest.hex)" }.joined(separator: ", ")
    }

    private mutating func compareCounts(_ predicate: SourceManifestPredicate) {
        guard let manifestFile else { return }
        var hasher = SHA256()
        let root = manifestFile.root(using: &hasher)
        var differences: [(name: String, recorded: String, found: String)] = []
        func compare(_ name: String, _ recorded: String, _ found: String) {
            if recorded != found { differences.append((name, recorded, found)) }
        }
        compare("root", predicate.treeRoot.hex, root.hex)
        compare("entries", "\(predicate.entries)", "\(manifestFile.count)")
        compare("form", predicate.form.name, manifestFile.form.name)
        if let details = predicate.details, case .open(let manifest) = manifestFile {
            compare("bytes", "\(details.bytes)", "\(manifest.totalSize)")
            let gaps = RecordedSource.gaps(of: manifest)
            compare("gaps", EvidenceJudge.gaps(details), EvidenceJudge.gaps(gaps))
        }
        for difference in differences {
            findings.append(
                Finding(
                    .manifestDiffers,
                    recorded: "\(difference.name) \(difference.recorded)",
                    found: "\(difference.name) \(difference.found)"
                )
            )
        }
    }
}
