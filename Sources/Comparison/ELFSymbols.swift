/// Functions and objects of an ELF file (System V ABI, chapter 4, "Symbol Table").
enum ELFSymbols {
    /// The symbols of `.symtab`, or where there is none those of `.dynsym`.
    static func read(
        _ header: ELFHeader<some RandomAccessBytes>,
        _ sections: [ELFSection]
    ) throws -> [FileLayout.Symbol] {
        guard
            let table = sections.first(where: { $0.type == ELFSection.Kind.symbols })
                ?? sections.first(where: { $0.type == ELFSection.Kind.dynamicSymbols })
        else { return [] }
        guard table.link < sections.count, sections[Int(table.link)].type == ELFSection.Kind.strings else {
            throw header.reader.malformed("\(table.name) has no table of names", at: table.range.lowerBound)
        }
        let size = header.is64 ? 24 : 16
        guard (table.range.upperBound - table.range.lowerBound) % UInt64(size) == 0 else {
            throw header.reader.malformed("\(table.name) ends within a symbol", at: table.range.upperBound)
        }
        var names = NameTable(header.reader, sections[Int(table.link)].range)
        var symbols = LayoutSymbols()
        try header.reader.forEachEntry(in: table.range, of: size) { index, fields in
            if let range = place(fields, header, sections), let name = try names.name(at: fields.offset32(0)) {
                symbols.add(range, name)
            }
            return !symbols.isFull && index + 1 < LayoutSymbols.maximumEntryCount
        }
        return symbols.ordered()
    }

    /// The bytes of a function or an object; nil for all other symbols, and for what is in no section of the file.
    private static func place(
        _ fields: BinaryFields,
        _ header: ELFHeader<some RandomAccessBytes>,
        _ sections: [ELFSection]
    ) -> Range<UInt64>? {
        let is64 = header.is64
        let type = fields.u8(is64 ? 4 : 12) & 0x0F
        // STT_OBJECT, STT_FUNC, STT_GNU_IFUNC.
        guard type == 1 || type == 2 || type == 10 else { return nil }
        let index = Int(fields.u16(is64 ? 6 : 14))
        // SHN_LORESERVE and above name no section by its number.
        guard index > 0, index < 0xFF00, index < sections.count else { return nil }
        let section = sections[index]
        var value = fields.word(is64 ? 8 : 4, is64)
        // On 32-bit Arm the lowest bit of a function says Thumb (ELF for the Arm Architecture, section 5.5.3).
        if header.machine == 40, type == 2 { value &= ~1 }
        let base = header.isRelocatable ? 0 : section.address
        let size = section.range.upperBound - section.range.lowerBound
        let symbolSize = fields.word(is64 ? 16 : 8, is64)
        guard value >= base, value - base <= size, symbolSize <= size - (value - base) else { return nil }
        let start = section.range.lowerBound + (value - base)
        return start..<start + symbolSize
    }
}
