import Testing

@testable import Comparison

@Suite struct PELayoutTests {
    static let read: Reading = { try PELayout.layout(of: BytesInMemory($0)) }

    @Test(arguments: [true, false]) func readsHeadersSectionsAndSymbols(_ isPlus: Bool) throws {
        let image = PEBytes.usual(isPlus: isPlus)
        let file = image.file()
        #expect(PELayout.recognises(file) && !PELayout.recognises(Array(file.prefix(64))))
        let layout = try Self.read(file)
        expectWhole(layout, UInt64(file.count))
        #expect(layout.named(".text")?.range == 512..<552)
        #expect(layout.named("padding of .text")?.range == 552..<1024)
        #expect(layout.named("padding of .text")?.kind == .padding)
        #expect(layout.named(".debug_line")?.range.lowerBound == 1024)
        #expect(layout.bytes(.timestamp, of: file) == [[0x64, 0x63, 0x62, 0x61], [0x5F, 0x5F, 0x5F, 0x5F]])
        #expect(layout.bytes(.buildID, of: file) == [[UInt8](1...16) + [3, 0, 0, 0]])
        let place = UInt64(image.certificateEntry)
        #expect(layout.named("place of the certificate table")?.range == place..<place + 8)
        #expect(layout.symbols == [.init(512..<536, "start"), .init(536..<1024, "local")])
        #expect(layout.regions.last?.name == "string table")
    }

    @Test func findsTheRichHeader() throws {
        var image = PEBytes.usual()
        var rich = ByteWriter()
        let key: UInt64 = 0x1234_5678
        rich.u32(0x536E_6144 ^ key, key, key, key, 0x00AA_BBCC ^ key, 5 ^ key, 0x6863_6952, key)
        image.stub.replaceSubrange(16..<48, with: rich.bytes)
        #expect(try Self.read(image.file()).named("Rich header")?.range == 80..<112)
        image.stub[16] ^= 1
        #expect(try Self.read(image.file()).named("Rich header") == nil)
    }

    @Test func believesOnlyTheRightChecksum() throws {
        func isChecksum(_ image: PEBytes) throws -> Bool {
            try Self.read(image.file()).regions.contains { $0.kind == .checksum }
        }
        for overlay in [[], [1], [1, 2, 3]] as [[UInt8]] {
            var image = PEBytes.usual()
            image.overlay = overlay
            #expect(try isChecksum(image))
            // The sum by its definition, word for word.
            let file = image.file() + (overlay.count % 2 == 0 ? [] : [0])
            var sum = 0
            for place in stride(from: 0, to: file.count, by: 2) {
                sum += Int(file[place]) | Int(file[place + 1]) << 8
                sum = sum & 0xFFFF + sum >> 16
            }
            let right = UInt64(sum + image.file().count)
            image.checksumValue = right
            #expect(try isChecksum(image))
            for wrong in [right + 1, right - 1, right ^ 0x8000_0000, 1] {
                image.checksumValue = wrong
                #expect(try !isChecksum(image))
            }
        }
    }

    @Test func refusesWhatDoesNotHoldTogether() throws {
        let image = PEBytes.usual()
        let file = image.file()
        func reason(_ bytes: [UInt8], _ offset: Int) throws -> String {
            try #require(throws: MalformedLayout.self) { try Self.read(file.with(bytes, at: offset)) }.reason
        }
        let table = image.sectionTable
        #expect(try reason([0x4E], 0) == "not a PE file")
        #expect(try reason([60], 60) == "the PE header is within the DOS header")
        #expect(try reason([0xFF, 0xFF, 0xFF, 0xFF], 60) == "the COFF header reaches behind the end of the file")
        #expect(try reason([1], PEBytes.coff + 2) == "not a PE file")
        #expect(try reason([0x0C], PEBytes.optional) == "the optional header is unknown")
        #expect(try reason([17], image.directoryStart - 4) == "the data directories do not fit")
        #expect(try reason([100, 0], PEBytes.coff + 20) == "the optional header is too short")
        #expect(try reason([200, 0], PEBytes.coff + 20) == "the data directories do not fit")
        #expect(try reason([0xFF, 0x0F], PEBytes.coff + 6) == "the section table reaches behind the end of the file")
        #expect(try reason([0x01, 0x10], PEBytes.coff + 6) == "more than 4096 sections")
        // The second section over the first, over the headers, and behind the end.
        #expect(try reason([0, 3], table + 40 + 20).contains("share bytes"))
        #expect(try reason([0, 1], table + 40 + 20).contains("share bytes"))
        #expect(try reason([0, 0, 9], table + 40 + 20) == ".debug_line reaches behind the end of the file")
        #expect(
            try reason([0xFF, 0xFF, 0xFF], PEBytes.coff + 16) == "the symbol table reaches behind the end of the file"
        )
    }

    @Test(arguments: [true, false]) func endsWhateverTheFileIs(_ isPlus: Bool) {
        var image = PEBytes.usual(isPlus: isPlus)
        image.certificates = PEBytes.certificate(signedMessage(150))
        image.overlay = [UInt8](repeating: 0, count: 8 - (image.symbols.count + image.sections[1].content.count) % 8)
        survives(image.file(), Self.read, seed: isPlus ? 4 : 5, randomCases: 6000)
    }
}
