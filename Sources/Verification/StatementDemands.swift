package import Attestations
import Encodings
import SigningKeys
import SourceManifest

// What a policy demands of a statement beyond the number of its signatures.

extension Policy {
    /// Everything in a verified statement that the policy does not take; empty when it takes it all.
    ///
    /// `now` is the time to judge the age by; the time of the seal is what the signer wrote.
    package func findings(on verified: VerifiedStatement, at now: Timestamp) -> [Finding] {
        let predicate = verified.statement.predicate
        return releaseFindings(predicate) + ageFindings(predicate, at: now) + signerFindings(verified)
    }

    private func releaseFindings(_ predicate: SourceManifestPredicate) -> [Finding] {
        var findings: [Finding] = []
        if let product, product != predicate.release.product {
            let found = "product \(predicate.release.product)"
            findings.append(Finding(.otherProduct, recorded: "policy: product \(product)", found: found))
        }
        if case .oneOf(let versions) = version, !version.accepts(predicate.release.version) {
            let wanted = versions.map(\.string).joined(separator: ", ")
            let found = "version \(predicate.release.version)"
            findings.append(Finding(.otherVersion, recorded: "policy: version \(wanted)", found: found))
        }
        if !forms.contains(predicate.form) {
            let wanted = forms.map(\.name).joined(separator: ", ")
            let found = "form \(predicate.form.name)"
            findings.append(Finding(.formNotAllowed, recorded: "policy: form \(wanted)", found: found))
        }
        if !views.contains(predicate.view) {
            let wanted = views.map(\.rawValue).joined(separator: ", ")
            let found = "view \(predicate.view.rawValue)"
            findings.append(Finding(.viewNotAllowed, recorded: "policy: view \(wanted)", found: found))
        }
        return findings
    }

    private func ageFindings(_ predicate: SourceManifestPredicate, at now: Timestamp) -> [Finding] {
        guard let maximumAgeDays else { return [] }
        let day: Int64 = 86_400
        let age = now.seconds - predicate.sealedOn.seconds
        let found = "sealed \(predicate.sealedOn), judged \(now)"
        // A day is given to clocks and time zones.
        if age < -day { return [Finding(.sealedInFuture, recorded: "policy: sealed before now", found: found)] }
        guard age > Int64(clamping: maximumAgeDays) * day else { return [] }
        return [Finding(.tooOld, recorded: "policy: at most \(maximumAgeDays) days old", found: found)]
    }

    /// The seal names the keys that made it, so that a signature cannot be taken away unseen.
    private func signerFindings(_ verified: VerifiedStatement) -> [Finding] {
        let signers = Set(verified.signed.everySigner.map(\.key.keyID))
        // A rebuilder that is only named must not pass for one that sealed, as if it were no independent one.
        let trusted = Set(everyKey.map(\.key.keyID))
        let hints = Set(verified.signed.signatures.map(\.keyIDHint))
        return verified.statement.predicate.requiredSigners.compactMap { keyID -> Finding? in
            if signers.contains(keyID) { return nil }
            let recorded = "signed by \(keyID)"
            // The signature of a trusted key must hold; of another key only its presence can be seen.
            if trusted.contains(keyID) || !hints.contains(keyID.text) {
                return Finding(.signatureStripped, recorded: recorded, found: "no valid signature of this key")
            }
            return Finding(.signerNotTrusted, recorded: recorded, found: "a signature that names this key")
        }
    }
}
