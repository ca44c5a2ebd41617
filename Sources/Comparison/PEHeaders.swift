/// The headers of a PE image: Microsoft PE Format, "MS-DOS Stub" to "Section Table".
struct PEHeaders<Source: RandomAccessBytes> {
    /// A section.
    struct Section {
        /// The name, printable.
        let name: String
        /// Its first address, seen from the image base.
        let address: UInt64
        /// Its bytes in memory; 0 where the linker did not say.
        let virtualSize: UInt64
        /// Its bytes in the file.
        let range: Range<UInt64>
    }

    /// A place that the optional header names: an address and a size.
    struct Directory {
        let address: UInt64
        let size: UInt64
        /// Where the entry itself stands.
        let entry: Range<UInt64>
    }

    let reader: LayoutReader<Source>
    /// The COFF header, its signature included.
    let coff: Range<UInt64>
    let optional: Range<UInt64>
    let sectionTable: Range<UInt64>
    let directories: [Directory]
    /// The table of COFF symbols; empty where there is none.
    let symbolTable: Range<UInt64>
    /// The names of COFF symbols and of sections with long names; empty where there are none.
    let stringTable: Range<UInt64>
    private(set) var sections: [Section] = []

    /// The field with the checksum.
    var checksum: Range<UInt64> { optional.lowerBound + 64..<optional.lowerBound + 68 }

    /// Reads the headers; throws ``MalformedLayout`` where they do not hold together.
    init(_ source: Source) throws {
        reader = LayoutReader(source, format: PELayout.format)
        let dos = try reader.fields(at: 0, 64, "the DOS header")
        guard dos.u16(0) == 0x5A4D else { throw reader.malformed("not a PE file", at: 0) }
        let start = dos.offset32(60)
        guard start >= 64 else { throw reader.malformed("the PE header is within the DOS header", at: 60) }
        let fields = try reader.fields(at: start, 24, "the COFF header")
        guard fields.u32(0) == 0x0000_4550 else { throw reader.malformed("not a PE file", at: start) }
        coff = start..<start + 24
        optional = try reader.range(start + 24, UInt64(fields.u16(20)), "the optional header")
        directories = try PEHeaders.directories(reader, optional)
        guard fields.u16(6) <= PELayout.maximumSectionCount else {
            throw reader.malformed("more than \(PELayout.maximumSectionCount) sections", at: start + 6)
        }
        sectionTable = try reader.table(optional.upperBound, UInt64(fields.u16(6)), of: 40, "the section table")
        (symbolTable, stringTable) = try PEHeaders.symbols(reader, fields.offset32(12), fields.offset32(16))
        var names = NameTable(reader, stringTable)
        var found: [Section] = []
        try reader.forEachEntry(in: sectionTable, of: 40) { index, fields in
            found.append(try PEHeaders.section(index, fields, reader, &names))
            return true
        }
        sections = found
    }

    /// The data directories of the optional header.
    private static func directories(
        _ reader: LayoutReader<Source>,
        _ optional: Range<UInt64>
    ) throws -> [Directory] {
        let start = optional.lowerBound
        let magic = try reader.fields(at: start, 2, "the optional header").u16(0)
        guard magic == 0x10B || magic == 0x20B else {
            throw reader.malformed("the optional header is unknown", at: start)
        }
        // PE32 and PE32+ differ before the directories only.
        let first: UInt64 = magic == 0x10B ? 96 : 112
        guard optional.count >= first else { throw reader.malformed("the optional header is too short", at: start) }
        let count = try reader.fields(at: start + first - 4, 4, "the optional header").offset32(0)
        guard count <= 16, first + 8 * count <= optional.count else {
            throw reader.malformed("the data directories do not fit", at: start + first - 4)
        }
        var directories: [Directory] = []
        try reader.forEachEntry(in: start + first..<start + first + 8 * count, of: 8) { index, fields in
            let entry = start + first + UInt64(8 * index)
            directories.append(
                Directory(address: fields.offset32(0), size: fields.offset32(4), entry: entry..<entry + 8)
            )
            return true
        }
        return directories
    }

    /// The tables of COFF symbols and of strings: deprecated in images, still written by some linkers.
    private static func symbols(
        _ reader: LayoutReader<Source>,
        _ offset: UInt64,
        _ count: UInt64
    ) throws -> (Range<UInt64>, Range<UInt64>) {
        guard offset > 0, count > 0 else { return (0..<0, 0..<0) }
        let symbols = try reader.table(offset, count, of: 18, "the symbol table")
        // The size of the string table counts its own four bytes.
        let size = try reader.fields(at: symbols.upperBound, 4, "the string table").offset32(0)
        guard size >= 4 else { throw reader.malformed("the string table is too short", at: symbols.upperBound) }
        return (symbols, try reader.range(symbols.upperBound, size, "the string table"))
    }

    private static func section(
        _ index: Int,
        _ fields: BinaryFields,
        _ reader: LayoutReader<Source>,
        _ names: inout NameTable<Source>
    ) throws -> Section {
        let short = fields.name(0, 8)
        var name = short.isEmpty ? "section \(index)" : LayoutName.printable(short)
        // `/` and decimal digits: a longer name, in the string table.
        if short.first == UInt8(ascii: "/"), let offset = UInt64(name.dropFirst()),
            let long = try names.name(at: offset)
        {
            name = long
        }
        let size = fields.offset32(16)
        let offset = fields.offset32(20)
        return Section(
            name: name,
            address: fields.offset32(12),
            virtualSize: fields.offset32(8),
            range: size == 0 || offset == 0 ? 0..<0 : try reader.range(offset, size, name)
        )
    }

    /// The bytes at an address that a directory names; nil where no section has all of them.
    func place(_ address: UInt64, _ size: UInt64) -> Range<UInt64>? {
        for section in sections where address >= section.address {
            let offset = address - section.address
            let count = section.range.upperBound - section.range.lowerBound
            if offset <= count, size <= count - offset {
                return section.range.lowerBound + offset..<section.range.lowerBound + offset + size
            }
        }
        return nil
    }
}
