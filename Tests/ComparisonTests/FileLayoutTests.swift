import Testing

@testable import Comparison

@Suite struct FileLayoutTests {
    private typealias Region = FileLayout.Region

    @Test func coversEveryByteOnce() throws {
        let regions = [Region(0..<4, .header, "a"), Region(6..<6, .section, "empty"), Region(6..<8, .section, "b")]
        let layout = try #require(FileLayout(format: "x", count: 10, regions: regions))
        #expect(layout.regions.map(\.range) == [0..<4, 4..<6, 6..<8, 8..<10])
        #expect(layout.regions.map(\.kind) == [.header, .padding, .section, .overlay])
    }

    @Test(arguments: [[0..<4, 3..<5], [4..<6, 0..<2], [0..<11]] as [[Range<UInt64>]])
    func refusesRegionsThatOverlapOrReachOutside(_ ranges: [Range<UInt64>]) {
        let regions = ranges.map { Region($0, .section, "s") }
        #expect(FileLayout(format: "x", count: 10, regions: regions) == nil)
    }

    @Test func namesARegionByItsPartAndSubject() {
        let shared = Region(0..<4, .header, .mode, of: "a")
        #expect(shared.name == "mode of a" && shared == Region(0..<4, .header, "mode of a"))
        #expect(shared.hashValue == Region(0..<4, .header, "mode of a").hashValue)
        #expect(shared != Region(0..<4, .header, .owner, of: "a") && shared != Region(0..<4, .timestamp, "mode of a"))
        #expect(LayoutPart.allCases.allSatisfy { $0 == .whole || $0.rawValue.hasSuffix(" ") })
    }

    @Test func keepsWhatIsCoveredAlready() throws {
        let regions = [Region(0..<4, .header, "a"), Region(4..<10, .section, "b")]
        #expect(try #require(FileLayout(format: "x", count: 10, regions: regions)).regions == regions)
        #expect(FileLayout(format: "x", count: 9, regions: regions) == nil)
        #expect(FileLayout(format: "x", count: 11, regions: regions)?.regions.last?.kind == .overlay)
    }
}
