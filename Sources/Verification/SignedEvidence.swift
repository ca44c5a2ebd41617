import Attestations
import Encodings
import SigningKeys

/// What a person is told beside the link `signed`: who signed what, and which signatures did not count.
enum SignedEvidence {
    /// The most signatures that did not count and are told one by one.
    private static let maximumUncountedCount = 8

    /// The named values; `statement` is nil when none was verified.
    static func list(
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
            evidence.append(.init("form", predicate.form.rawValue))
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
