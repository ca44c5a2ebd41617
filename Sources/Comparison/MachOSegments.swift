extension MachOCommands {
    /// The most segments.
    private static var maximumSegmentCount: Int { 4096 }

    /// Reads LC_SEGMENT or LC_SEGMENT_64 with its sections.
    mutating func readSegment(_ range: Range<UInt64>, is64: Bool) throws {
        let (size, sectionSize) = is64 ? (72, 80) : (56, 68)
        guard range.count >= size, segments.count < Self.maximumSegmentCount else {
            throw reader.malformed("a segment is too short, or one of too many", at: range.lowerBound)
        }
        let fields = try reader.fields(at: range.lowerBound, size, "a segment")
        let name = LayoutName.printable(fields.name(8, 16))
        let word: UInt64 = is64 ? 8 : 4
        let memorySize = range.lowerBound + 24 + word
        let fileSize = memorySize + 2 * word
        parts.append(.init(range, .header, "\(is64 ? "LC_SEGMENT_64" : "LC_SEGMENT") \(name)"))
        segments.append(
            Segment(
                name: name,
                range: try reader.range(
                    fields.word(is64 ? 40 : 32, is64),
                    fields.word(is64 ? 48 : 36, is64),
                    "segment \(name)"
                ),
                address: fields.word(24, is64),
                memorySize: fields.word(is64 ? 32 : 28, is64),
                memorySizeField: memorySize..<memorySize + word,
                fileSizeField: fileSize..<fileSize + word,
                hasSections: range.count > size,
                // VM_PROT_WRITE and VM_PROT_EXECUTE of initprot.
                isReadOnly: fields.u32(is64 ? 60 : 44) & 6 == 0
            )
        )
        let table = range.lowerBound + UInt64(size)..<range.upperBound
        guard UInt64(table.count) == fields.offset32(is64 ? 64 : 48) * UInt64(sectionSize) else {
            throw reader.malformed("the sections of \(name) do not fill its command", at: range.lowerBound)
        }
        let reader = reader
        try reader.forEachEntry(in: table, of: sectionSize) { _, fields in
            try readSection(fields, is64: is64)
            return true
        }
    }

    private mutating func readSection(_ fields: BinaryFields, is64: Bool) throws {
        guard sections.count < MachOLayout.maximumSectionCount else {
            throw reader.malformed("more than \(MachOLayout.maximumSectionCount) sections", at: 0)
        }
        let name = LayoutName.printable(fields.name(16, 16)) + "," + LayoutName.printable(fields.name(0, 16))
        let place = is64 ? 48 : 40
        let offset = fields.offset32(place)
        let type = fields.u32(place + 16) & 0xFF
        // S_ZEROFILL, S_GB_ZEROFILL and S_THREAD_LOCAL_ZEROFILL have no bytes; nor has a section at the file's start.
        let isEmpty = offset == 0 || [1, 0x0C, 0x12].contains(type)
        let section = Section(
            address: fields.word(32, is64),
            range: isEmpty ? 0..<0 : try reader.range(offset, fields.word(is64 ? 40 : 36, is64), name)
        )
        sections.append(section)
        parts.append(.init(section.range, .section, name))
        let relocations = try reader.table(
            fields.offset32(place + 8),
            fields.offset32(place + 12),
            of: 8,
            "the relocations of \(name)"
        )
        parts.append(.init(relocations, .section, "relocations of \(name)"))
    }

    /// Puts the segments in the order of the file; throws where two share bytes.
    mutating func checkSegments() throws {
        var sorted = segments.filter { !$0.range.isEmpty }
        sorted.sort { $0.range.lowerBound < $1.range.lowerBound }
        for (left, right) in zip(sorted, sorted.dropFirst()) where left.range.upperBound > right.range.lowerBound {
            throw reader.malformed("\(left.name) and \(right.name) share bytes", at: right.range.lowerBound)
        }
        (mapped, segments) = (segments, sorted)
    }
}

/// The names of load commands: Apple, mach-o/loader.h.
enum MachOCommandName {
    private static let names: [UInt32: String] = [
        0x02: "LC_SYMTAB", 0x0B: "LC_DYSYMTAB", 0x0C: "LC_LOAD_DYLIB", 0x0D: "LC_ID_DYLIB", 0x0E: "LC_LOAD_DYLINKER",
        0x16: "LC_TWOLEVEL_HINTS", 0x1B: "LC_UUID", 0x1D: "LC_CODE_SIGNATURE", 0x1E: "LC_SEGMENT_SPLIT_INFO",
        0x20: "LC_LAZY_LOAD_DYLIB", 0x22: "LC_DYLD_INFO", 0x26: "LC_FUNCTION_STARTS", 0x29: "LC_DATA_IN_CODE",
        0x2A: "LC_SOURCE_VERSION", 0x2B: "LC_DYLIB_CODE_SIGN_DRS", 0x2E: "LC_LINKER_OPTIMIZATION_HINT", 0x31: "LC_NOTE",
        0x32: "LC_BUILD_VERSION", 0x36: "LC_ATOM_INFO", 0x8000_0018: "LC_LOAD_WEAK_DYLIB", 0x8000_001C: "LC_RPATH",
        0x8000_001F: "LC_REEXPORT_DYLIB", 0x8000_0022: "LC_DYLD_INFO_ONLY", 0x8000_0023: "LC_LOAD_UPWARD_DYLIB",
        0x8000_0028: "LC_MAIN", 0x8000_0033: "LC_DYLD_EXPORTS_TRIE", 0x8000_0034: "LC_DYLD_CHAINED_FIXUPS",
    ]

    /// The name of a command, or its number.
    static func name(_ command: UInt32) -> String {
        names[command] ?? "load command 0x\(String(command, radix: 16))"
    }
}
