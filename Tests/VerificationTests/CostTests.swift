import Attestations
import Encodings
import SigningKeys
import SourceManifest
import Testing
import Verification

/// What evidence that nobody vouches for may cost.
@Suite struct CostTests {
    /// Signatures that name no key are tried with every key, 8,192 times in all; one that names its key always counts.
    @Test func guessesWhoSignedHaveACeiling() throws {
        let keys = try (0..<32).map { _ in try PrivateKey.generate(.ed25519) }
        let policy = Sealed.policy(keys)
        var sealed = try Sealed()
        sealed.signers = [keys[31]]
        let named = try sealed.envelope()
        func envelope(_ signatures: [Envelope.Signature]) -> Envelope {
            Envelope(payloadType: named.payloadType, payload: named.payload, signatures: signatures)
        }
        let unnamed = envelope(named.signatures.map { .init(keyIDHint: "", bytes: $0.bytes) })
        let bogus = envelope((0..<32).map { .init(keyIDHint: "", bytes: [UInt8](repeating: $0, count: 64)) })
        func outcome(_ bogusCount: Int, _ honest: Envelope) throws -> Outcome {
            let lines = [Envelope](repeating: bogus, count: bogusCount) + [honest]
            return try sealed.judge(sealed.evidence(lines), policy: policy).outcome
        }
        // 32 signatures with 32 keys are 1,024 tries.
        #expect(try outcome(7, unnamed) == .passed)
        #expect(try outcome(8, unnamed) == .failed)
        #expect(try outcome(8, named) == .passed)
    }

    /// A reader learns of differences from a manifest that is not verified, but not at any price.
    @Test func aLargeManifestThatIsNotVerifiedIsNotCompared() throws {
        for (count, summary) in [(200_000, "200000 differences"), (200_001, "not compared, 200001 leaves")] {
            var writer = ManifestWriter(reservingEntries: count, pathByteCount: count * 8)
            let entry = try Sealed.entry(.file, "f", "x")
            for index in 0..<count {
                let path = Array("\(1_000_000 + index)".utf8)
                try writer.append(mode: .file, size: entry.size, digest: entry.digest, path: path.span)
            }
            let evidence = Evidence(manifest: writer.finish().bytes, attestations: try Sealed().evidence().attestations)
            let verdict = try Sealed().judge(evidence, [Sealed.reading([])])
            let link = verdict.links.first { $0.name == .source }
            #expect(verdict.outcome == .failed && link?.summary.contains(summary) == true)
        }
    }
}
