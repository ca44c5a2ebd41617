import Attestations

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
    /// With a judged build, its links are needed for a pass too. `adviser` guesses causes, for people; no outcome depends
    /// on it.
    package init(
        _ judged: EvidenceJudge,
        _ readings: [SourceReading],
        build: (any JudgedBuild)? = nil,
        adviser: @escaping DifferenceAdviser = { _, _, _ in { _ in .init() } }
    ) {
        let source = SourceJudge(judged, readings, adviser: adviser)
        manifest = judged.manifest
        let predicate = judged.manifest?.predicate
        verdict = Verdict(
            build == nil ? .source : .build,
            release: predicate?.release,
            treeRoot: predicate?.treeRoot,
            manifestDigest: judged.manifestDigest,
            links: [source.link, judged.signed] + (build.map { Link.after(build: $0.links) } ?? Link.notJudgedHere),
            findings: judged.findings + source.findings + (build?.findings ?? []),
            reservations: build?.reservations ?? [],
            unlistedFindingCount: source.unlistedFindingCount
        )
    }
}

/// A shipped build that was judged by the same evidence: the links `rebuilt` and `accounted`.
package protocol JudgedBuild: Sendable {
    /// The two links, in this order.
    var links: [Link] { get }
    /// What was noticed.
    var findings: [Finding] { get }
    /// What a pass does not say, each as the end of a sentence.
    var reservations: [String] { get }
}
