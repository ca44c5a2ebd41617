import Attestations
import BuildStatements
import BuildVerification
import Digests
import Encodings
import PrivateKeys
import SigningKeys
import SourceManifest
import StatementWriting
import Testing
import VerdictReports
import Verification

private let passed = ["passed", "passed", "0"]
private let failed = ["failed", "failed", "1"]
private let open = ["inconclusive", "inconclusive", "3"]

@Suite struct RebuildTests {
    let rebuilt: Rebuilt
    let good: Envelope

    init() throws {
        rebuilt = try Rebuilt()
        good = try rebuilt.line(Rebuilt.good, Rebuilt.keys[0])
    }

    @Test func aReproducedBuildPasses() throws {
        let verdict = try rebuilt.judge([good])
        #expect(verdict.build == passed)
        #expect(verdict.findings.isEmpty)
        #expect(verdict.summary(of: .rebuilt) == "2 files, reproduced by 1 of 2 trusted rebuilders, 1 needed")
        #expect(verdict.summary(of: .accounted) == "100.00 % of 29 bytes reproduced, 0 unexplained")
        #expect(
            VerdictReport(verdict, .quiet).text
                == "PASSED: boot 1.2: the shipped build comes from exactly what was sealed\n"
        )
        #expect(verdict.links.map(\.name) == [.source, .signed, .logged, .rebuilt, .accounted, .reviewed])
    }

    /// The same evidence without a shipped build is judged as before.
    @Test func withoutAShippedBuildNothingIsSaidOfIt() throws {
        let evidence = try rebuilt.sealed.evidence([rebuilt.sealed.envelope(), good])
        let verdict = try rebuilt.sealed.judge(evidence, policy: Rebuilt.policy())
        #expect(verdict.build == ["not-judged", "not-judged", "0"])
    }

    @Test func nothingToJudgeIsNoPass() throws {
        #expect(try rebuilt.judge([good], []).build == open)
        #expect(try rebuilt.judge([]).build == open)
        #expect(try rebuilt.judge([]).rules(.inconclusive) == [.notRebuilt, .notRebuilt])
        let nobody = Policy(keys: Rebuilt.trusted(Array(Sealed.keys[0...1])))
        let verdict = try rebuilt.judge([good], policy: nobody)
        #expect(verdict.build == open)
        #expect(verdict.summary(of: .rebuilt) == "no independent rebuilder is trusted")
    }

    @Test func withoutVerifiedSourceNothingIsJudged() throws {
        let unsigned = try rebuilt.sealed.evidence([good])
        #expect(try rebuilt.judge(unsigned).build == ["inconclusive", "inconclusive", "1"])
        let none = Evidence(manifest: nil, attestations: nil)
        #expect(try rebuilt.judge(none).build == open)
    }

    @Test func anotherSourceInFrontOfTheReaderFails() throws {
        let now = try #require(Sealed.now)
        let evidence = try rebuilt.sealed.evidence([rebuilt.sealed.envelope(), good])
        let judged = EvidenceJudge(evidence, policy: Rebuilt.policy(), at: now)
        let build = RebuildJudge(judged, shipped: Rebuilt.files, at: now)
        let reading = try Sealed.reading([(.file, "a", "b")])
        #expect(Judge(judged, [reading], build: build).verdict.build == ["passed", "passed", "1"])
    }

    // MARK: Whose records count

    @Test func aStrangersRecordIsOnlyNoticed() throws {
        let line = try rebuilt.line(Rebuilt.good, Rebuilt.stranger)
        let verdict = try rebuilt.judge([line])
        #expect(verdict.build == open)
        #expect(verdict.rules(.notice) == [.rebuilderNotTrusted])
        // And takes nothing away from a good one.
        #expect(try rebuilt.judge([line, good]).build == passed)
    }

    /// A record with a signature of nobody is noticed; one that names a trusted rebuilder may be an altered bad word.
    @Test(arguments: [true, false])
    func aSignatureThatDoesNotHold(_ namesRebuilder: Bool) throws {
        let hint = namesRebuilder ? Rebuilt.keys[1].publicKey.keyID.text : "somebody"
        let broken = Envelope(
            payloadType: Envelope.inTotoPayloadType,
            payload: try rebuilt.record(Rebuilt.good).payload,
            signatures: [.init(keyIDHint: hint, bytes: [1, 2, 3])]
        )
        let verdict = try rebuilt.judge([broken])
        #expect(verdict.build == open && verdict.rules(.notice) == [.rebuilderNotTrusted])
        #expect(verdict.rules(.inconclusive).contains(.malformedRecord) == namesRebuilder)
        var other = rebuilt
        other.rebuiltOn = "2026-11-24T01:00:00Z"
        let good = try other.line(Rebuilt.good, Rebuilt.keys[0])
        #expect(try rebuilt.judge([broken, good]).build == (namesRebuilder ? open : passed))
    }

    @Test func theSealersOwnRebuildIsNotIndependent() throws {
        let line = try rebuilt.line(Rebuilt.good, Sealed.keys[0], Sealed.keys[1])
        let policy = Rebuilt.policy(Array(Sealed.keys[0...1]))
        let verdict = try rebuilt.judge([line], policy: policy)
        #expect(verdict.build == open && verdict.rules(.notice) == [.rebuilderNotTrusted])
        #expect(verdict.summary(of: .rebuilt) == "no independent rebuilder is trusted")
        // Nor is one who added a seal of the same manifest, whatever the threshold of the release.
        var own = rebuilt.sealed
        own.signers = [Rebuilt.keys[0]]
        #expect(try rebuilt.judge([good, own.envelope()]).build == open)
    }

    @Test func aReleaseKeyThatDidNotSealMayRebuild() throws {
        let policy = Policy(
            keys: Rebuilt.trusted([Sealed.keys[0], Sealed.keys[1], Rebuilt.keys[0]]),
            build: BuildDemands(rebuilders: .init(keys: Rebuilt.trusted([Sealed.keys[0], Rebuilt.keys[0]])))
        )
        #expect(try rebuilt.judge([good], policy: policy).build == passed)
    }

    @Test func keysAreCountedAndNotRecords() throws {
        let policy = Rebuilt.policy(threshold: 2)
        var again = rebuilt
        again.rebuiltOn = "2026-11-24T01:00:00Z"
        let twice = try again.line(Rebuilt.good, Rebuilt.keys[0])
        let verdict = try rebuilt.judge([good, twice, good], policy: policy)
        #expect(verdict.build == open)
        #expect(verdict.rules(.inconclusive) == [.tooFewRebuilders, .tooFewRebuilders])
        let other = try again.line(Rebuilt.good, Rebuilt.keys[1])
        #expect(try rebuilt.judge([good, other], policy: policy).build == passed)
        // One record that both signed counts for both, on one line or on two.
        let both = try rebuilt.line(Rebuilt.good, Rebuilt.keys[0], Rebuilt.keys[1])
        #expect(try rebuilt.judge([both], policy: policy).build == passed)
        let second = try rebuilt.line(Rebuilt.good, Rebuilt.keys[1])
        #expect(try rebuilt.judge([good, second], policy: policy).build == passed)
        #expect(try rebuilt.judge([both], policy: Rebuilt.policy(threshold: 3)).build == open)
    }

    @Test func theThresholdIsCountedForEachFile() throws {
        let one = try rebuilt.line([Rebuilt.identical("tool", Rebuilt.tool)], Rebuilt.keys[0])
        let other = try rebuilt.line([Rebuilt.identical("lib.so", Rebuilt.library)], Rebuilt.keys[1])
        #expect(try rebuilt.judge([one, other]).build == passed)
        #expect(try rebuilt.judge([one, other], policy: Rebuilt.policy(threshold: 2)).build == open)
    }

    // MARK: What they are about

    @Test func aStaleBuildIsNotThisRelease() throws {
        var older = rebuilt
        older.sealed = try Sealed([(.file, "a", "b")])
        older.sealed.release = ReleaseName(product: "boot", version: "1.1")
        let stale = try older.line(Rebuilt.good, Rebuilt.keys[0])
        let verdict = try rebuilt.judge([stale])
        #expect(verdict.build == open && verdict.rules(.notice) == [.rebuildOfOtherSource])
        // Beside the record of this release the old files are in no record.
        let current = try rebuilt.line([Rebuilt.identical("tool", "a new tool")], Rebuilt.keys[0])
        let files = [Rebuilt.shipped("tool", Rebuilt.tool)]
        #expect(try rebuilt.judge([stale, current], files).build == failed)
    }

    @Test(arguments: ["product", "version", "root", "manifest"])
    func aRecordOfAnotherSourceIsIgnored(_ part: String) throws {
        let statement = try rebuilt.sealed.statement()
        let text = String(decoding: try rebuilt.record(Rebuilt.good).payload, as: UTF8.self)
        let zeros = String(repeating: "0", count: 64)
        let (old, new) =
            switch part {
            case "product": (#""product":"boot""#, #""product":"other""#)
            case "version": (#""version":"1.2""#, #""version":"1.3""#)
            case "root": (statement.predicate.treeRoot.hex, zeros)
            default: (statement.manifestDigest.hex, zeros)
            }
        let line = try Envelope(signing: try #require(text.replacing(old, with: new)), with: [Rebuilt.keys[0]])
        let verdict = try rebuilt.judge([line])
        #expect(verdict.build == open && verdict.rules(.notice) == [.rebuildOfOtherSource])
        #expect(try rebuilt.judge([line, good]).build == passed)
    }

    @Test func anExtraShippedFileFails() throws {
        let verdict = try rebuilt.judge([good], Rebuilt.files + [Rebuilt.shipped("extra", "not built")])
        #expect(verdict.build == failed && verdict.rules(.fails) == [.notRebuilt])
        #expect(verdict.findings.first?.path == Array("extra".utf8))
        #expect(verdict.summary(of: .accounted) == "76.31 % of 38 bytes reproduced, 9 unexplained")
    }

    /// The name in front of the reader decides nothing.
    @Test func filesAreMatchedByContent() throws {
        let renamed = [Rebuilt.shipped("renamed", Rebuilt.tool), Rebuilt.shipped("x/y", Rebuilt.library)]
        #expect(try rebuilt.judge([good], renamed).build == passed)
        let swapped = [Rebuilt.shipped("tool", "evil"), Rebuilt.shipped("lib.so", Rebuilt.library)]
        #expect(try rebuilt.judge([good], swapped).build == failed)
    }

    // MARK: What they say

    @Test func aDifferentBuildFails() throws {
        let line = try rebuilt.line(
            [Rebuilt.identical("lib.so", Rebuilt.library), Rebuilt.differing()],
            Rebuilt.keys[0]
        )
        let verdict = try rebuilt.judge([line])
        #expect(verdict.build == failed && verdict.rules(.fails) == [.rebuildDiffers])
        #expect(verdict.summary(of: .rebuilt) == "1 of 2 files not reproduced from this source")
        #expect(verdict.summary(of: .accounted) == "86.20 % of 29 bytes reproduced, 4 unexplained")
    }

    @Test(arguments: [Grade.contentsIdentical, .identicalOutsideSignature, .identical])
    func thePolicyNamesTheGrades(_ grade: Grade) throws {
        let tool =
            try grade == .identical ? Rebuilt.identical("tool", Rebuilt.tool) : Rebuilt.differing(grade, bytes: 0)
        let line = try rebuilt.line([tool], Rebuilt.keys[0])
        let files = [Rebuilt.shipped("tool", Rebuilt.tool)]
        let usual = try rebuilt.judge([line], files).build
        // Only the grade is too bad: no byte is unexplained.
        let refused = ["failed", "inconclusive", "1"]
        #expect(usual == (grade == .contentsIdentical ? refused : passed))
        let strict = try rebuilt.judge([line], files, policy: Rebuilt.policy(grades: [.identical])).build
        #expect(strict == (grade == .identical ? passed : refused))
        let lenient = Rebuilt.policy(grades: [.contentsIdentical, .identicalOutsideSignature, .identical])
        #expect(try rebuilt.judge([line], files, policy: lenient).build == passed)
        // No list of grades takes a different file.
        #expect(BuildDemands(grades: [.different]).grades.isEmpty)
    }

    /// A grade that the policy takes explains no byte.
    @Test func unexplainedBytesFailWhateverTheGrade() throws {
        let line = try rebuilt.line([Rebuilt.differing(.contentsIdentical, bytes: 4)], Rebuilt.keys[0])
        let files = [Rebuilt.shipped("tool", Rebuilt.tool)]
        let policy = Rebuilt.policy(grades: [.contentsIdentical, .identical])
        let verdict = try rebuilt.judge([line], files, policy: policy)
        #expect(verdict.build == ["passed", "failed", "1"] && verdict.rules(.fails) == [.unexplainedBytes])
    }

    @Test(arguments: [RebuildRecord.Result.inconclusive, .notRebuildable])
    func anUnfinishedRebuildIsNoPass(_ result: RebuildRecord.Result) throws {
        var unfinished = rebuilt
        unfinished.unfinished = (result, "it\u{E9} did not end")
        var artifacts = try Rebuilt.good
        if result == .notRebuildable {
            artifacts = [try Rebuilt.notBuilt("lib.so", Rebuilt.library), try Rebuilt.notBuilt("tool", Rebuilt.tool)]
        }
        let line = try unfinished.line(artifacts, Rebuilt.keys[0])
        let verdict = try rebuilt.judge([line])
        #expect(verdict.build == open)
        #expect(verdict.rules(.inconclusive).contains(.rebuildInconclusive))
        #expect(verdict.findings.contains { $0.found?.contains("it%C3%A9 did not end") == true })
        // The good word of another does not hide it.
        let other = try rebuilt.line(Rebuilt.good, Rebuilt.keys[1])
        #expect(try rebuilt.judge([line, other]).build == open)
        #expect(try rebuilt.judge([line, other], policy: Rebuilt.policy(disagreement: .shown)).build == passed)
    }

    @Test func aMissingOutputFails() throws {
        let line = try rebuilt.line(
            [Rebuilt.identical("lib.so", Rebuilt.library), Rebuilt.notBuilt("tool", Rebuilt.tool)],
            Rebuilt.keys[0]
        )
        #expect(try rebuilt.judge([line]).build == failed)
    }

    @Test func theWorstOfEqualFilesCounts() throws {
        var twin = try Rebuilt.differing()
        twin = RebuiltArtifact(
            name: try TreePath(Array("twin".utf8)),
            shipped: twin.shipped,
            rebuilt: twin.rebuilt,
            grade: twin.grade,
            account: twin.account,
            differences: twin.differences
        )
        let line = try rebuilt.line(try Rebuilt.good + [twin], Rebuilt.keys[0])
        #expect(try rebuilt.judge([line]).build == failed)
    }

    // MARK: Disagreement

    @Test func rebuildersWhoDisagreePassNothing() throws {
        let bad = try rebuilt.line(
            [Rebuilt.identical("lib.so", Rebuilt.library), Rebuilt.differing()],
            Rebuilt.keys[1]
        )
        for lines in [[good, bad], [bad, good]] {
            let verdict = try rebuilt.judge(lines)
            #expect(verdict.build == open)
            #expect(verdict.rules(.inconclusive) == [.rebuildDiffers, .rebuildersDisagree])
            let shown = try rebuilt.judge(lines, policy: Rebuilt.policy(disagreement: .shown))
            #expect(shown.build == passed && shown.rules(.notice) == [.rebuildDiffers, .rebuildersDisagree])
        }
        // Where two are needed, one good word is not enough to be shown as a pass.
        let two = Rebuilt.policy(threshold: 2, disagreement: .shown)
        #expect(try rebuilt.judge([good, bad], policy: two).build == open)
    }

    @Test func aLaterGoodRecordHidesNoEarlierBadOne() throws {
        var early = rebuilt
        early.rebuiltOn = "2026-11-23T22:30:00Z"
        let bad = try early.line([Rebuilt.identical("lib.so", Rebuilt.library), Rebuilt.differing()], Rebuilt.keys[0])
        for lines in [[bad, good], [good, bad]] {
            let verdict = try rebuilt.judge(lines)
            #expect(verdict.build == open)
            #expect(verdict.rules(.inconclusive) == [.rebuildDiffers, .rebuildersDisagree])
            #expect(try rebuilt.judge(lines, policy: Rebuilt.policy(disagreement: .shown)).build == passed)
        }
    }

    @Test(arguments: ["2026-11-23T23:00:00Z", "2026-11-23T23:30:00Z"] as [Text])
    func anEarlierGoodRecordDoesNotOutweighALaterBadOne(_ rebuiltOn: Text) throws {
        var late = rebuilt
        late.rebuiltOn = rebuiltOn
        let bad = try late.line([Rebuilt.identical("lib.so", Rebuilt.library), Rebuilt.differing()], Rebuilt.keys[0])
        for lines in [[bad, good], [good, bad]] {
            #expect(try rebuilt.judge(lines).build == failed)
            #expect(try rebuilt.judge(lines, policy: Rebuilt.policy(disagreement: .shown)).build == failed)
        }
    }

    // MARK: Records that cannot be read

    @Test func aMalformedRecordIsNeverIgnored() throws {
        let text = String(decoding: try rebuilt.record(Rebuilt.good).payload, as: UTF8.self)
        for (old, new) in [
            (#""unexplained":0"#, #""unexplained":1"#), (#""reproduced":11"#, #""reproduced":12"#),
            (#""result":"reproduced""#, #""result":"different""#), (#""log":null"#, #""log":null,"x":1"#),
            (#""_type""#, #""_typ""#), ("urn:vitrine:rebuild:v1", "urn:vitrine:rebuild:v2"),
        ] {
            let line = try Envelope(signing: try #require(text.replacing(old, with: new)), with: [Rebuilt.keys[0]])
            for lines in [[line], [line, good]] {
                let verdict = try rebuilt.judge(lines)
                #expect(verdict.build == open, "\(new)")
                #expect(verdict.rules(.inconclusive).contains(.malformedRecord))
            }
        }
        let noise = try Envelope(signing: [0xFF], with: [Rebuilt.keys[0]])
        #expect(try rebuilt.judge([noise, good]).build == open)
        let strange = try Envelope(signing: [0xFF], with: [Rebuilt.stranger])
        #expect(try rebuilt.judge([strange, good]).build == passed)
    }

    @Test func anAccountThatDoesNotAddUpIsNoPass() throws {
        let text = String(decoding: try rebuilt.record([Rebuilt.differing()]).payload, as: UTF8.self)
        let payload = try #require(text.replacing(#""unexplained":4"#, with: #""unexplained":3"#))
        let line = try Envelope(signing: payload, with: [Rebuilt.keys[0]])
        let verdict = try rebuilt.judge([line], [Rebuilt.shipped("tool", Rebuilt.tool)])
        #expect(verdict.build == open)
        #expect(verdict.rules(.inconclusive) == [.malformedRecord, .notRebuilt])
    }

    // MARK: Files of others

    @Test func declaredFilesCountOnlyByASealedDefinition() throws {
        var account = ByteAccount()
        account.thirdParty = Rebuilt.content(Rebuilt.tool).size
        let content = Rebuilt.content(Rebuilt.tool)
        let declared = RebuiltArtifact(
            name: try TreePath(Array("tool".utf8)),
            shipped: content,
            rebuilt: content,
            grade: .identical,
            account: account
        )
        let files = [Rebuilt.shipped("tool", Rebuilt.tool)]
        let verdict = try rebuilt.judge([rebuilt.line([declared], Rebuilt.keys[0])], files)
        #expect(verdict.build == passed && verdict.rules(.notice) == [.declaredThirdParty])
        #expect(verdict.summary(of: .rebuilt) == "1 file declared third-party, not rebuilt")
        #expect(
            verdict.summary(of: .accounted) == "0.00 % of 18 bytes reproduced, 18 declared third-party, 0 unexplained"
        )
        var unsealed = rebuilt
        unsealed.definition = SHA256.digest(of: [1])
        let other = try rebuilt.judge([unsealed.line([declared], Rebuilt.keys[0])], files)
        #expect(other.build == open && other.rules(.inconclusive).contains(.definitionNotSealed))
        // A definition that declares nothing need not be sealed.
        #expect(try rebuilt.judge([unsealed.line(Rebuilt.good, Rebuilt.keys[0])]).build == passed)
    }

    // MARK: Made here

    @Test func aRebuildOfOnesOwnNeedsNoSignature() throws {
        let none = Policy(keys: Rebuilt.trusted(Array(Sealed.keys[0...1])))
        let record = try rebuilt.record(Rebuilt.good)
        let verdict = try rebuilt.judge([], policy: none, local: record)
        #expect(verdict.build == passed && verdict.summary(of: .rebuilt) == "2 files, rebuilt here")
        // What was not rebuilt here needs the word of others.
        let toolAlone = try rebuilt.record([Rebuilt.identical("tool", Rebuilt.tool)])
        #expect(try rebuilt.judge([], policy: none, local: toolAlone).build == failed)
        let both = try rebuilt.judge([good], local: toolAlone)
        #expect(both.build == passed)
        #expect(both.summary(of: .rebuilt) == "2 files, reproduced by 1 of 2 trusted rebuilders, 1 needed")
        let different = try rebuilt.record([Rebuilt.identical("lib.so", Rebuilt.library), Rebuilt.differing()])
        #expect(try rebuilt.judge([], policy: none, local: different).build == failed)
        #expect(try rebuilt.judge([good], local: different).build == failed)
        #expect(
            try rebuilt.judge([good], policy: Rebuilt.policy(disagreement: .shown), local: different).build == failed
        )
        var unfinished = rebuilt
        unfinished.unfinished = (.inconclusive, "unexplained input")
        let half = try unfinished.record(Rebuilt.good)
        #expect(try rebuilt.judge([good], policy: Rebuilt.policy(disagreement: .shown), local: half).build == open)
        var other = rebuilt
        other.sealed.release = ReleaseName(product: "boot", version: "1.3")
        #expect(try rebuilt.judge([good], local: other.record(Rebuilt.good)).build == open)
    }

    /// The word of the builder alone.
    @Test func provenanceIsNoRebuild() throws {
        let provenance = try rebuilt.provenance()
        let files = [Rebuilt.shipped("tool", Rebuilt.tool)]
        for keys in [[Sealed.keys[0]], [Rebuilt.keys[0]]] {
            let line = try Envelope(signing: provenance.payload, with: keys)
            let verdict = try rebuilt.judge([line], files)
            #expect(verdict.build == open)
            let evidence = verdict.links.first { $0.name == .rebuilt }?.evidence ?? []
            #expect(evidence.contains { $0.name == "provenance" && $0.value.contains("urn:example:builder") })
        }
    }
}

@Suite struct WaiverTests {
    let rebuilt: Rebuilt
    let bad: Envelope
    let files = [Rebuilt.shipped("tool", Rebuilt.tool)]

    init() throws {
        rebuilt = try Rebuilt()
        bad = try rebuilt.line([Rebuilt.differing()], Rebuilt.keys[0])
    }

    @Test func aWaivedDifferencePasses() throws {
        let verdict = try rebuilt.judge([bad, rebuilt.waiver()], files)
        #expect(verdict.build == passed && verdict.rules(.notice) == [.differenceWaived])
        #expect(verdict.summary(of: .accounted) == "77.77 % of 18 bytes reproduced, 4 waived, 0 unexplained")
        let finding = try #require(verdict.findings.first)
        #expect(finding.recorded?.contains("release team") == true && finding.found?.contains("section .text") == true)
    }

    @Test(arguments: [
        "expired", "just expired", "other difference", "other file", "other version", "stranger", "rebuilder", "sealer",
    ])
    func refuses(_ how: String) throws {
        let waiver =
            switch how {
            case "expired": try rebuilt.waiver(expires: "2026-11-24T11:00:00Z")
            case "just expired": try rebuilt.waiver(expires: "2026-11-24T12:00:00Z")
            case "other difference": try rebuilt.waiver([SHA256.digest(of: [1])])
            case "other file": try rebuilt.waiver(artifact: "other")
            case "other version": try rebuilt.waiver(version: "1.3")
            case "stranger": try rebuilt.waiver([Rebuilt.difference().id], Rebuilt.stranger)
            case "rebuilder": try rebuilt.waiver([Rebuilt.difference().id], Rebuilt.keys[0])
            default: try rebuilt.waiver([Rebuilt.difference().id], Sealed.keys[0])
            }
        let verdict = try rebuilt.judge([bad, waiver], files)
        #expect(verdict.build == failed)
        if how != "other difference", how != "other file" { #expect(verdict.rules(.notice) == [.waiverNotCounted]) }
    }

    @Test func lastsUntilItExpires() throws {
        #expect(try rebuilt.judge([bad, rebuilt.waiver(expires: "2026-11-24T12:00:01Z")], files).build == passed)
    }

    @Test func noPolicyNoWaiver() throws {
        let policy = Rebuilt.policy(waivers: nil)
        #expect(try rebuilt.judge([bad, rebuilt.waiver()], files, policy: policy).build == failed)
        let two = Rebuilt.policy(
            waivers: .init(keys: Rebuilt.trusted([Rebuilt.waiverKey, Rebuilt.stranger]), threshold: 2)
        )
        let alone = try rebuilt.waiver()
        #expect(try rebuilt.judge([bad, alone, alone], files, policy: two).build == failed)
        let both = try rebuilt.waiver([Rebuilt.difference().id], Rebuilt.waiverKey, Rebuilt.stranger)
        #expect(try rebuilt.judge([bad, both], files, policy: two).build == passed)
    }

    @Test func whatIsNotListedCannotBeWaived() throws {
        let line = try rebuilt.line([Rebuilt.differing(notListed: 3)], Rebuilt.keys[0])
        let verdict = try rebuilt.judge([line, rebuilt.waiver()], files)
        #expect(verdict.build == failed)
        #expect(verdict.summary(of: .accounted)?.hasSuffix("4 waived, 3 unexplained") == true)
    }

    @Test func waivesNoUnfinishedRebuild() throws {
        var unfinished = rebuilt
        unfinished.unfinished = (.inconclusive, "unexplained input")
        let line = try unfinished.line([Rebuilt.differing()], Rebuilt.keys[0])
        #expect(try rebuilt.judge([line, rebuilt.waiver()], files).build == open)
    }

    @Test func aMalformedWaiverIsNeverIgnored() throws {
        let payload = String(decoding: try rebuilt.waiver().payload, as: UTF8.self)
        let bytes = try #require(payload.replacing(#""owner""#, with: #""own""#))
        let line = try Envelope(signing: bytes, with: [Rebuilt.waiverKey])
        let good = try rebuilt.line([Rebuilt.identical("tool", Rebuilt.tool)], Rebuilt.keys[0])
        #expect(try rebuilt.judge([good, line], files).build == open)
    }
}
