import Attestations
import Encodings
import PrivateKeys
import SigningKeys
import SourceManifest
import StatementWriting
import Testing
import Verification

@Suite struct SignatureTests {
    @Test func passesWithTheKeysThatSealed() throws {
        let verdict = try Sealed().judge(policy: Sealed.policy(threshold: 2))
        #expect(verdict.outcome == .passed)
        #expect(verdict.findings.isEmpty)
        #expect(verdict.release?.subject == "boot@1.2")
        #expect(verdict.links.map(\.name) == [.source, .signed, .logged, .rebuilt, .accounted, .reviewed])
        #expect(verdict.links.dropFirst(2).allSatisfy { $0.outcome == .notJudged })
    }

    @Test func countsKeysAndNotSignatures() throws {
        var sealed = try Sealed()
        sealed.signers = [Sealed.keys[0]]
        let twice = [try sealed.envelope(), try sealed.envelope()]
        let verdict = try sealed.judge(sealed.evidence(twice), policy: Sealed.policy(threshold: 2))
        #expect(verdict.outcome == .failed)
        #expect(verdict.rules(.fails) == [.tooFewSignatures])
    }

    @Test func countsOneKeyUnderTwoNamesOnce() throws {
        var sealed = try Sealed()
        sealed.signers = [Sealed.keys[0], Sealed.keys[0]]
        sealed.requiredSigners = [Sealed.keys[0]]
        let policy = Sealed.policy([Sealed.keys[0], Sealed.keys[0]], threshold: 2)
        #expect(policy.keys.count == 1)
        #expect(try sealed.judge(policy: policy).rules(.fails) == [.tooFewSignatures])
        #expect(try sealed.judge(policy: Sealed.policy([Sealed.keys[0], Sealed.keys[0]])).outcome == .passed)
    }

    @Test func addsUpSignaturesOnDifferentLines() throws {
        let sealed = try Sealed()
        let payload = try sealed.statement().payload
        let lines = try Sealed.keys[0...1].map { try Envelope(signing: payload, with: [$0]) }
        #expect(try sealed.judge(sealed.evidence(lines), policy: Sealed.policy(threshold: 2)).outcome == .passed)
    }

    @Test func doesNotAddUpSignaturesOfDifferentPayloads() throws {
        var (first, second) = (try Sealed(), try Sealed())
        first.signers = [Sealed.keys[0]]
        second.signers = [Sealed.keys[1]]
        second.sealedOn = Timestamp("2026-11-23T22:00:01Z")
        let evidence = try first.evidence([first.envelope(), second.envelope()])
        #expect(try first.judge(evidence, policy: Sealed.policy(threshold: 2)).rules(.fails) == [.tooFewSignatures])
        #expect(try first.judge(evidence, policy: Sealed.policy(threshold: 1)).outcome == .passed)
    }

    @Test func refusesAnotherKey() throws {
        let verdict = try Sealed().judge(policy: Sealed.policy([Sealed.keys[2]]))
        #expect(verdict.outcome == .failed)
        #expect(verdict.rules(.fails) == [.tooFewSignatures])
        #expect(verdict.release == nil && verdict.treeRoot == nil)
        #expect(verdict.outcome(of: .source) == .inconclusive)
    }

    @Test func noticesAStrippedSignature() throws {
        let sealed = try Sealed()
        let envelope = try sealed.envelope()
        let stripped = Envelope(
            payloadType: envelope.payloadType,
            payload: envelope.payload,
            signatures: Array(envelope.signatures.prefix(1))
        )
        #expect(try sealed.judge(sealed.evidence([stripped])).rules(.fails) == [.signatureStripped])
        let untrusting = Sealed.policy([Sealed.keys[0]])
        #expect(try sealed.judge(sealed.evidence([stripped]), policy: untrusting).rules(.fails) == [.signatureStripped])
        // There, and of a key that nobody trusts here: said, and no failure.
        let verdict = try sealed.judge(policy: untrusting)
        #expect(verdict.outcome == .passed)
        #expect(verdict.rules(.notice) == [.signerNotTrusted])
    }

    @Test func aRequiredSignatureOfATrustedKeyMustHold() throws {
        let sealed = try Sealed()
        let envelope = try sealed.envelope()
        var signatures = envelope.signatures
        signatures[1] = .init(keyIDHint: signatures[1].keyIDHint, bytes: signatures[0].bytes)
        let damaged = Envelope(payloadType: envelope.payloadType, payload: envelope.payload, signatures: signatures)
        #expect(try sealed.judge(sealed.evidence([damaged])).rules(.fails) == [.signatureStripped])
    }

