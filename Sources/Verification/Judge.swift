package import Attestations
import Encodings

/// Judges whether sources are what was sealed: first the evidence, then every source by it.
///
/// Pure: the evidence, the readings, the policy and the time come in as values.
package struct Judge: Sendable {
    /// The verdict.
    package let verdict: Verdict
    /// The manifest that was verified, whatever the sources; nil when the link `signed` did not pass.
    package let manifest: VerifiedManifest?

    /// Judges every reading by the evidence; the link `source` passes only when each of them is what was sealed.
    ///
    /// `now` is the time to judge the age of the seal by.
    package init(_ evidence: Evidence, _ readings: [SourceReading], policy: Policy, at now: Timestamp) {
        self.init(EvidenceJudge(evidence, policy: policy, at: now), readings)
    }

    /// Judges every reading by evidence that was judged before.
    ///
    /// For callers who read a source by what the evidence says, as which submodules it has. With a judged build, its
    /// links are needed for a pass too.
    package init(_ judged: EvidenceJudge, _ readings: [SourceReading], build: RebuildJudge? = nil) {
        let source = SourceJudge(judged, readings)
        manifest = judged.manifest
        let predicate = judged.manifest?.predicate
        verdict = Verdict(
            build == nil ? .source : .build,
            release: predicate?.release,
            treeRoot: predicate?.treeRoot,
            manifestDigest: judged.manifestDigest,
            links: [source.link, judged.signed] + (build.map { Link.after(build: $0.links) } ?? Link.notJudgedHere),
            findings: judged.findings + source.findings + (build?.findings ?? []),
            unlistedFindingCount: source.unlistedFindingCount
        )
    }
}
