import Attestations
import BuildStatements
import Comparison
import SampleReports
import Testing
import Verification

@testable import ReportPages

/// A page never says passed where the verdict does not, and never where the page itself speaks against it.
@Suite struct ConclusionTests {
    private func verdict(_ rebuilt: Link.Outcome = .passed, _ accounted: Link.Outcome = .passed) -> Verdict {
        SampleReport.verdict(rebuilt: rebuilt, accounted: accounted, summary: "all")
    }

    private func page(
        _ items: [ComparedItem] = [SampleReport.item("a", size: 10)],
        verdict: Verdict?,
        observations: BuildObservations = BuildObservations()
    ) -> ReportPage {
        ReportPage(title: "x", verdict: verdict, items: items, observations: observations, command: [])
    }

    private func item(_ grade: Grade, _ account: ByteAccount, size: UInt64 = 10) -> ComparedItem {
        SampleReport.item("a", size: size, grade: grade, account: account)
    }

    @Test func followsTheVerdict() {
        #expect(Conclusion(page(verdict: verdict())).outcome == .passed)
        #expect(Conclusion(page(verdict: verdict(.failed))).outcome == .failed)
        #expect(Conclusion(page(verdict: verdict(.inconclusive))).outcome == .inconclusive)
    }

    @Test func saysThatAllIsAccountedForOnlyWhereItIs() {
        #expect(
            Conclusion(page(verdict: verdict())).meaning.description.contains("every byte of them is accounted for")
        )
        let unjudged = Conclusion(page(verdict: verdict(.passed, .notJudged)))
        #expect(!unjudged.meaning.description.contains("accounted for"))
    }

    @Test func followsTheWorstGradeOfAComparison() {
        let outcomes = Grade.allCases.map { grade in
            let other = item(grade, SampleReport.account(10))
            return Conclusion(page([SampleReport.item("b", size: 10), other], verdict: nil)).outcome
        }
        #expect(outcomes == [.failed, .failed, .passed, .passed])
    }

    @Test func nothingComparedIsNoPass() {
        #expect(Conclusion(page([], verdict: nil)).outcome == .inconclusive)
        #expect(Conclusion(page([], verdict: verdict())).outcome == .inconclusive)
    }

    @Test func unexplainedBytesAreNoPass() {
        let unexplained = item(.identical, SampleReport.account(9, unexplained: 1))
        #expect(Conclusion(page([unexplained], verdict: verdict())).outcome == .inconclusive)
        #expect(Conclusion(page([unexplained], verdict: nil)).outcome == .inconclusive)
    }

    @Test func aGradeThatDoesNotPassIsNoPassUnlessWaived() {
        let different = item(.different, SampleReport.account(10))
        #expect(Conclusion(page([different], verdict: verdict())).outcome == .inconclusive)
        let waived = item(.different, SampleReport.account(9, waived: 1))
        #expect(Conclusion(page([waived], verdict: verdict())).outcome == .passed)
        // The waiver of one file says nothing of another.
        #expect(Conclusion(page([waived, different], verdict: verdict())).outcome == .inconclusive)
        #expect(Conclusion(page([waived], verdict: nil)).outcome == .failed)
    }

    @Test func bytesThatTheAccountingLacksAreNoPass() {
        let short = item(.identical, SampleReport.account(9))
        #expect(Conclusion(page([short], verdict: verdict())).outcome == .inconclusive)
        #expect(Conclusion(page([short], verdict: nil)).outcome == .inconclusive)
    }

    @Test func unexplainedInputIsNoPass() {
        let stranger = BuildObservations(openedFiles: [OpenedFile(.unexplained, path: [0x61])])
        #expect(Conclusion(page(verdict: verdict(), observations: stranger)).outcome == .inconclusive)
        let known = BuildObservations(openedFiles: [OpenedFile(.toolchain, path: [0x61])])
        #expect(Conclusion(page(verdict: verdict(), observations: known)).outcome == .passed)
    }

    @Test func doubtsNeverTurnAFailureIntoLess() {
        let different = item(.different, SampleReport.account(9, unexplained: 1))
        #expect(Conclusion(page([different], verdict: verdict(.failed))).outcome == .failed)
        #expect(Conclusion(page([different], verdict: nil)).outcome == .failed)
    }
}
