import Attestations
import Comparison
import Encodings

/// Every item that differs, and within it every place, with what the bytes or lines look like.
struct DifferencesSection {
    /// How many items stand open when the page is opened.
    static let openCount = 3

    let items: [DifferingItem]

    func write(to markup: inout Markup) {
        markup.element("section", [.id("differences")]) { section in
            section.element("h2", say: "What differs")
            guard !items.isEmpty else {
                section.element("p", say: "No difference was found.")
                return
            }
            section.element("p") { sentence in
                let number = Spelling.count(items.count, "file or member differs", "files or members differ")
                sentence.show("\(number), those with the most unexplained bytes first. ")
                sentence.say("In what follows, \u{2212} marks what was shipped and + what was rebuilt.")
            }
            section.newLine()
            section.rows(Array(items.enumerated()), upTo: .differingItems) { list, words in
                list.element("p", [.class("more")], show: words)
            } row: { list, entry in
                let isOpen = entry.offset < DifferencesSection.openCount
                list.element("details", [.class("item")] + (isOpen ? [.init("open", "")] : [])) {
                    write(entry.element, to: &$0)
                }
            }
        }
        markup.newLine()
    }

    private func write(_ differing: DifferingItem, to markup: inout Markup) {
        let item = differing.item
        markup.element("summary") { summary in
            summary.element("code", show: differing.path)
            summary.element("span", [.class("note")]) { note in
                note.show(" ")
                note.say(item.presence == .both ? item.grade.words : item.presence.words)
                note.show(", \(Spelling.bytes(differing.unexplained)) unexplained")
            }
        }
        markup.element("dl", [.class("facts")]) { list in
            list.element("dt", say: "Taken for")
            list.element("dd", show: Spelling.shortened(item.format, to: 100))
            list.element("dt", say: "Shipped")
            list.element("dd", show: DifferencesSection.words(item.shipped))
            list.element("dt", say: "Rebuilt")
            list.element("dd", show: DifferencesSection.words(item.rebuilt))
        }
        guard !item.differences.isEmpty || item.unlistedDifferenceCount > 0 else { return }
        markup.table(
            "differences",
            caption: "Places that differ",
            heads: ["Place", "Shipped bytes", "Counted as", "Likely cause"]
        ) { body in
            body.tableRows(
                item.differences,
                upTo: .differences,
                columnCount: 4,
                unlisted: item.unlistedDifferenceCount
            ) { rows, difference in
                write(difference, to: &rows)
            }
        }
    }

    private func write(_ difference: ByteDifference, to rows: inout Markup) {
        rows.element("tr") { row in
            row.element("th", [.scope("row")]) { cell in
                cell.show(Spelling.shortened(difference.place, to: 300))
                guard let range = difference.range, !range.isEmpty else { return }
                let (first, last) = (Spelling.number(range.lowerBound), Spelling.number(range.upperBound - 1))
                cell.element(
                    "span",
                    [.class("note")],
                    show: first == last ? " byte \(first)" : " bytes \(first) to \(last)"
                )
            }
            row.element("td", [.class("number")], show: Spelling.number(difference.byteCount))
            row.element("td", say: difference.accountedAs.words)
            row.element("td", say: difference.cause.words)
        }
        guard difference.view != nil || difference.fix != nil else { return }
        rows.newLine()
        rows.element("tr", [.class("view")]) { row in
            row.element("td", [.init("colspan", "4")]) { cell in
                if let fix = difference.fix {
                    cell.element("p", [.class("fix")], show: "Usual fix: \(Spelling.shortened(fix, to: 600))")
                }
                guard let view = difference.view else { return }
                cell.element("details") { details in
                    details.element("summary", say: view.offer)
                    DifferenceView.write(view, to: &details)
                }
            }
        }
    }

    private static func words(_ content: ComparedItem.Content?) -> String {
        guard let content else { return "not there" }
        return Spelling.bytes(content.size) + (content.digest.map { ", SHA-256 \($0.hex)" } ?? "")
    }
}

extension ComparedItem.Presence {
    fileprivate var words: StaticString {
        switch self {
        case .both: "on both sides"
        case .onlyShipped: "only in what was shipped"
        case .onlyRebuilt: "only in the rebuild"
        }
    }
}

extension ByteDifference.View {
    fileprivate var offer: StaticString {
        switch self {
        case .hex: "Show the bytes"
        case .text: "Show the lines"
        case .property: "Show the values"
        }
    }
}
