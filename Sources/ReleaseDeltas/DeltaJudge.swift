package import Attestations
import Encodings
package import SourceManifest
package import Verification

/// Judges the evidence of two releases and, when both are verified, says what changed between them.
///
/// No source is read: the delta is between what was sealed.
package struct DeltaJudge: Sendable {
    /// What changed, with both manifests that its indices are of; nil unless both were verified and could be opened.
    package let result: (old: Manifest, new: Manifest, delta: ManifestDelta)?
    /// The judgement of the older evidence.
    package let old: EvidenceJudge
    /// The judgement of the newer evidence.
    package let new: EvidenceJudge
    /// What was noticed in either.
    package let findings: [Finding]

    /// Judges both by `policy`; the older one may have any version and any age.
    ///
    /// Blinded evidence needs its secret. `now` is the time to judge the age of the newer seal by.
    package init(old oldEvidence: Evidence, new newEvidence: Evidence, policy: Policy, at now: Timestamp) {
        old = EvidenceJudge(oldEvidence, policy: policy.forOlderRelease, at: now)
        new = EvidenceJudge(newEvidence, policy: policy, at: now)
        var findings = old.findings + new.findings
        let opened = [(old, oldEvidence), (new, newEvidence)].map { judged, evidence -> Manifest? in
            guard let manifest = judged.manifest else { return nil }
            do throws(RecordedSource.Unopened) {
                return try RecordedSource(manifest.content, manifest.predicate, secret: evidence.secret).manifest
            } catch {
                findings.append(error.finding)
                return nil
            }
        }
        let products = [old, new].compactMap { $0.manifest?.predicate.release.product }
        if products.count == 2, products[0] != products[1] {
            findings.append(
                Finding(.otherProduct, recorded: "product \(products[0])", found: "product \(products[1])")
            )
        }
        // What an unresolved submodule holds was sealed by neither side: nothing of it is proven equal.
        for gap in Set(opened.compactMap(\.self).flatMap(RecordedSource.gaps)).sorted(by: { $0.path < $1.path }) {
            let effect: Finding.Effect = policy.allowsGaps ? .notice : .inconclusive
            findings.append(Finding(.unresolvedSubmodule, path: gap.path.bytes, effect: effect))
        }
        self.findings = findings
        if let older = opened[0], let newer = opened[1], !findings.contains(where: { $0.effect == .fails }) {
            result = (older, newer, ManifestDelta(from: older, to: newer))
        } else {
            result = nil
        }
    }

    /// How it came out; passed means that both releases were verified, whatever changed.
    package var outcome: Outcome {
        if findings.contains(where: { $0.effect == .fails }) { return .failed }
        let isOpen = result == nil || findings.contains { $0.effect == .inconclusive }
        return isOpen ? .inconclusive : .passed
    }
}

extension Policy {
    /// The same demands without those on version and age, for the release that another one is compared with.
    var forOlderRelease: Policy {
        Policy(
            product: product,
            keys: keys,
            threshold: threshold,
            forms: forms,
            views: views,
            allowsGaps: allowsGaps,
            digest: digest
        )
    }
}
