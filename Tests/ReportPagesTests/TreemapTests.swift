import Attestations
import BuildStatements
import Comparison
import SampleReports
import TestSupport
import Testing

@testable import ReportPages

/// Tiles cover the map exactly, each in proportion to its bytes.
@Suite struct TreemapTests {
    private let whole = TreemapTiles.whole

    private func check(_ rectangles: [TreemapLayout.Rectangle], in whole: TreemapLayout.Rectangle) {
        let sum = rectangles.reduce(0) { $0 + $1.area }
        #expect(abs(sum - whole.area) < whole.area * 1e-9)
        for each in rectangles {
            #expect(each.x >= whole.x - 1e-6 && each.x + each.width <= whole.x + whole.width + 1e-6)
            #expect(each.y >= whole.y - 1e-6 && each.y + each.height <= whole.y + whole.height + 1e-6)
        }
        for (index, one) in rectangles.enumerated() {
            for other in rectangles[(index + 1)...] {
                let width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
                let height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
                #expect(min(width, height) < 1e-6, "tiles overlap")
            }
        }
    }

    @Test(arguments: 1...12)
    func areasAreProportional(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let weights = (0..<(seed * 25)).map { _ in Double(UInt64.random(in: 1...1_000_000, using: &generator)) }
            .sorted(by: >)
        let rectangles = TreemapLayout.rectangles(weights, in: whole)
        #expect(rectangles.count == weights.count)
        check(rectangles, in: whole)
        let sum = weights.reduce(0, +)
        for (weight, rectangle) in zip(weights, rectangles) {
            #expect(abs(rectangle.area - weight / sum * whole.area) < 1e-3)
        }
    }

    @Test func equalWeightsGiveTilesNearToSquares() {
        for each in TreemapLayout.rectangles([Double](repeating: 1, count: 64), in: whole) {
            #expect(max(each.width / each.height, each.height / each.width) < 3)
        }
    }

    @Test func bearsExtremes() {
        let rectangles = TreemapLayout.rectangles([1e18, 1, 1, 1e-9], in: whole)
        #expect(rectangles.count == 4)
        check(rectangles, in: whole)
        for each in rectangles {
            #expect([each.x, each.y, each.width, each.height].allSatisfy { $0.isFinite && $0 >= 0 })
        }
        #expect(TreemapLayout.rectangles([], in: whole).isEmpty)
    }

    @Test(arguments: SampleReport.allCases)
    func tilesOfPagesCoverTheMapAndAllBytes(_ sample: SampleReport) {
        let items = sample.page.items
        let tiles = TreemapTiles(items).tiles
        guard !items.isEmpty else {
            #expect(tiles.isEmpty)
            return
        }
        #expect(tiles.count <= TreemapTiles.maximumCount)
        check(tiles.map(\.rectangle), in: whole)
        var account = ByteAccount()
        for tile in tiles { account.add(tile.account) }
        #expect(account == sample.page.account)
        for tile in tiles {
            let share = Double(tile.account.total) / Double(account.total)
            #expect(abs(tile.rectangle.area - share * whole.area) < 1e-3)
        }
    }

    @Test func groupsWhatIsTooSmallAndLosesNoByte() throws {
        let large = SampleReport.item("large", size: 1_000_000)
        let bad = SampleReport.item(
            "bad",
            size: 3,
            grade: .different,
            account: SampleReport.account(1, unexplained: 2)
        )
        let tiles = TreemapTiles([bad, large] + (0..<50).map { SampleReport.item("small-\($0)", size: 1) }).tiles
        #expect(tiles.map(\.label) == ["large", "51 smaller files"])
        #expect(try #require(tiles.last).account.unexplained == 2)
        #expect(
            String(decoding: page([bad, large]).bytes, as: UTF8.self).contains(
                "bad: 3 bytes, 1 reproduced, 2 unexplained"
            )
        )
    }

    @Test func neverHasMoreTilesThanItMay() {
        func nested(_ depth: Int) -> ComparedItem {
            let members = depth == 0 ? [] : (0..<11).map { _ in nested(depth - 1) }
            let size = members.reduce(1) { $0 + ($1.shipped?.size ?? 0) }
            return SampleReport.item("level-\(depth)", size: size, members: members)
        }
        let tiles = TreemapTiles([nested(4)]).tiles
        #expect(tiles.count > 100)
        #expect(tiles.count <= TreemapTiles.maximumCount)
    }

    @Test func spellsSharesInPercent() {
        #expect([0, 0.5, 1, 0.123456].map(TreemapDrawing.percent) == ["0.000%", "50.000%", "100.000%", "12.346%"])
    }

    private func page(_ items: [ComparedItem]) -> ReportPage {
        ReportPage(title: "x", items: items, command: [])
    }
}