    @Test func hintsDecideNothing() throws {
        let sealed = try Sealed()
        let envelope = try sealed.envelope()
        let hints: [Text] = ["", "abc", envelope.signatures[1].keyIDHint]
        for hint in hints {
            let signatures = envelope.signatures.map { Envelope.Signature(keyIDHint: hint, bytes: $0.bytes) }
            let other = Envelope(payloadType: envelope.payloadType, payload: envelope.payload, signatures: signatures)
            #expect(
                try sealed.judge(sealed.evidence([other]), policy: Sealed.policy(threshold: 2)).outcome == .passed
            )
        }
    }

    @Test func refusesSignaturesOverOtherBytes() throws {
        var other = try Sealed()
        other.release = ReleaseName(product: "boot", version: "1.3")
        let sealed = try Sealed()
        let swapped = Envelope(
            payloadType: Envelope.inTotoPayloadType,
            payload: try other.statement().payload,
            signatures: try sealed.envelope().signatures
        )
        #expect(try sealed.judge(sealed.evidence([swapped])).rules(.fails) == [.tooFewSignatures])
    }

    @Test func refusesAnotherPayloadType() throws {
        let sealed = try Sealed()
        let payload = try sealed.statement().payload
        let type: Text = "application/vnd.other+json"
        let message = PreAuthenticationEncoding.encode(payloadType: type, payload: payload)
        let signature = Envelope.Signature(keyIDHint: "", bytes: try Sealed.keys[0].sign(message))
        let signed = Envelope(payloadType: type, payload: payload, signatures: [signature])
        let verdict = try sealed.judge(sealed.evidence([signed]))
        #expect(verdict.outcome == .failed)
        #expect(verdict.rules(.notice) == [.otherPayloadType])
        let relabelled = Envelope(payloadType: type, payload: payload, signatures: try sealed.envelope().signatures)
        #expect(try sealed.judge(sealed.evidence([relabelled])).rules(.fails) == [.tooFewSignatures])
    }

    @Test func skipsOtherPredicates() throws {
        let sealed = try Sealed()
        let other = Statement(subjects: [.object([])], predicateType: "urn:x", predicate: .object([]))
        let line = try Envelope(signing: other.json.compact, with: sealed.signers)
        #expect(try sealed.judge(sealed.evidence([line, sealed.envelope()])).outcome == .passed)
        #expect(try sealed.judge(sealed.evidence([line])).rules(.fails) == [.tooFewSignatures])
    }

    @Test func refusesASignedStatementThatIsMalformed() throws {
        let sealed = try Sealed()
        let line = try Envelope(signing: Array("{}".utf8), with: sealed.signers)
        #expect(try sealed.judge(sealed.evidence([sealed.envelope(), line])).rules(.fails) == [.malformedStatement])
    }

    @Test func refusesConflictingStatements() throws {
        let sealed = try Sealed()
        let other = try Sealed([(.file, "a", "b")])
        let verdict = try sealed.judge(sealed.evidence([sealed.envelope(), other.envelope()]))
        #expect(verdict.rules(.fails) == [.statementsConflict])
    }

    @Test func picksTheStatementOfTheManifest() throws {
        let sealed = try Sealed()
        var older = try Sealed([(.file, "a", "b")])
        older.release = ReleaseName(product: "boot", version: "1.1")
        #expect(try sealed.judge(sealed.evidence([older.envelope(), sealed.envelope()])).outcome == .passed)
        #expect(try sealed.judge(sealed.evidence([older.envelope()])).rules(.fails) == [.manifestDiffers])
    }

    @Test func missingEvidenceIsInconclusive() throws {
        let sealed = try Sealed()
        let attestations = try sealed.evidence().attestations
        for evidence in [
            Evidence(manifest: sealed.manifest.bytes, attestations: nil),
            Evidence(manifest: sealed.manifest.bytes, attestations: []),
            Evidence(manifest: nil, attestations: attestations), Evidence(manifest: nil, attestations: nil),
        ] {
            #expect(try sealed.judge(evidence).outcome == .inconclusive)
        }
    }

    @Test func refusesTenThousandSignatures() throws {
        let sealed = try Sealed()
        let envelope = try sealed.envelope()
        let crowded = Envelope(
            payloadType: envelope.payloadType,
            payload: envelope.payload,
            signatures: Array(repeating: envelope.signatures[0], count: 10_000)
        )
        #expect(try sealed.judge(sealed.evidence([crowded])).rules(.fails) == [.malformedEnvelope])
        let lines = [Envelope](repeating: envelope, count: 600)
        #expect(try sealed.judge(sealed.evidence(lines)).rules(.fails) == [.malformedEnvelope])
    }
}
