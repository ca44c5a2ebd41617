import Attestations
import BuildStatements
import Comparison
import Verification

/// What a page says first: the outcome, in words for somebody who reads nothing else.
///
/// It is never better than the verdict, and never better than what stands on the page.
struct Conclusion {
    /// The outcome.
    let outcome: Outcome
    /// The outcome in a word or two.
    let words: StaticString
    /// What it means.
    let meaning: StaticString
    /// Why it is less than the verdict, or than the grade, that was handed over.
    let doubts: [String]
    /// What a pass does not say.
    let reservations: [String]

    /// Draws the conclusion of a page.
    init(_ page: ReportPage) {
        let doubts = Conclusion.doubts(page)
        self.doubts = doubts
        reservations = page.verdict.flatMap { $0.outcome == .passed ? $0.reservations : nil } ?? []
        let given = page.verdict.map(\.outcome) ?? Conclusion.outcome(ofGrade: page)
        guard given == .passed, !doubts.isEmpty else {
            outcome = given
            (words, meaning) = page.verdict.map { Conclusion.words($0, given) } ?? Conclusion.words(ofGrade: page)
            return
        }
        outcome = .inconclusive
        words = "Inconclusive"
        meaning = "This is not a pass. What stands on this page does not add up to one; the reasons follow."
    }

    private static func outcome(ofGrade page: ReportPage) -> Outcome {
        guard let worst = page.worstGrade else { return .inconclusive }
        return page.passingGrades.contains(worst) ? .passed : .failed
    }

    /// What speaks against a pass.
    private static func doubts(_ page: ReportPage) -> [String] {
        var doubts: [String] = []
        if page.items.isEmpty { doubts.append("No shipped file was compared.") }
        let refused = page.items.first { item in
            let isWaived = item.account.waived > 0 && item.account.unexplained == 0
            return !page.passingGrades.contains(item.grade) && !isWaived
        }
        if let refused { doubts.append("\(Spelling.name(refused.name)) has the grade: \(refused.grade.words).") }
        let unexplained = page.account.unexplained
        if unexplained > 0, page.verdict != nil || (page.worstGrade ?? .different) > .contentsIdentical {
            doubts.append("Unexplained: \(Spelling.bytes(unexplained)).")
        }
        for item in page.items {
            guard let size = item.shipped?.size, item.account.total < size else { continue }
            let missing = Spelling.bytes(size - item.account.total)
            doubts.append("The accounting of \(Spelling.name(item.name)) lacks \(missing).")
            break
        }
        let strangers = page.observations.openedFiles?.filter { $0.origin == .unexplained }.count ?? 0
        if strangers > 0 {
            doubts.append("The build read \(Spelling.count(strangers, "file", "files")) that nothing explains.")
        }
        let failures = page.observations.variations.filter { if case .notBuilt = $0.effect { true } else { false } }
        if !failures.isEmpty { doubts.append("A build with changed surroundings did not come to its end.") }
        return doubts
    }

    private static func words(_ verdict: Verdict, _ outcome: Outcome) -> (StaticString, StaticString) {
        switch outcome {
        case .passed:
            let isBuild = [Link.Name.rebuilt, .accounted].allSatisfy { name in
                verdict.links.contains { $0.name == name && $0.outcome == .passed }
            }
            if isBuild, !verdict.reservations.isEmpty {
                return (
                    "Passed",
                    "The shipped files come from what was sealed, but not from that alone. The pass is one:"
                )
            }
            return isBuild
                ? (
                    "Passed",
                    """
                    The shipped files were rebuilt from exactly the sealed source, and every byte of them is accounted for.
                    """
                )
                : ("Passed", "What was asked holds. Links that were not judged say nothing; they are listed as such.")
        case .failed:
            return (
                "Failed",
                """
                Do not rely on this build. At least one check found something that a genuine build does not have; \
                what and where is listed below.
                """
            )
        case .inconclusive:
            return (
                "Inconclusive",
                "This is not a pass. Something that a judgement needs is missing, or could not be judged."
            )
        }
    }

    private static func words(ofGrade page: ReportPage) -> (StaticString, StaticString) {
        switch page.worstGrade {
        case nil: ("Nothing compared", "This is not a pass. No shipped file was compared with a rebuilt one.")
        case .identical: ("Identical", "What was shipped and what was rebuilt are the same, byte for byte.")
        case .identicalOutsideSignature:
            (
                "Identical outside the signature",
                """
                What was shipped and what was rebuilt are the same, but for exactly the area that the format reserves \
                for a signature.
                """
            )
        case .contentsIdentical:
            (
                "Only the packaging differs",
                """
                Everything inside is the same. The container around it was written differently, as by another compressor.
                """
            )
        case .different:
            (
                "Different",
                "What was shipped is not what was rebuilt. Where they differ, and why that may be, is listed below."
            )
        }
    }
}
