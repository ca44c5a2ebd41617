import Attestations
import BuildStatements
import Comparison

/// Where every shipped byte comes from: by class, as a map, and by shipped file.
struct AccountingSection {
    let items: [ComparedItem]
    let account: ByteAccount

    func write(to markup: inout Markup) {
        markup.element("section") { section in
            section.element("h2", say: "Where every byte comes from")
            writeClasses(to: &section)
            TreemapDrawing.write(items, to: &section)
            writeFiles(to: &section)
        }
        markup.newLine()
    }

    private func writeClasses(to markup: inout Markup) {
        let line = AccountingLine(account: account)
        markup.table("classes", caption: "Shipped bytes by class", heads: ["Class", "Bytes", "Share", "Meaning"]) {
            body in
            for each in ByteAccount.Class.allCases {
                body.element("tr") { row in
                    row.element("th", [.scope("row")]) { cell in
                        TreemapDrawing.swatch(each, to: &cell)
                        cell.say(each.words)
                    }
                    row.element("td", [.class("number")], show: Spelling.number(account[each]))
                    row.element("td", [.class("number")], show: account.total > 0 ? line.percentage(each) : "-")
                    row.element("td", say: each.meaning)
                }
                body.newLine()
            }
        }
        let size = items.reduce(UInt64(0)) { sum, item in
            let (next, overflow) = sum.addingReportingOverflow(item.shipped?.size ?? 0)
            return overflow ? .max : next
        }
        guard size != account.total else { return }
        markup.element(
            "p",
            [.class("note")],
            show: "The shipped files have \(Spelling.bytes(size)); the classes count \(Spelling.number(account.total))."
        )
    }

    private func writeFiles(to markup: inout Markup) {
        markup.table(
            "files",
            caption: "Shipped files",
            heads: ["File", "Grade", "Shipped bytes", "Reproduced", "Unexplained"]
        ) { body in
            // The worst first, so that no ceiling hides them.
            let order = items.indices.sorted { left, right in
                let (one, other) = (items[left], items[right])
                if one.grade != other.grade { return one.grade < other.grade }
                if one.account.unexplained != other.account.unexplained {
                    return one.account.unexplained > other.account.unexplained
                }
                return left < right
            }
            body.tableRows(order.map { items[$0] }, upTo: .shippedFiles, columnCount: 5) { body, item in
                body.element("tr") { row in
                    row.element("th", [.scope("row")]) { $0.element("code", show: Spelling.name(item.name)) }
                    row.element("td", [.init("class", "grade \(item.grade.rawValue)")]) { cell in
                        cell.element("span", [.init("aria-hidden", "true")], say: item.grade.mark)
                        cell.show(" ")
                        cell.say(item.grade.words)
                    }
                    row.element("td", [.class("number")], show: Spelling.number(item.shipped?.size ?? 0))
                    row.element("td", [.class("number")], show: Spelling.number(item.account.reproduced))
                    row.element("td", [.class("number")], show: Spelling.number(item.account.unexplained))
                }
            }
        }
    }
}
