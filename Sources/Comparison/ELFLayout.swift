/// The parts of an ELF file: System V ABI, chapters 4 and 5, 32 and 64 bits, both byte orders.
///
/// Sections are the parts where there is a table of them, otherwise segments are. A file whose parts share bytes or reach
/// behind its end is refused.
package enum ELFLayout {
    static let format = "ELF"
    /// The most sections, and the most segments.
    static let maximumSectionCount: UInt64 = 65_536

    /// The most segments with notes that are looked into.
    private static let maximumNoteSegmentCount = 64

    /// Whether a file that begins with `head` is taken for ELF.
    package static func recognises(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x7F, 0x45, 0x4C, 0x46])
    }

    /// The parts of `bytes`; throws ``MalformedLayout`` where they are not those of an ELF file.
    package static func layout(of bytes: some RandomAccessBytes) throws -> FileLayout {
        let header = try ELFHeader(bytes)
        var parts = LayoutParts(format: format, count: bytes.count)
        let sections = try header.sections()
        var notes: [ELFNotes] = []
        if sections.isEmpty {
            notes = try addSegments(header, to: &parts)
        } else {
            parts.add(header.range, .header, "ELF header")
            parts.add(header.programHeaders, .header, "program headers")
            parts.add(header.sectionHeaders, .header, "section headers")
            for section in sections { parts.add(section.range, .section, section.name) }
        }
        let end = parts.end
        // Only a module has a signature there; behind any other file the same bytes are an overlay.
        if sections.contains(where: { $0.name == ".gnu.linkonce.this_module" }), header.isRelocatable,
            let signature = try ModuleSignature(header.reader)
        {
            parts.add(end..<max(end, signature.range.lowerBound), .overlay, "behind the last part")
            signature.add(to: &parts)
        }
        // Only now is it sure that no two parts share bytes, so that what is in them is read once.
        try parts.settle()
        for section in sections where section.type == ELFSection.Kind.note {
            notes.append(ELFNotes(range: section.range, alignment: section.alignment, name: section.name))
        }
        var noteCount = 0
        for note in notes where noteCount < ELFNotes.maximumCount {
            noteCount += try note.cut(header.reader, from: &parts)
        }
        for section in sections where section.name == ".gnu_debuglink" {
            try cutDebugLink(section, header.reader, from: &parts)
        }
        return try parts.layout(symbols: try ELFSymbols.read(header, sections))
    }

    /// Adds the segments of a file without sections; the segments with notes.
    private static func addSegments(
        _ header: ELFHeader<some RandomAccessBytes>,
        to parts: inout LayoutParts
    ) throws -> [ELFNotes] {
        var loaded: [Range<UInt64>] = []
        var notes: [ELFNotes] = []
        let is64 = header.is64
        try header.reader.forEachEntry(in: header.programHeaders, of: header.programHeaderSize) { index, fields in
            let range = try header.reader.range(
                fields.word(is64 ? 8 : 4, is64),
                fields.word(is64 ? 32 : 16, is64),
                "segment \(index)"
            )
            // PT_LOAD; of the others only notes matter.
            if fields.u32(0) == 1 {
                loaded.append(range)
                parts.add(range, .section, "segment \(index)")
            } else if fields.u32(0) == 4, notes.count < maximumNoteSegmentCount {
                notes.append(ELFNotes(range: range, alignment: fields.word(is64 ? 48 : 28, is64), name: "notes"))
            }
            return true
        }
        for (range, name) in [(header.range, "ELF header"), (header.programHeaders, "program headers")] {
            if loaded.contains(where: { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }) {
                parts.cut(range, .header, name)
            } else {
                parts.add(range, .header, name)
            }
        }
        for note in notes where !loaded.contains(where: { $0.overlaps(note.range) }) {
            parts.add(note.range, .section, note.name)
        }
        return notes
    }

    /// The link to separate debug information ends with a CRC of that file (GDB manual, "Separate Debug Files").
    private static func cutDebugLink(
        _ section: ELFSection,
        _ reader: LayoutReader<some RandomAccessBytes>,
        from parts: inout LayoutParts
    ) throws {
        // A name, zeros up to a multiple of four, four bytes.
        let size = section.range.upperBound - section.range.lowerBound
        guard (8...4100).contains(size), size % 4 == 0 else { return }
        let bytes = try reader.bytes(section.range)
        let name = bytes.prefix { $0 != 0 }
        guard (name.count + 4) / 4 * 4 + 4 == bytes.count else { return }
        parts.cut(section.range.upperBound - 4..<section.range.upperBound, .checksum, "\(section.name) CRC")
    }
}
