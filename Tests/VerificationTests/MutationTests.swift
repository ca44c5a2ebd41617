import Attestations
import Digests
import Encodings
import SigningKeys
import SourceManifest
import Testing
import Verification

/// The bytes of evidence that nobody signed and no judgement depends on; the whole list.
enum Unauthenticated {
    /// Whether the byte at `index` of an envelope's text belongs to the list.
    ///
    /// It holds the hint which key made a signature, and the name of that optional field: DSSE signs neither, and
    /// an unknown field in its place is ignored. White space between tokens is the third kind; we write none.
    static func holds(_ text: [UInt8], _ index: Int, hint: [UInt8]) -> Bool {
        for word in [hint, Array("keyid".utf8)] {
            for start in max(0, index - word.count + 1)...index where text[start...].starts(with: word) {
                return true
            }
        }
        return false
    }
}

@Suite struct MutationTests {
    private func sealed() throws -> (Sealed, Policy) {
        // Ed25519 is the quickest to verify; the bytes around the signature are what is tested.
        var sealed = try Sealed()
        sealed.signers = [Sealed.keys[2]]
        return (sealed, Sealed.policy([Sealed.keys[2]]))
    }

    /// The source in front of the reader, which stays the same: it is read once, thousands of judgements use it.
    private let readings = Result { try [Sealed.reading()] }

    @Test(arguments: [UInt8(1), 0x20])
    func everyFlippedByteOfTheAttestationsIsRefused(_ mask: UInt8) throws {
        let (sealed, policy) = try sealed()
        let evidence = try sealed.evidence()
        var bytes = try #require(evidence.attestations)
        let text = bytes
        let hint = Array(Sealed.keys[2].publicKey.keyID.description.utf8)
        for index in bytes.indices {
            bytes[index] ^= mask
            let altered = Evidence(manifest: evidence.manifest, attestations: bytes)
            let verdict = try sealed.judge(altered, readings.get(), policy: policy)
            if Unauthenticated.holds(text, index, hint: hint) {
                // May pass or be refused; what it may not do is change what is said to be signed.
                #expect(verdict.outcome != .passed || verdict.treeRoot != nil)
            } else {
                #expect(verdict.outcome != .passed, "byte \(index)")
            }
            bytes[index] ^= mask
        }
    }

    /// Evidence with a rebuild record that fails, one that passes and a waiver: no flipped byte makes a better verdict.
    @Test(arguments: [UInt8(1), 0x20])
    func noFlippedByteOfABuildsEvidenceMakesAPass(_ mask: UInt8) throws {
        var rebuilt = try Rebuilt()
        rebuilt.sealed = try sealed().0
        let files = [Rebuilt.shipped("tool", Rebuilt.tool)]
        let keys = Rebuilt.keys
        let bad = try rebuilt.line([Rebuilt.differing()], keys[0])
        let good = try rebuilt.line([Rebuilt.identical("tool", Rebuilt.tool)], keys[1])
        let expired = try rebuilt.waiver(expires: "2026-11-24T11:00:00Z")
        let quorum = BuildDemands.Quorum(keys: Rebuilt.trusted([keys[0], keys[1]]))
        let waivers = BuildDemands.Quorum(keys: Rebuilt.trusted([Rebuilt.waiverKey]))
        let policy = Policy(
            keys: Rebuilt.trusted([Sealed.keys[2]]),
            build: BuildDemands(rebuilders: quorum, waivers: waivers)
        )
        let now = try #require(Sealed.now)
        let reading = try readings.get()
        // The first is failed, the second inconclusive: a record that vanishes must not leave the other one alone.
        for (lines, outcome) in [([bad, expired], Outcome.failed), ([bad, good], .inconclusive)] {
            let evidence = try rebuilt.sealed.evidence([rebuilt.sealed.envelope()] + lines)
            var bytes = try #require(evidence.attestations)
            func judge() -> Verdict {
                let altered = Evidence(manifest: evidence.manifest, attestations: bytes)
                let judged = EvidenceJudge(altered, policy: policy, at: now)
                return Judge(judged, reading, build: RebuildJudge(judged, shipped: files, at: now)).verdict
            }
            #expect(judge().outcome == outcome)
            // The bytes of the source statement are the business of the test above; of the others, which are thousands
            // of signatures to verify, each mask takes another ninth.
            let start = EnvelopeLines.line(of: try rebuilt.sealed.envelope()).count
            for index in stride(from: start + Int(mask & 3), to: bytes.count, by: 9) {
                bytes[index] ^= mask
                #expect(judge().outcome != .passed, "byte \(index)")
                bytes[index] ^= mask
            }
            let whole = bytes
            for end in stride(from: start + Int(mask & 3), to: whole.count, by: 31) {
                bytes = Array(whole[..<end])
                #expect(judge().outcome != .passed, "cut at \(end)")
            }
        }
    }

