import Testing

@testable import Comparison

@Suite struct LayoutLookupTests {
    @Test func findsTheRegionOfAnyByte() throws {
        let regions = [
            FileLayout.Region(0..<4, .header, "a"), .init(6..<8, .section, "b"), .init(8..<9, .section, "c"),
        ]
        let layout = try #require(FileLayout(format: "x", count: 10, regions: regions))
        let names = (0..<10).map { layout.region(containing: $0)?.name }
        #expect(names[..<6] == ["a", "a", "a", "a", "between parts", "between parts"])
        #expect(names[6...] == ["b", "b", "c", "behind the last part"])
        #expect(layout.region(containing: 10) == nil && layout.region(containing: .max) == nil)
        #expect(FileLayout(format: "x", count: 0, regions: [])?.region(containing: 0) == nil)
    }

    @Test func findsTheInnermostSymbol() throws {
        let symbols = [FileLayout.Symbol(2..<20, "outer"), .init(4..<6, "inner"), .init(30..<31, "late")]
        let layout = try #require(FileLayout(format: "x", count: 40, regions: [], symbols: symbols))
        let names = [1, 2, 4, 5, 6, 19, 20, 30, 31].map { layout.symbol(containing: $0)?.name }
        #expect(names == [nil, "outer", "inner", "inner", "outer", "outer", nil, "late", nil])
    }

    @Test func letsSymbolsWithoutASizeReachToTheNext() {
        var symbols = LayoutSymbols()
        for (offset, end, name) in [(8, 20, "b"), (0, 20, "a"), (8, 20, "alias"), (30, 40, "z")]
            as [(UInt64, UInt64, String)]
        {
            symbols.add(from: offset, upTo: end, name)
        }
        symbols.add(2..<3, "sized")
        symbols.add(5..<5, "empty")
        #expect(symbols.ordered().map(\.name) == ["a", "sized", "alias", "b", "z"])
        #expect(symbols.ordered().map(\.range) == [0..<8, 2..<3, 8..<20, 8..<20, 30..<40])
    }

    @Test func keepsNoMoreSymbolsThanIsReasonable() {
        var symbols = LayoutSymbols()
        for _ in 0...LayoutSymbols.maximumCount { symbols.add(0..<1, "") }
        #expect(symbols.isFull && symbols.ordered().count == LayoutSymbols.maximumCount)
        var long = LayoutSymbols()
        let name = String(repeating: "x", count: 1 << 20)
        for _ in 0..<20 { long.add(from: 0, upTo: 1, name) }
        #expect(long.ordered().count == 16)
    }

    @Test func escapesAndCutsNames() throws {
        let bytes = Array("\0a b\u{1B}%\0".utf8) + [UInt8](repeating: 0x41, count: 300)
        let reader = LayoutReader(BytesInMemory(bytes), format: "x")
        var names = NameTable(reader, 0..<reader.count)
        #expect(try names.name(at: 0) == nil && names.name(at: reader.count) == nil && names.name(at: .max) == nil)
        #expect(try names.name(at: 1) == "a%20b%1B%25")
        #expect(try names.name(at: 7) == String(repeating: "A", count: 255))
        #expect(try names.name(at: reader.count - 1) == "A")
    }
}
