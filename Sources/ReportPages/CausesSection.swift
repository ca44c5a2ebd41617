import Attestations
import BuildStatements
import Comparison
import Encodings

/// The likely causes of all differences, each with what the release engineer usually does about it.
struct CausesSection {
    let items: [DifferingItem]

    private struct Tally {
        var count = 0
        var account = ByteAccount()
        var fixes: [String] = []
        var seen: Set<Text> = []
    }

    func write(to markup: inout Markup) {
        let tallies = tallies()
        guard !tallies.isEmpty else { return }
        markup.element("section", [.id("causes")]) { section in
            section.element("h2", say: "Likely causes and usual fixes")
            section.element(
                "p",
                say: "For the release engineer. A cause is a guess from what the bytes look like; it changes no grade."
            )
            section.table(
                "causes",
                caption: "Causes of the differences listed above",
                heads: ["Cause", "Places", "Shipped bytes", "What it is and what to do"]
            ) { body in
                for cause in ByteDifference.Cause.allCases {
                    guard let tally = tallies[cause] else { continue }
                    body.element("tr") { write(cause, tally, to: &$0) }
                    body.newLine()
                }
            }
        }
        markup.newLine()
    }

    private func write(_ cause: ByteDifference.Cause, _ tally: Tally, to row: inout Markup) {
        row.element("th", [.scope("row")], say: cause.words)
        row.element("td", [.class("number")], show: Spelling.number(tally.count))
        row.element("td", [.class("number")], show: Spelling.number(tally.account.total))
        row.element("td") { cell in
            cell.element("p", say: cause.meaning)
            guard !tally.fixes.isEmpty else { return }
            cell.element("ul") { list in
                list.rows(tally.fixes, upTo: .fixes) { list, words in
                    list.element("li", show: words)
                } row: { list, fix in
                    list.element("li", show: Spelling.shortened(fix, to: 600))
                }
            }
        }
    }

    private func tallies() -> [ByteDifference.Cause: Tally] {
        var tallies: [ByteDifference.Cause: Tally] = [:]
        for differing in items {
            for difference in differing.item.differences {
                var tally = tallies[difference.cause] ?? Tally()
                tally.count += 1
                var account = ByteAccount()
                account[difference.accountedAs] = difference.byteCount
                tally.account.add(account)
                if let fix = difference.fix, tally.seen.insert(Text(fix)).inserted { tally.fixes.append(fix) }
                tallies[difference.cause] = tally
            }
        }
        return tallies
    }
}

extension ByteDifference.Cause {
    /// The cause in words.
    var words: StaticString {
        switch self {
        case .timestamp: "time stamp"
        case .path: "path"
        case .order: "order"
        case .owner: "owner"
        case .mode: "mode"
        case .compression: "compression"
        case .buildID: "build id"
        case .signature: "signature"
        case .locale: "locale"
        case .missing: "missing"
        case .extra: "extra"
        case .unknown: "unknown"
        }
    }

    /// What the cause is.
    fileprivate var meaning: StaticString {
        switch self {
        case .timestamp: "The time of the build, or of a file, went into the output."
        case .path: "The directory that the build ran in went into the output."
        case .order: "The same parts stand in another order."
        case .owner: "The user or the group that built it is recorded."
        case .mode: "The permissions of a file are recorded, and differ."
        case .compression: "The same content was compressed by another program, version or level."
        case .buildID: "An identity that the linker derives from everything else; it follows another difference."
        case .signature: "A signature that only its maker can produce."
        case .locale: "Language settings of the builder went into the output."
        case .missing: "The rebuild has it, what was shipped does not."
        case .extra: "It was shipped, and the rebuild does not have it."
        case .unknown: "Nothing known fits. A person has to look at the bytes."
        }
    }
}
