import Attestations
import Encodings
import Verification

/// What stands at the top: what the page is about, how it came out, and what identifies it.
struct OpeningSection {
    let page: ReportPage

    func write(to markup: inout Markup) {
        let conclusion = Conclusion(page)
        markup.element("header") { header in
            header.newLine()
            header.element(
                "p",
                [.class("kicker")],
                say: page.verdict == nil
                    ? "Shipped files compared with a rebuild" : "Shipped build judged against its sealed source"
            )
            header.newLine()
            header.element("h1", show: Spelling.shortened(page.title, to: 200))
            header.newLine()
            header.element("section", [.init("class", "verdict \(conclusion.outcome.rawValue)")]) {
                write(conclusion, to: &$0)
            }
            header.newLine()
            writeFacts(to: &header)
        }
        markup.newLine()
    }

    private func write(_ conclusion: Conclusion, to markup: inout Markup) {
        markup.element("h2") { heading in
            heading.element("span", [.class("mark"), .init("aria-hidden", "true")], say: conclusion.outcome.mark)
            heading.say(conclusion.words)
        }
        markup.element("p", [.class("lead")], say: conclusion.meaning)
        if !conclusion.reservations.isEmpty {
            markup.element("ul") { list in
                for reservation in conclusion.reservations { list.element("li", show: reservation) }
            }
        }
        if !conclusion.doubts.isEmpty {
            markup.element("ul") { list in
                for doubt in conclusion.doubts { list.element("li", show: doubt) }
            }
        }
        markup.element("p", [.class("line")], show: AccountingLine(account: page.account).words)
        if page.verdict == nil {
            markup.element(
                "p",
                [.class("note")],
                say: """
                    Two sets of files were compared, and nothing else. Whether the second was built from the sealed source \
                    is not judged here.
                    """
            )
        }
    }

    private func writeFacts(to markup: inout Markup) {
        var facts: [(StaticString, String)] = []
        if let release = page.release ?? page.verdict?.release {
            facts.append(("Release", "\(release.product) \(release.version)"))
        }
        facts.append(("Shipped files", Spelling.number(page.items.count)))
        if let root = page.verdict?.treeRoot { facts.append(("Source tree root", root.hex)) }
        if let digest = page.verdict?.manifestDigest { facts.append(("Source manifest, SHA-256", digest.hex)) }
        if let digest = page.definition { facts.append(("Build definition, SHA-256", digest.hex)) }
        markup.element("dl", [.class("facts")]) { list in
            for (name, value) in facts {
                list.newLine()
                list.element("dt", say: name)
                list.element("dd", show: value)
            }
        }
        markup.newLine()
    }
}

extension Outcome {
    /// A mark that does not depend on colour.
    var mark: StaticString {
        switch self {
        case .passed: "\u{2713}"
        case .failed: "\u{2717}"
        case .inconclusive: "?"
        }
    }
}
