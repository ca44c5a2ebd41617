import Testing

@testable import Comparison

@Suite struct MachOLayoutTests {
    static let read: Reading = { try MachOLayout.layout(of: BytesInMemory($0)) }
    static let forms = [(true, false), (true, true), (false, false), (false, true)]

    @Test(arguments: forms) func readsBothClassesAndByteOrders(_ is64: Bool, _ isBigEndian: Bool) throws {
        let object = MachOBytes(is64: is64, isBigEndian: isBigEndian)
        let file = object.file()
        #expect(MachOLayout.recognises(file))
        let layout = try Self.read(file)
        expectWhole(layout, UInt64(file.count))
        let text = UInt64(object.textStart)
        #expect(layout.named("__TEXT,__text")?.range == text..<text + 40)
        #expect(layout.named("__TEXT,__bss") == nil)
        #expect(layout.bytes(.buildID, of: file) == [[UInt8](1...16)])
        #expect(layout.named(is64 ? "LC_SEGMENT_64 __LINKEDIT" : "LC_SEGMENT __LINKEDIT")?.kind == .header)
        #expect(layout.symbols == [.init(text..<text + 16, "_main"), .init(text + 16..<text + 40, "_next")])
        #expect(layout.named("indirect symbols")?.range.count == 8)
        #expect(layout.regions.last?.name == "string table")
        #expect(!layout.regions.contains { $0.kind == .signature || $0.kind == .overlay })
        #expect(try Self.read(file + [1]).regions.last?.kind == .overlay)
    }

    @Test func callsTheRestOfLinkEditByItsName() throws {
        var object = MachOBytes()
        object.signature = MachOBytes.superBlob([(0, [1, 2, 3])])
        let file = object.file()
        // LC_CODE_SIGNATURE becomes a command that nothing is known of.
        let command = object.textStart / 16 * 16
        let place = try #require((0..<command).first { Array(file[$0..<$0 + 8]) == [0x1D, 0, 0, 0, 16, 0, 0, 0] })
        let layout = try Self.read(file.with([0x7D], at: place))
        #expect(layout.regions.last?.name == "__LINKEDIT" && layout.regions.last?.kind == .section)
        #expect(layout.named("load command 0x7d")?.kind == .header)
    }

    @Test func namesTheDataOfOtherCommands() throws {
        var object = MachOBytes()
        var commands = ByteWriter()
        commands.u32(0x26, 16, 4, 0)
        object.commands = [commands.bytes]
        let start = UInt64(object.textStart)
        commands.bytes = []
        commands.u32(0x0D, 24, 24, 7, 1, 1)
        object.commands = [commands.bytes]
        let file = object.file()
        #expect(try Self.read(file).bytes(.timestamp, of: file) == [[7, 0, 0, 0]])
        commands.bytes = []
        commands.u32(0x26, 16, start + 41, 5)
        object.commands = [commands.bytes]
        #expect(try Self.read(object.file()).named("data of LC_FUNCTION_STARTS")?.range == start + 41..<start + 46)
        // Over the code.
        commands.bytes = []
        commands.u32(0x26, 16, start + 39, 5)
        object.commands = [commands.bytes]
        let error = #expect(throws: MalformedLayout.self) { try Self.read(object.file()) }
        #expect(error?.reason == "__TEXT,__text and data of LC_FUNCTION_STARTS share bytes")
    }

    @Test func refusesWhatDoesNotHoldTogether() throws {
        var object = MachOBytes()
        let file = object.file()
        func reason(_ bytes: [UInt8], _ offset: Int) throws -> String {
            try #require(throws: MalformedLayout.self) { try Self.read(file.with(bytes, at: offset)) }.reason
        }
        let segment = object.segmentStarts[1]
        #expect(try reason([0xCE, 0xFA, 0xED, 0xFF], 0) == "not a Mach-O file")
        #expect(try reason([4], 16) == "bytes behind the last load command")
        #expect(try reason([1, 0x40], 16) == "more than 16384 load commands")
        #expect(try reason([6], 16) == "a load command does not fit")
        #expect(try reason([0xFF, 0xFF, 0xFF], 20) == "the load commands reaches behind the end of the file")
        #expect(try reason([0], 36) == "a load command does not fit")
        #expect(try reason([73], segment + 4) == "a load command does not fit")
        #expect(try reason([1], segment + 64) == "the sections of __LINKEDIT do not fill its command")
        #expect(try reason([0xFF, 0xFF], segment + 48) == "segment __LINKEDIT reaches behind the end of the file")
        #expect(try reason([0, 1], segment + 40) == "__TEXT and __LINKEDIT share bytes")
        #expect(try reason([28], segment + 72 + 4) == "LC_UUID has a wrong size")
        object.indirectOffset = UInt64(object.linkEditStart) + 4
        let error = #expect(throws: MalformedLayout.self) { try Self.read(object.file()) }
        #expect(error?.reason == "symbol table and indirect symbols share bytes")
    }

    @Test(arguments: forms) func endsWhateverTheFileIs(_ is64: Bool, _ isBigEndian: Bool) {
        var object = MachOBytes(is64: is64, isBigEndian: isBigEndian)
        object = object.signed {
            let directory = MachOBytes.codeDirectory(size: $0)
            return MachOBytes.superBlob([(0, directory), (0x10000, [4])], gap: [0, 0], reserved: [0, 0, 0])
        }
        survives(object.file(), Self.read, seed: is64 ? 6 : 7, randomCases: 4000)
    }
}
