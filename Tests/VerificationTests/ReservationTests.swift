import Attestations
import BuildStatements
import Digests
import Encodings
import Testing
import VerdictReports
import Verification

/// What a pass must say of itself, so that nobody takes it for more.
@Suite struct ReservationTests {
    let rebuilt: Rebuilt
    let toolAlone = [Rebuilt.shipped("tool", Rebuilt.tool)]

    init() throws { rebuilt = try Rebuilt() }

    private func headline(_ verdict: Verdict) -> String { VerdictReport(verdict, .quiet).text }

    @Test func aDefinitionOutsideTheSourceIsInTheFirstLine() throws {
        var unsealed = rebuilt
        unsealed.definition = SHA256.digest(of: [1])
        let line = try unsealed.line(Rebuilt.good, Rebuilt.keys[0])
        let verdict = try rebuilt.judge([line])
        #expect(verdict.outcome == .passed && verdict.rules(.notice) == [.definitionOutsideSource])
        let words = "the shipped build comes from what was sealed, by a build definition that is not part of it"
        #expect(headline(verdict) == "PASSED: boot 1.2: \(words)\n")
        // Where enough records stand on a sealed one, another takes nothing away.
        let sealed = try rebuilt.line(Rebuilt.good, Rebuilt.keys[1])
        #expect(try rebuilt.judge([line, sealed]).reservations.isEmpty)
        #expect(try rebuilt.judge([line, sealed], policy: Rebuilt.policy(threshold: 2)).reservations.count == 1)
    }

    @Test func aPolicyCanDemandThatTheDefinitionIsSealed() throws {
        let quorum = BuildDemands.Quorum(keys: Rebuilt.trusted(Rebuilt.rebuilders))
        let policy = Policy(
            keys: Rebuilt.trusted(Array(Sealed.keys[0...1])),
            build: BuildDemands(rebuilders: quorum, needsSealedDefinition: true)
        )
        var unsealed = rebuilt
        unsealed.definition = SHA256.digest(of: [1])
        let verdict = try rebuilt.judge([unsealed.line(Rebuilt.good, Rebuilt.keys[0])], policy: policy)
        #expect(verdict.outcome == .inconclusive)
        #expect(verdict.rules(.inconclusive).contains(.definitionNotSealed))
        #expect(try rebuilt.judge([], policy: policy, local: unsealed.record(Rebuilt.good)).outcome == .inconclusive)
        #expect(try rebuilt.judge([rebuilt.line(Rebuilt.good, Rebuilt.keys[0])], policy: policy).outcome == .passed)
    }

    @Test func aWholeFileThatIsWaivedWasNotRebuilt() throws {
        let tool = try Rebuilt.notBuilt("tool", Rebuilt.tool)
        let waiver = try rebuilt.waiver(tool.differences.map(\.id))
        let record = try rebuilt.record([tool])
        let verdict = try rebuilt.judge([waiver], toolAlone, local: record)
        #expect(verdict.outcome == .passed)
        #expect(verdict.summary(of: .rebuilt) == "1 file waived, not rebuilt")
        #expect(
            headline(verdict)
                == "PASSED: boot 1.2: the shipped build comes from what was sealed, with 18 bytes waived\n"
        )
        let both = try rebuilt.record([Rebuilt.identical("lib.so", Rebuilt.library), tool])
        let mixed = try rebuilt.judge([waiver], local: both)
        #expect(mixed.summary(of: .rebuilt) == "1 file, rebuilt here; 1 file waived, not rebuilt")
    }

    @Test func inputsThatNobodyTracedAreNamed() throws {
        var blind = rebuilt
        blind.trace = nil
        let verdict = try rebuilt.judge([], local: blind.record(Rebuilt.good))
        #expect(verdict.outcome == .passed && verdict.rules(.notice) == [.inputsNotTraced])
        #expect(verdict.summary(of: .rebuilt) == "2 files, rebuilt here; inputs of the build not traced")
    }

    @Test func whatOtherBuildsShowIsInTheVerdict() throws {
        let record = try rebuilt.record(Rebuilt.good)
        let varies = try rebuilt.judge([], local: record, closer: [Finding(.buildVaries, found: "locale alone")])
        #expect(varies.build == ["inconclusive", "inconclusive", "3"])
        let other = Finding(.toolchainsDisagree, found: "tool differs")
        let differs = try rebuilt.judge([], local: record, closer: [other])
        #expect(differs.outcome == .failed && differs.outcome(of: .rebuilt) == .failed)
        #expect(headline(differs).hasPrefix("FAILED"))
    }

    @Test func modesAreTold() throws {
        let content = Rebuilt.content(Rebuilt.tool)
        let names: [(UInt16, [Finding.Rule])] = [
            (0o6755, [.setIDBit]), (0o2644, [.setIDBit]), (0o755, [.shippedExecutable]), (0o644, []),
        ]
        for (mode, rules) in names {
            let file = ShippedFile(name: Array("tool".utf8), content: content, permissions: mode)
            let verdict = try rebuilt.judge([rebuilt.line(Rebuilt.good, Rebuilt.keys[0])], [file])
            #expect(verdict.outcome == .passed && verdict.rules(.notice) == rules)
        }
    }
}
