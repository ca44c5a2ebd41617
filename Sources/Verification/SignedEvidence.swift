import Attestations
import Encodings
import SigningKeys
import SourceManifest

/// What a person is told beside the link `signed`: who signed what, and which signatures did not count.
package enum SignedEvidence {
    /// The most signatures that did not count and are told one by one.
    private static let maximumUncountedCount = 8

    /// The summary of a statement that enough trusted keys signed.
    package static func summary(_ statement: VerifiedStatement, _ policy: Policy) -> String {
        let (release, count) = (statement.statement.predicate.release, statement.signed.signers.count)
        let keys = policy.keys.count == 1 ? "key" : "keys"
        return "\(release), signed by \(count) of \(policy.keys.count) trusted \(keys), \(policy.threshold) needed"
    }

    /// The named values; `statement` is nil when none was verified.
    package static func list(
        _ statement: VerifiedStatement?,
        _ policy: Policy,
        _ payloads: [SignedPayload]
    ) -> [Link.Evidence] {
        var evidence: [Link.Evidence] = []
        if let statement {
            let predicate = statement.statement.predicate
            evidence.append(.init("release", predicate.release.subject.string))
            for signer in statement.signed.signers {
                evidence.append(.init("signed by", describe(signer)))
            }
            evidence.append(.init("sealed on", "\(predicate.sealedOn), as the signer wrote it"))
            evidence.append(.init("form", predicate.form.name))
            evidence.append(.init("sealed from", predicate.view.rawValue))
            if case .open(_, let reused?) = predicate.content {
                evidence.append(
                    .init("reused", "\(reused.entries) entries of the manifest with SHA-256 \(reused.manifest.hex)")
                )
            }
        } else {
            for trusted in policy.keys {
                evidence.append(.init("trusted", describe(trusted)))
            }
        }
        evidence.append(.init("threshold", "\(policy.threshold) of \(policy.keys.count)"))
        if let digest = policy.digest { evidence.append(.init("policy SHA-256", digest.hex)) }
        let signatures = payloads.flatMap(\.signatures)
        evidence.append(.init("signatures", "\(signatures.count) in \(payloads.count) payloads"))
        let uncounted = signatures.filter { $0.signer == nil }
        for signature in uncounted.prefix(maximumUncountedCount) {
            let hint = signature.keyIDHint.utf8.isEmpty ? "no key" : ASCII.escape(signature.keyIDHint.utf8, limit: 64)
            evidence.append(.init("not counted", "line \(signature.line), names \(hint), of no trusted key"))
        }
        if uncounted.count > maximumUncountedCount {
            evidence.append(.init("not counted", "\(uncounted.count - maximumUncountedCount) more"))
        }
        return evidence
    }

    private static func describe(_ trusted: Policy.TrustedKey) -> String {
        "\(trusted.key.keyID) \(trusted.key.typeName) \(ASCII.escape(trusted.name))"
    }
}

extension Finding {
    /// No statement about source has enough signatures.
    package static func tooFewSignatures(_ payloads: [SignedPayload], _ policy: Policy) -> Finding {
        let best = payloads.map(\.signers.count).max() ?? 0
        return Finding(
            .tooFewSignatures,
            recorded: "policy: \(policy.threshold) of \(policy.keys.count) trusted keys",
            found: best >= policy.threshold
                ? "no fitting statement about source among what they signed"
                : "signatures of \(best) trusted \(best == 1 ? "key" : "keys") over one statement"
        )
    }
}
