import Comparison
import Encodings

/// What a difference looks like: bytes beside bytes, lines above lines, or two values.
enum DifferenceView {
    /// The most bytes of each side that are shown.
    static let maximumHexByteCount = 512
    /// The bytes in a row.
    static let rowByteCount = 8

    /// Writes a view.
    static func write(_ view: ByteDifference.View, to markup: inout Markup) {
        switch view {
        case .hex(let shippedOffset, let shipped, let rebuiltOffset, let rebuilt):
            write(Side(shippedOffset, shipped), Side(rebuiltOffset, rebuilt), to: &markup)
        case .text(let lines): write(lines, to: &markup)
        case .property(let shipped, let rebuilt):
            markup.element("dl", [.class("facts property")]) { list in
                list.element("dt", say: "\u{2212} Shipped")
                list.element("dd") { $0.element("code", show: Spelling.shortened(shipped, to: 2000)) }
                list.element("dt", say: "+ Rebuilt")
                list.element("dd") { $0.element("code", show: Spelling.shortened(rebuilt, to: 2000)) }
            }
        }
    }

    // MARK: Bytes

    private struct Side {
        let offset: UInt64
        let bytes: ArraySlice<UInt8>
        let hiddenCount: Int

        init(_ offset: UInt64, _ bytes: [UInt8]) {
            self.offset = offset
            self.bytes = bytes.prefix(maximumHexByteCount)
            hiddenCount = bytes.count - self.bytes.count
        }
    }

    private static func write(_ shipped: Side, _ rebuilt: Side, to markup: inout Markup) {
        markup.table(
            "hex",
            caption: "Bytes in hexadecimal; differing ones are marked",
            heads: ["\u{2212} Offset", "Shipped", "As text", "+ Offset", "Rebuilt", "As text"]
        ) { body in
            let count = max(shipped.bytes.count, rebuilt.bytes.count)
            for start in stride(from: 0, to: count, by: rowByteCount) {
                body.element("tr") { row in
                    write(shipped, beside: rebuilt, from: start, to: &row)
                    write(rebuilt, beside: shipped, from: start, to: &row)
                }
                body.newLine()
            }
            let hidden = max(shipped.hiddenCount, rebuilt.hiddenCount)
            guard hidden > 0 else { return }
            body.element("tr", [.class("more")]) {
                $0.element("td", [.init("colspan", "6")], show: "\(Spelling.bytes(UInt64(hidden))) more not shown")
            }
        }
    }

    private static func write(_ side: Side, beside other: Side, from start: Int, to row: inout Markup) {
        let indices = start..<max(start, min(start + rowByteCount, side.bytes.count))
        let (offset, overflow) = side.offset.addingReportingOverflow(UInt64(start))
        row.element("td", [.class("offset")], show: indices.isEmpty || overflow ? "" : Hex.offset(offset))
        for isText in [false, true] {
            row.element("td", [.class(isText ? "ink" : "digits")]) { cell in
                for run in runs(side, other, indices) {
                    if run.lowerBound > indices.lowerBound, !isText { cell.show(" ") }
                    let differs = isDifferent(side, other, run.lowerBound)
                    let words = run.map { isText ? ink(side.bytes[$0]) : Hex.encode(CollectionOfOne(side.bytes[$0])) }
                        .joined(separator: isText ? "" : " ")
                    if differs { cell.element("mark", show: words) } else { cell.show(words) }
                }
            }
        }
    }

    /// The stretches of `indices` that are the same on both sides, or differ, in order.
    private static func runs(_ side: Side, _ other: Side, _ indices: Range<Int>) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = indices.lowerBound
        for index in indices where index > start && isDifferent(side, other, index) != isDifferent(side, other, start) {
            runs.append(start..<index)
            start = index
        }
        if start < indices.upperBound { runs.append(start..<indices.upperBound) }
        return runs
    }

    private static func isDifferent(_ side: Side, _ other: Side, _ index: Int) -> Bool {
        index >= other.bytes.count || side.bytes[index] != other.bytes[index]
    }

    private static func ink(_ byte: UInt8) -> String {
        (0x20...0x7E).contains(byte) ? String(Character(Unicode.Scalar(byte))) : "."
    }

    // MARK: Lines

    private static func write(_ lines: [ByteDifference.Line], to markup: inout Markup) {
        markup.table(
            "lines",
            caption: "Lines; invisible characters are spelled out, letters beyond ASCII underlined",
            heads: ["Shipped line", "Rebuilt line", "Side", "Text"]
        ) { body in
            body.tableRows(lines, upTo: .textLines, columnCount: 4) { rows, line in
                rows.element("tr", [.class(line.side.styleName)]) { row in
                    row.element("td", [.class("offset")], show: line.shippedNumber.map(String.init) ?? "")
                    row.element("td", [.class("offset")], show: line.rebuiltNumber.map(String.init) ?? "")
                    row.element("td", [.class("side")], say: line.side.sign)
                    row.element("td", [.class("text"), .init("dir", "ltr")]) {
                        $0.showLine(line.bytes, isChanged: line.side != .both)
                    }
                }
            }
        }
    }
}

extension Hex {
    /// At least eight digits of an offset.
    fileprivate static func offset(_ offset: UInt64) -> String {
        let digits = String(offset, radix: 16)
        return String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
    }
}

extension ByteDifference.Line.Side {
    fileprivate var styleName: StaticString {
        switch self {
        case .both: "same"
        case .shipped: "shipped"
        case .rebuilt: "rebuilt"
        }
    }

    fileprivate var sign: StaticString {
        switch self {
        case .both: ""
        case .shipped: "\u{2212}"
        case .rebuilt: "+"
        }
    }
}
