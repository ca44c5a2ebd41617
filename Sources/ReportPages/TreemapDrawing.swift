import Attestations
import BuildStatements
import Comparison

/// Draws the treemap as SVG; its tiles keep their share of the map at any width, and its letters keep their size.
enum TreemapDrawing {
    /// Writes the map; nothing where no byte was shipped.
    static func write(_ items: [ComparedItem], to page: inout Markup) {
        let tiles = TreemapTiles(items).tiles
        guard !tiles.isEmpty else { return }
        page.element("figure", [.class("map")]) { figure in
            figure.element(
                "svg",
                [
                    .init("width", "100%"), .init("height", "440"), .init("role", "img"),
                    .init("aria-labelledby", "map-title"), .init("aria-describedby", "map-caption"),
                ]
            ) { svg in
                svg.element("title", [.id("map-title")], say: "Every shipped byte, by file and class")
                svg.newLine()
                patterns(&svg)
                for tile in tiles {
                    write(tile, to: &svg)
                    svg.newLine()
                }
            }
            figure.element("figcaption", [.id("map-caption")]) {
                $0.say(
                    """
                    The area of a tile is the size of a file or of a member of an archive; its pattern is the class of its \
                    bytes. A band at the right edge shows bytes of another class, never narrower than can be seen. \
                    A tile marked ! holds unexplained bytes. The tables below say the same in numbers.
                    """
                )
            }
        }
        page.newLine()
    }

    /// A small square with the pattern of a class, for the legend.
    static func swatch(_ class: ByteAccount.Class, to page: inout Markup) {
        page.element(
            "svg",
            [.class("swatch"), .init("width", "28"), .init("height", "18"), .init("aria-hidden", "true")]
        ) { svg in
            svg.element(
                "rect",
                [.init("width", "100%"), .init("height", "100%"), .init("fill", fill(`class`)), .class("edge")]
            )
        }
    }

    private static func write(_ tile: TreemapTiles.Tile, to svg: inout Markup) {
        let place = tile.rectangle
        let whole = TreemapTiles.whole
        let isUnexplained = tile.account.unexplained > 0
        svg.element(
            "svg",
            [
                .init("x", percent(place.x / whole.width)), .init("y", percent(place.y / whole.height)),
                .init("width", percent(place.width / whole.width)),
                .init("height", percent(place.height / whole.height)),
            ]
        ) { inner in
            inner.element("title", show: title(tile))
            bands(tile, to: &inner)
            inner.element(
                "rect",
                [
                    .init("width", "100%"), .init("height", "100%"), .init("fill", "none"),
                    isUnexplained ? .class("alarm") : .class("edge"),
                ]
            )
            label(tile, isUnexplained: isUnexplained, to: &inner)
        }
    }

    private static func label(_ tile: TreemapTiles.Tile, isUnexplained: Bool, to svg: inout Markup) {
        guard tile.rectangle.height >= 18, tile.rectangle.width >= 14 else { return }
        let isWide = tile.rectangle.width >= 40
        if isWide || isUnexplained {
            svg.element("text", [.init("x", isWide ? "7" : "5"), .init("y", "17"), .class("label")]) {
                $0.show((isUnexplained ? "! " : "") + (isWide ? Spelling.shortened(tile.label, to: 80) : ""))
            }
        }
        guard tile.rectangle.width >= 90, tile.rectangle.height >= 36 else { return }
        svg.element("text", [.init("x", "7"), .init("y", "33"), .class("label size")]) {
            $0.show(Spelling.bytes(tile.account.total))
        }
    }

    /// The fill of a tile: the largest class beneath, a band for every other one, the worst at the edge.
    private static func bands(_ tile: TreemapTiles.Tile, to svg: inout Markup) {
        let account = tile.account
        let classes = ByteAccount.Class.allCases.filter { account[$0] > 0 }
        guard let base = classes.max(by: { account[$0] < account[$1] }) else { return }
        svg.element(
            "rect",
            [.init("width", "100%"), .init("height", "100%"), .init("fill", fill(base))]
        )
        var edge = 1.0
        for each in classes.reversed() where each != base {
            let share = Double(account[each]) / Double(account.total)
            let width = max(min(0.2, 12 / tile.rectangle.width), share)
            edge -= width
            svg.element(
                "rect",
                [
                    .init("x", percent(max(0, edge))), .init("width", percent(width)), .init("height", "100%"),
                    .init("fill", fill(each)), .class("edge"),
                ]
            )
        }
    }

    private static func title(_ tile: TreemapTiles.Tile) -> String {
        let classes = ByteAccount.Class.allCases.filter { tile.account[$0] > 0 }
            .map { "\(Spelling.number(tile.account[$0])) \($0.words)" }
        return "\(tile.path): \(Spelling.bytes(tile.account.total)), \(classes.joined(separator: ", "))"
    }

    private static func fill(_ class: ByteAccount.Class) -> String { "url(#fill-\(`class`.styleName))" }

    /// A share in percent with three digits behind the point.
    static func percent(_ share: Double) -> String {
        let thousandths = Int((share * 100_000).rounded())
        let digits = String(thousandths % 1000 + 1000).dropFirst()
        return "\(thousandths / 1000).\(digits)%"
    }

    private static func patterns(_ svg: inout Markup) {
        svg.element("defs") { defs in
            for each in ByteAccount.Class.allCases {
                defs.element(
                    "pattern",
                    [
                        .init("id", "fill-\(each.styleName)"), .init("width", "9"), .init("height", "9"),
                        .init("patternUnits", "userSpaceOnUse"),
                    ]
                ) { pattern in
                    pattern.element(
                        "rect",
                        [.init("width", "9"), .init("height", "9"), .init("class", "ground-\(each.styleName)")]
                    )
                    guard let lines = each.lines else { return }
                    pattern.element(
                        "path",
                        [.init("d", lines.description), .init("class", "ink-\(each.styleName)")]
                    )
                }
            }
        }
        svg.newLine()
    }
}

extension ByteAccount.Class {
    /// The lines of the pattern of a class, in a square of nine by nine; nil for a plain ground.
    fileprivate var lines: StaticString? {
        switch self {
        case .reproduced: nil
        case .signature: "M-1 1L1 -1M0 9L9 0M8 10L10 8"
        case .thirdParty: "M4.5 4.5h.01"
        case .waived: "M0 4.5H9"
        case .unexplained: "M0 9L9 0M0 0L9 9"
        }
    }
}
