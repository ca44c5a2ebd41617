/// Functions and objects of a Mach-O file: Apple, mach-o/nlist.h.
enum MachOSymbols {
    /// The symbols that are in sections; they have no size, each reaches to the next one or to the end of its section.
    static func read(_ commands: MachOCommands<some RandomAccessBytes>) throws -> [FileLayout.Symbol] {
        var names = NameTable(commands.reader, commands.stringTable)
        var symbols = LayoutSymbols()
        try commands.reader.forEachEntry(in: commands.symbolTable, of: commands.symbolSize) { index, fields in
            let section = Int(fields.u8(5)) - 1
            // Not of the debugger (N_STAB), and in a section (N_SECT).
            guard fields.u8(4) & 0xE0 == 0, fields.u8(4) & 0x0E == 0x0E,
                commands.sections.indices.contains(section)
            else { return true }
            let range = commands.sections[section].range
            let (offset, isBefore) = fields.word(8, commands.is64).subtractingReportingOverflow(
                commands.sections[section].address
            )
            guard !isBefore, offset < range.upperBound - range.lowerBound else { return true }
            if let name = try names.name(at: fields.offset32(0)) {
                symbols.add(from: range.lowerBound + offset, upTo: range.upperBound, name)
            }
            return !symbols.isFull && index + 1 < LayoutSymbols.maximumEntryCount
        }
        return symbols.ordered()
    }
}