    @Test(arguments: [UInt8(1), 0x20])
    func everyFlippedByteOfTheManifestIsRefused(_ mask: UInt8) throws {
        let (sealed, policy) = try sealed()
        let evidence = try sealed.evidence()
        var bytes = sealed.manifest.bytes
        for index in bytes.indices {
            bytes[index] ^= mask
            let altered = Evidence(manifest: bytes, attestations: evidence.attestations)
            #expect(try sealed.judge(altered, readings.get(), policy: policy).outcome == .failed, "byte \(index)")
            bytes[index] ^= mask
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let (sealed, policy) = try sealed()
        let evidence = try sealed.evidence()
        let (manifest, attestations) = (sealed.manifest.bytes, try #require(evidence.attestations))
        for end in manifest.indices {
            let cut = Evidence(manifest: Array(manifest[..<end]), attestations: attestations)
            #expect(try sealed.judge(cut, readings.get(), policy: policy).outcome == .failed)
        }
        for end in attestations.indices {
            let cut = Evidence(manifest: manifest, attestations: Array(attestations[..<end]))
            #expect(try sealed.judge(cut, readings.get(), policy: policy).outcome != .passed)
        }
    }

    @Test func trailingBytesAreRefused() throws {
        let (sealed, policy) = try sealed()
        let evidence = try sealed.evidence()
        let (manifest, attestations) = (sealed.manifest.bytes, try #require(evidence.attestations))
        for extra in [[0x0A], [0x20], [0x00], Array("{}\n".utf8), Array("x\n".utf8)] as [[UInt8]] {
            for altered in [
                Evidence(manifest: manifest + extra, attestations: attestations),
                Evidence(manifest: manifest, attestations: attestations + extra),
            ] {
                #expect(try sealed.judge(altered, readings.get(), policy: policy).outcome == .failed)
            }
        }
    }

    /// A statement whose parts do not fit the manifest is refused even though the right keys signed it.
    @Test func aSignedStatementMustFitTheManifest() throws {
        let (sealed, policy) = try sealed()
        let text = String(decoding: try sealed.statement().payload, as: UTF8.self)
        let predicate = try sealed.predicate()
        let bytes = sealed.manifest.totalSize
        for (old, new) in [
            (predicate.treeRoot.hex, String(repeating: "0", count: 64)), (#""entries":5"#, #""entries":6"#),
            (#""bytes":\#(bytes)"#, #""bytes":\#(bytes + 1)"#),
            (SHA256.digest(of: sealed.manifest.bytes).hex, String(repeating: "0", count: 64)),
        ] {
            let payload = try #require(text.replacing(old, with: new))
            let line = try Envelope(signing: payload, with: sealed.signers)
            let verdict = try sealed.judge(sealed.evidence([line]), policy: policy)
            #expect(verdict.rules(.fails) == [.manifestDiffers])
        }
    }
}

@Suite struct VerdictTests {
    /// Of all combinations of links, only those where both needed links passed and none failed or is open pass.
    @Test func passesOnlyWhenSourceAndSignedPassed() {
        for source in Link.Outcome.allCases {
            for signed in Link.Outcome.allCases {
                for logged in Link.Outcome.allCases {
                    let links = [
                        Link(.source, source, ""), Link(.signed, signed, ""), Link(.logged, logged, ""),
                    ]
                    let outcome = verdict(links).outcome
                    let passes = source == .passed && signed == .passed && (logged == .passed || logged == .notJudged)
                    #expect((outcome == .passed) == passes)
                    #expect((outcome == .failed) == links.contains { $0.outcome == .failed })
                }
            }
        }
        #expect(verdict([]).outcome == .inconclusive)
        #expect(verdict([Link(.source, .passed, "")]).outcome == .inconclusive)
        #expect(verdict([Link(.signed, .passed, "")]).outcome == .inconclusive)
        let build = [Link.Name.source, .signed, .rebuilt, .accounted]
        #expect(verdict(build.map { Link($0, .passed, "") }, .build).outcome == .passed)
        for missing in build {
            for outcome in [Link.Outcome?.none, .failed, .inconclusive, .notJudged] {
                let links = build.compactMap { name -> Link? in
                    name == missing ? outcome.map { Link(name, $0, "") } : Link(name, .passed, "")
                }
                #expect(verdict(links, .build).outcome == (outcome == .failed ? .failed : .inconclusive))
            }
        }
        let disclosed = [Link(.disclosed, .passed, ""), Link(.signed, .passed, "")]
        #expect(verdict(disclosed).outcome == .inconclusive)
        #expect(verdict(disclosed, .disclosure).outcome == .passed)
    }

    @Test func findingsDecideAlone() {
        let links = [Link(.source, .passed, ""), Link(.signed, .passed, "")]
        for (effect, outcome) in [
            (Finding.Effect.fails, Outcome.failed), (.inconclusive, .inconclusive), (.notice, .passed),
        ] {
            #expect(verdict(links, findings: [Finding(.extra, effect: effect)]).outcome == outcome)
        }
        // However many notices come first, the one that fails is not lost.
        let many = [Finding](repeating: Finding(.emptyDirectory), count: 5_000)
        let last = verdict(links, findings: many + [Finding(.emptyDirectory, effect: .fails)])
        #expect(last.outcome == .failed)
        #expect(last.findings.count == 1_001 && last.unlistedFindingCount == 4_000)
    }

    @Test func exitStatus() {
        #expect(Outcome.allCases.map(\.exitStatus) == [0, 1, 3])
    }

    @Test func everyRuleHasAdvice() {
        for rule in Finding.Rule.allCases {
            #expect(!rule.cause.isEmpty && !rule.next.isEmpty)
        }
    }

    private func verdict(
        _ links: [Link],
        _ question: Verdict.Question = .source,
        findings: [Finding] = []
    ) -> Verdict {
        Verdict(
            question,
            release: nil,
            treeRoot: nil,
            manifestDigest: nil,
            links: links,
            findings: findings
        )
    }
}
