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
}
