import VerdictReports
import Verification

/// The links of the chain from the source to the shipped build, each with how it came out.
struct LinksSection {
    let verdict: Verdict

    func write(to markup: inout Markup) {
        markup.element("section") { section in
            section.element("h2", say: "The chain from source to build")
            section.element(
                "p",
                say: "Every link is judged by itself. A link that was not judged never makes the chain pass or fail."
            )
            section.table(
                "links",
                caption: "Links of the chain and how each came out",
                heads: ["Link", "Outcome", "Claim and judgement"]
            ) { body in
                body.tableRows(verdict.links, upTo: .links, columnCount: 3) { row, link in
                    row.element("tr") { write(link, to: &$0) }
                }
            }
        }
        markup.newLine()
    }

    private func write(_ link: Link, to row: inout Markup) {
        row.element("th", [.scope("row")], show: link.name.rawValue)
        row.element("td", [.init("class", "outcome \(link.outcome.rawValue)")]) { cell in
            cell.element("span", [.init("aria-hidden", "true")], say: link.outcome.mark)
            cell.say(link.outcome.words)
        }
        row.element("td") { cell in
            cell.element("p", say: link.name.claim)
            cell.element("p", [.class("note")], show: Spelling.shortened(link.summary, to: 1000))
            guard !link.evidence.isEmpty else { return }
            cell.element("details") { details in
                details.element("summary", say: "Evidence")
                details.element("dl", [.class("evidence")]) { list in
                    list.rows(link.evidence, upTo: .fixes) { list, words in
                        list.element("dt", say: "And")
                        list.element("dd", show: words)
                    } row: { list, evidence in
                        list.element("dt", show: Spelling.shortened(evidence.name, to: 200))
                        list.element("dd", show: Spelling.shortened(evidence.value, to: 1000))
                    }
                }
            }
        }
    }
}

/// What was noticed while judging.
struct FindingsSection {
    let verdict: Verdict

    func write(to markup: inout Markup) {
        guard !verdict.findings.isEmpty else { return }
        markup.element("section") { section in
            section.element("h2", say: "Findings")
            section.table(
                "findings",
                caption: "Everything that was noticed, what fails a verdict first",
                heads: ["Effect", "Rule and place", "What to do"]
            ) { body in
                body.tableRows(
                    verdict.findings,
                    upTo: .findings,
                    columnCount: 3,
                    unlisted: verdict.unlistedFindingCount
                ) { row, finding in
                    row.element("tr") { write(finding, to: &$0) }
                }
            }
        }
        markup.newLine()
    }

    private func write(_ finding: Finding, to row: inout Markup) {
        row.element("th", [.scope("row")], show: finding.effect.rawValue)
        row.element("td") { cell in
            cell.element("p", show: finding.rule.rawValue)
            if let path = finding.path { cell.element("p") { $0.element("code", show: Spelling.name(path)) } }
            if let recorded = finding.recorded {
                cell.element("p", [.class("note")], show: "recorded: \(Spelling.shortened(recorded, to: 400))")
            }
            if let found = finding.found {
                cell.element("p", [.class("note")], show: "found: \(Spelling.shortened(found, to: 400))")
            }
        }
        row.element("td") { cell in
            cell.element("p", show: Spelling.shortened(finding.cause, to: 400))
            cell.element("p", show: Spelling.shortened(finding.next, to: 400))
        }
    }
}

extension Link.Outcome {
    fileprivate var mark: StaticString {
        switch self {
        case .passed: "\u{2713} "
        case .failed: "\u{2717} "
        case .inconclusive: "? "
        case .notJudged: "\u{2013} "
        }
    }

    fileprivate var words: StaticString {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .inconclusive: "inconclusive"
        case .notJudged: "not judged"
        }
    }
}

extension Link.Name {
    /// What the link claims, in one sentence.
    fileprivate var claim: StaticString {
        switch self {
        case .source: "The source that was read is the sealed source."
        case .disclosed: "The files that were shown are part of the sealed source."
        case .signed: "The release keys signed this source for this product and version."
        case .logged: "The source stood in the public log before the visit."
        case .rebuilt: "An independent build of this source, and nothing else, gives the shipped files."
        case .accounted: "Every shipped byte is explained."
        case .reviewed: "Known hiding places are empty, and people read the source."
        }
    }
}
