import Testing

@testable import Comparison

@Suite struct ELFLayoutTests {
    static let read: Reading = { try ELFLayout.layout(of: BytesInMemory($0)) }
    static let forms = [(true, false), (true, true), (false, false), (false, true)]

    @Test(arguments: forms) func readsBothClassesAndByteOrders(_ is64: Bool, _ isBigEndian: Bool) throws {
        var elf = ELFBytes.usual(is64: is64, isBigEndian: isBigEndian)
        let file = elf.file()
        #expect(ELFLayout.recognises(file))
        let layout = try Self.read(file)
        expectWhole(layout, UInt64(file.count))
        #expect(layout.regions.first?.name == "ELF header")
        #expect(layout.regions.last?.name == "section headers")
        #expect(layout.bytes(.buildID, of: file) == [[UInt8](0...19)])
        #expect(layout.bytes(.checksum, of: file) == [[1, 2, 3, 4]])
        let text = try #require(layout.named(".text"))
        #expect(text.range.lowerBound == UInt64(elf.offsets[0]) && text.range.count == 29)
        #expect(layout.named(".note.ABI-tag, note 1 of GNU")?.kind == .section)
        #expect(layout.named(".bss") == nil)
        let start = text.range.lowerBound
        #expect(layout.symbols == [.init(start..<start + 16, "main"), .init(start + 16..<start + 24, "table")])
        #expect(layout.regions.contains { $0.kind == .padding } && !layout.regions.contains { $0.kind == .overlay })
    }

    @Test func callsWhatStandsBehindTheEndAnOverlay() throws {
        var elf = ELFBytes.usual()
        let file = elf.file()
        let layout = try Self.read(file + [1, 2, 3])
        #expect(layout.bytes(.overlay, of: file + [1, 2, 3]) == [[1, 2, 3]])
    }

    @Test func usesSegmentsWhereThereAreNoSections() throws {
        var elf = ELFBytes()
        let note = elf.note("GNU", 3, [9, 8, 7])
        let first = UInt64(64 + 3 * 56)
        elf.segments = [[1, 0, first + 100, 8], [4, first + 4, UInt64(note.count), 4], [1, first + 104, 12, 8]]
        let file = elf.file().prefix(Int(first)) + [1, 1, 1, 1] + note + [UInt8](repeating: 2, count: 112)
        let layout = try Self.read(Array(file))
        expectWhole(layout, UInt64(file.count))
        #expect(layout.named("segment 2")?.range == first + 104..<first + 116)
        #expect(layout.bytes(.buildID, of: Array(file)) == [[9, 8, 7]])
        #expect(layout.named("program headers")?.kind == .header)
        #expect(layout.regions.last?.kind == .overlay)
        elf.segments[2][1] = first + 99
        let overlapping = elf.file().prefix(Int(first)) + file.dropFirst(Int(first))
        #expect(throws: MalformedLayout.self) { try Self.read(Array(overlapping)) }
    }

    @Test func leavesNotesWholeThatAreNone() throws {
        var elf = ELFBytes.usual()
        elf.sections[1].content[4] = 200
        let layout = try Self.read(elf.file())
        #expect(layout.named(".note.gnu.build-id")?.range.count == 36)
        #expect(!layout.regions.contains { $0.kind == .buildID })
    }

    @Test func tellsApartOnlySoManyNotes() throws {
        var elf = ELFBytes()
        let note = elf.note("GNU", 3, [1, 2, 3, 4])
        func count(_ section: [UInt8], _ times: Int) throws -> Int {
            elf.sections = Array(repeating: .init(name: ".note", type: 7, content: section), count: times)
            return try Self.read(elf.file()).regions.count { $0.kind == .buildID }
        }
        #expect(try count(Array(repeatElement(note, count: 256).joined()), 1) == 256)
        #expect(try count(Array(repeatElement(note, count: 257).joined()), 1) == 0)
        #expect(try count(Array(repeatElement(note, count: 256).joined()), 20) == ELFNotes.maximumCount)
    }

    @Test func refusesWhatDoesNotHoldTogether() throws {
        func refused(_ change: (inout ELFBytes) -> Void) throws -> String {
            var elf = ELFBytes.usual()
            change(&elf)
            return try #require(throws: MalformedLayout.self) { try Self.read(elf.file()) }.reason
        }
        #expect(try refused { $0.sections[0].offset = 60 } == "ELF header and .text share bytes")
        #expect(try refused { $0.sections[0].size = 40 } == ".text and .note.gnu.build-id share bytes")
        #expect(try refused { $0.sections[0].size = 1 << 20 } == "section 1 reaches behind the end of the file")
        #expect(try refused { $0.sections[0].offset = .max } == "section 1 reaches behind the end of the file")
        #expect(try refused { $0.sections[5].link = 1 } == ".symtab has no table of names")
        #expect(try refused { $0.sections[5].link = 99 } == ".symtab has no table of names")
        #expect(try refused { $0.sections[5].size = 23 } == ".symtab ends within a symbol")
        var elf = ELFBytes.usual()
        let file = elf.file()
        for (offset, reason) in [
            (4, "the class, byte order or version is unknown"), (5, "the class, byte order or version is unknown"),
            (6, "the class, byte order or version is unknown"), (52, "e_ehsize is not that of the class"),
            (58, "e_shentsize is not that of the class"), (62, "e_shstrndx names no section"),
        ] {
            let error = #expect(throws: MalformedLayout.self) { try Self.read(file.with([99], at: offset)) }
            #expect(error?.reason == reason)
        }
        // More sections than are read, as an extended count says.
        let many = file.with([0, 0], at: 60).with([1, 0, 1, 0], at: elf.offsets[8] + 32)
        #expect(throws: MalformedLayout("ELF", "more than 65536 sections or segments", at: 0)) { try Self.read(many) }
    }

    @Test func readsExtendedCounts() throws {
        var elf = ELFBytes.usual()
        let file = elf.file()
        let table = elf.offsets[8]
        let extended = file.with([0, 0, 0xFF, 0xFF], at: 60).with([9], at: table + 32).with([8], at: table + 40)
        #expect(try Self.read(extended).regions == Self.read(file).regions)
    }

    @Test(arguments: forms) func endsWhateverTheFileIs(_ is64: Bool, _ isBigEndian: Bool) {
        var elf = ELFBytes.usual(is64: is64, isBigEndian: isBigEndian)
        let file = elf.file()
        survives(file, Self.read, seed: is64 ? 1 : 2, randomCases: 5000)
        // The table of sections stands last.
        for end in file.indices { #expect(!isRead(Array(file[..<end]), Self.read)) }
    }
}
