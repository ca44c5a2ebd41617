/// Functions and objects of a PE image with a COFF symbol table: Microsoft PE Format, "COFF Symbol Table".
enum COFFSymbols {
    /// The symbols; a COFF symbol has no size, each reaches to the next one or to the end of its section.
    static func read(_ headers: PEHeaders<some RandomAccessBytes>) throws -> [FileLayout.Symbol] {
        var names = NameTable(headers.reader, headers.stringTable)
        var symbols = LayoutSymbols()
        var auxiliaries = 0
        try headers.reader.forEachEntry(in: headers.symbolTable, of: 18) { index, fields in
            // Auxiliary entries follow the symbol that they belong to.
            if auxiliaries > 0 {
                auxiliaries -= 1
                return true
            }
            auxiliaries = Int(fields.u8(17))
            let section = Int(fields.u16(12)) - 1
            let isFunction = fields.u16(14) >> 4 == 2
            // External symbols, and static functions; other static ones name sections and labels.
            guard fields.u8(16) == 2 || fields.u8(16) == 3 && isFunction,
                headers.sections.indices.contains(section)
            else { return true }
            let range = headers.sections[section].range
            let value = fields.offset32(8)
            guard value < range.upperBound - range.lowerBound else { return true }
            let short = fields.name(0, 8)
            let name = fields.u32(0) == 0 ? try names.name(at: fields.offset32(4)) : LayoutName.printable(short)
            if let name { symbols.add(from: range.lowerBound + value, upTo: range.upperBound, name) }
            return !symbols.isFull && index + 1 < LayoutSymbols.maximumEntryCount
        }
        return symbols.ordered()
    }
}
