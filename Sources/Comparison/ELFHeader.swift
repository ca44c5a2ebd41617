/// The header of an ELF file and where its two tables are (System V ABI, chapter 4, "ELF Header").
struct ELFHeader<Source: RandomAccessBytes> {
    /// Reads the file in its byte order.
    let reader: LayoutReader<Source>
    /// Whether addresses have 64 bits.
    let is64: Bool
    /// Whether this is an object file, where symbols hold offsets in sections and not addresses.
    let isRelocatable: Bool
    /// `e_machine`.
    let machine: UInt16
    /// The bytes of the header.
    let range: Range<UInt64>
    /// The table of segments.
    let programHeaders: Range<UInt64>
    /// The table of sections.
    let sectionHeaders: Range<UInt64>
    /// The section with the names of sections; 0 for none.
    private let nameSection: UInt64

    /// The bytes of an entry of the table of segments.
    var programHeaderSize: Int { is64 ? 56 : 32 }
    /// The bytes of an entry of the table of sections.
    var sectionHeaderSize: Int { is64 ? 64 : 40 }

    /// Reads the header; throws ``MalformedLayout`` where it does not hold together.
    init(_ source: Source) throws {
        var reader = LayoutReader(source, format: ELFLayout.format)
        let identity = try reader.fields(at: 0, 16, "the header")
        guard ELFLayout.recognises(Array(identity.bytes)) else { throw reader.malformed("not an ELF file", at: 0) }
        guard (1...2).contains(identity.u8(4)), (1...2).contains(identity.u8(5)), identity.u8(6) == 1 else {
            throw reader.malformed("the class, byte order or version is unknown", at: 4)
        }
        is64 = identity.u8(4) == 2
        reader.isBigEndian = identity.u8(5) == 2
        self.reader = reader
        range = 0..<(is64 ? 64 : 52)
        let fields = try reader.fields(at: 0, range.count, "the header")
        isRelocatable = fields.u16(16) == 1
        machine = fields.u16(18)
        // e_entry, e_phoff and e_shoff are words; e_flags and six half words follow.
        let word = is64 ? 8 : 4
        let sizes = 28 + 3 * word
        guard fields.u16(sizes) == range.upperBound else {
            throw reader.malformed("e_ehsize is not that of the class", at: UInt64(sizes))
        }
        let sectionOffset = fields.word(24 + 2 * word, is64)
        var sectionCount = UInt64(fields.u16(sizes + 8))
        var programCount = UInt64(fields.u16(sizes + 4))
        var names = UInt64(fields.u16(sizes + 10))
        if sectionOffset == 0 {
            guard sectionCount == 0 else { throw reader.malformed("sections without a table", at: UInt64(sizes + 8)) }
        } else {
            guard fields.u16(sizes + 6) == (is64 ? 64 : 40) else {
                throw reader.malformed("e_shentsize is not that of the class", at: UInt64(sizes + 6))
            }
            // Counts that do not fit stand in the first section: SHN_XINDEX, PN_XNUM.
            let first = try reader.fields(at: sectionOffset, is64 ? 64 : 40, "section 0")
            if sectionCount == 0 { sectionCount = first.word(is64 ? 32 : 20, is64) }
            if programCount == 0xFFFF { programCount = first.offset32(is64 ? 44 : 28) }
            if names == 0xFFFF { names = first.offset32(is64 ? 40 : 24) }
        }
        guard sectionCount <= ELFLayout.maximumSectionCount, programCount <= ELFLayout.maximumSectionCount else {
            throw reader.malformed("more than \(ELFLayout.maximumSectionCount) sections or segments", at: 0)
        }
        guard programCount == 0 || fields.u16(sizes + 2) == (is64 ? 56 : 32) else {
            throw reader.malformed("e_phentsize is not that of the class", at: UInt64(sizes + 2))
        }
        guard sectionCount == 0 || names < sectionCount else {
            throw reader.malformed("e_shstrndx names no section", at: UInt64(sizes + 10))
        }
        nameSection = names
        sectionHeaders = try reader.table(sectionOffset, sectionCount, of: is64 ? 64 : 40, "the table of sections")
        programHeaders =
            programCount == 0
            ? 0..<0
            : try reader.table(fields.word(24 + word, is64), programCount, of: is64 ? 56 : 32, "the table of segments")
    }

    /// The sections in the order of their table, with their names; those without bytes in the file have an empty range.
    func sections() throws -> [ELFSection] {
        var sections: [ELFSection] = []
        sections.reserveCapacity(sectionHeaders.count / sectionHeaderSize)
        try reader.forEachEntry(in: sectionHeaders, of: sectionHeaderSize) { index, fields in
            sections.append(try ELFSection(index, fields, self))
            return true
        }
        guard nameSection > 0, nameSection < sections.count else { return sections }
        var names = NameTable(reader, sections[Int(nameSection)].range)
        var nameByteCount = 0
        // The name of a section without one is its number; so it is once the names are more than is reasonable.
        for index in sections.indices where nameByteCount < LayoutName.maximumTotalByteCount {
            guard let name = try names.name(at: sections[index].nameOffset) else { continue }
            sections[index].name = name
            nameByteCount += name.utf8.count
        }
        return sections
    }
}

/// A section of an ELF file (System V ABI, chapter 4, "Sections").
struct ELFSection {
    /// The kinds of sections that matter here.
    enum Kind {
        static let null: UInt32 = 0
        static let symbols: UInt32 = 2
        static let strings: UInt32 = 3
        static let note: UInt32 = 7
        static let noBits: UInt32 = 8
        static let dynamicSymbols: UInt32 = 11
    }

    /// The name, printable, or `section` and its number.
    var name: String
    /// Where the name begins in the table of names.
    let nameOffset: UInt64
    /// `sh_type`.
    let type: UInt32
    /// `sh_addr`.
    let address: UInt64
    /// `sh_link`.
    let link: UInt64
    /// `sh_addralign`.
    let alignment: UInt64
    /// The bytes in the file.
    let range: Range<UInt64>

    /// Reads an entry of the table.
    init(_ index: Int, _ fields: BinaryFields, _ header: ELFHeader<some RandomAccessBytes>) throws {
        let is64 = header.is64
        name = "section \(index)"
        nameOffset = fields.offset32(0)
        type = fields.u32(4)
        address = fields.word(is64 ? 16 : 12, is64)
        link = fields.offset32(is64 ? 40 : 24)
        alignment = fields.word(is64 ? 48 : 32, is64)
        // An inactive section, and one of zeros, take no place; their offsets and sizes mean nothing for the file.
        if index == 0 || type == Kind.null || type == Kind.noBits {
            range = 0..<0
        } else {
            range = try header.reader.range(
                fields.word(is64 ? 24 : 16, is64),
                fields.word(is64 ? 32 : 20, is64),
                "section \(index)"
            )
        }
    }
}

extension BinaryFields {
    /// The eight bytes at `offset` where words have 64 bits, otherwise four.
    func word(_ offset: Int, _ is64: Bool) -> UInt64 { is64 ? u64(offset) : offset32(offset) }
}
