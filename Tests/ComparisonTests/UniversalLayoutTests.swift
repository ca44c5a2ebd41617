import Testing

@testable import Comparison

@Suite struct UniversalLayoutTests {
    private static func slices() -> [(UInt64, [UInt8])] {
        var signed = MachOBytes()
        signed.signature = MachOBytes.superBlob([(0, [1, 2, 3])])
        return [(0x0100_000C, signed.file()), (7, MachOBytes(is64: false).file()), (18, Array("!<arch>\n".utf8))]
    }

    @Test(arguments: [false, true]) func namesEverySliceByItsArchitecture(_ is64: Bool) throws {
        let slices = Self.slices()
        let file = MachOBytes.universal(slices, is64: is64)
        #expect(MachOLayout.recognises(file))
        let layout = try MachOLayoutTests.read(file)
        expectWhole(layout, UInt64(file.count))
        #expect(layout.regions.first?.name == "universal header")
        let signed = try MachOLayoutTests.read(slices[0].1)
        let nested = layout.regions.filter { $0.name.hasPrefix("arm64: ") }
        #expect(nested.map(\.kind) == signed.regions.map(\.kind))
        #expect(nested.map(\.range.lowerBound) == signed.regions.map { $0.range.lowerBound + 192 })
        #expect(layout.named("i386: __TEXT,__text")?.kind == .section)
        #expect(layout.named("ppc slice")?.kind == .member)
        #expect(layout.symbols.count == 4)
        #expect(layout.symbols.first?.range.lowerBound == signed.symbols.first.map { $0.range.lowerBound + 192 })
        #expect(layout.region(containing: 191)?.kind == .padding)
    }

    @Test func isNoClassFileOfJava() {
        // The version stands where the number of slices would.
        #expect(!MachOLayout.recognises([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 45]))
        #expect(MachOLayout.recognises([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 30]))
        #expect(!MachOLayout.recognises([0xCF, 0xFA, 0xED, 0xFE]))
    }

    @Test func refusesSlicesThatDoNotHoldTogether() throws {
        let file = MachOBytes.universal(Self.slices())
        func reason(_ bytes: [UInt8], _ offset: Int) throws -> String {
            try #require(throws: MalformedLayout.self) { try MachOLayoutTests.read(file.with(bytes, at: offset)) }
                .reason
        }
        #expect(try reason([0, 0, 0, 31], 4) == "more than 30 slices")
        #expect(try reason([0, 0, 0, 200], 8 + 20 + 8) == "arm64 and i386 share bytes")
        #expect(try reason([0, 0, 0, 60], 8 + 8) == "universal header and arm64 share bytes")
        #expect(try reason([1], 8 + 12) == "the slice arm64 reaches behind the end of the file")
        let error = #expect(throws: MalformedLayout.self) {
            try MachOLayoutTests.read(file.with([0xFF], at: 192 + 16))
        }
        #expect(error?.reason == "arm64: a load command does not fit" && (error?.offset ?? 0) > 192)
    }

    @Test func readsNoUniversalFileWithinAnother() throws {
        let inner = MachOBytes.universal(Self.slices())
        #expect(try MachOLayoutTests.read(MachOBytes.universal([(7, inner)])).named("i386 slice")?.kind == .member)
    }

    @Test func endsWhateverTheFileIs() {
        survives(MachOBytes.universal(Self.slices()), MachOLayoutTests.read, seed: 8, randomCases: 4000)
    }
}
