/// How much of a list a page shows: all of it may be larger than a browser bears.
struct RowCeiling {
    /// The most rows.
    let count: Int
    /// The bytes of markup after which no further row begins.
    let byteCount: Int

    static let links = RowCeiling(count: 50, byteCount: 500_000)
    static let findings = RowCeiling(count: 1000, byteCount: 1_000_000)
    static let shippedFiles = RowCeiling(count: 2000, byteCount: 1_000_000)
    static let differingItems = RowCeiling(count: 2000, byteCount: 7_000_000)
    static let differences = RowCeiling(count: 200, byteCount: 2_000_000)
    static let fixes = RowCeiling(count: 20, byteCount: 40_000)
    static let textLines = RowCeiling(count: 400, byteCount: 200_000)
    static let openedFiles = RowCeiling(count: 5000, byteCount: 1_000_000)
    static let names = RowCeiling(count: 5000, byteCount: 500_000)
    static let digests = RowCeiling(count: 500, byteCount: 500_000)
}

extension Markup {
    /// Writes one row for each element up to a ceiling, then one line for those that are left out.
    ///
    /// `unlisted` counts what the list itself already lacks.
    mutating func rows<Element>(
        _ elements: some Collection<Element>,
        upTo ceiling: RowCeiling,
        unlisted: Int = 0,
        more: (inout Markup, String) -> Void,
        row: (inout Markup, Element) -> Void
    ) {
        let start = bytes.count
        var shown = 0
        for element in elements.prefix(ceiling.count) {
            guard bytes.count - start < ceiling.byteCount else { break }
            row(&self, element)
            newLine()
            shown += 1
        }
        let (hidden, overflow) = (elements.count - shown).addingReportingOverflow(max(0, unlisted))
        guard hidden > 0 || overflow else { return }
        more(&self, "\(Spelling.number(overflow ? Int.max : hidden)) more not shown")
        newLine()
    }

    /// Writes names one below the other.
    mutating func names(_ names: some Collection<String>, upTo ceiling: RowCeiling) {
        element("ul", [.class("names")]) { list in
            list.rows(names, upTo: ceiling) { list, words in
                list.element("li", show: words)
            } row: { list, name in
                list.element("li") { $0.element("code", show: name) }
            }
        }
    }

    /// Writes the rows of a table with `columnCount` columns.
    mutating func tableRows<Element>(
        _ elements: some Collection<Element>,
        upTo ceiling: RowCeiling,
        columnCount: Int,
        unlisted: Int = 0,
        row: (inout Markup, Element) -> Void
    ) {
        rows(elements, upTo: ceiling, unlisted: unlisted) { page, words in
            page.element("tr", [.class("more")]) {
                $0.element("td", [.init("colspan", String(columnCount))], show: words)
            }
        } row: { page, element in
            row(&page, element)
        }
    }

    /// Writes a table that can be scrolled sideways: its caption, the heads of its columns and its body.
    mutating func table(
        _ style: StaticString,
        caption: StaticString,
        heads: [StaticString],
        body: (inout Markup) -> Void
    ) {
        element(
            "div",
            [
                .class("scroll"), .init("tabindex", "0"), .init("role", "group"),
                .init("aria-label", caption.description),
            ]
        ) {
            $0.element("table", [.class(style)]) {
                $0.element("caption", say: caption)
                $0.element("thead") {
                    $0.element("tr") { row in
                        for head in heads { row.element("th", [.scope("col")], say: head) }
                    }
                }
                $0.element("tbody", [], body)
            }
        }
        newLine()
    }
}
