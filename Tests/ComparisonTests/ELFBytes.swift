/// Makes small ELF files, of either class and byte order.
struct ELFBytes {
    struct Section {
        var name: String
        var type: UInt64
        var content: [UInt8]
        var address: UInt64 = 0
        var link: UInt64 = 0
        var alignment: UInt64 = 4
        /// Overrules where and how long the section is said to be.
        var offset: UInt64?
        var size: UInt64?
    }

    var is64 = true
    var isBigEndian = false
    var type: UInt64 = 2
    var sections: [Section] = []
    /// The segments as type, offset, size, alignment.
    var segments: [[UInt64]] = []

    var headerSize: Int { is64 ? 64 : 52 }
    var segmentSize: Int { is64 ? 56 : 32 }

    /// The offset of each section, and of the table of sections behind the last.
    private(set) var offsets: [Int] = []

    /// A file with code, a build id, a link to debug information and symbols.
    static func usual(is64: Bool = true, isBigEndian: Bool = false) -> ELFBytes {
        var elf = ELFBytes(is64: is64, isBigEndian: isBigEndian)
        elf.sections = [
            Section(name: ".text", type: 1, content: [UInt8](repeating: 0x90, count: 29), address: 0x1000),
            Section(name: ".note.gnu.build-id", type: 7, content: elf.note("GNU", 3, [UInt8](0...19))),
            Section(name: ".note.ABI-tag", type: 7, content: elf.note("GNU", 1, [UInt8](repeating: 7, count: 16))),
            Section(name: ".gnu_debuglink", type: 1, content: Array("ab.debug\0\0\0\0\u{1}\u{2}\u{3}\u{4}".utf8)),
            Section(name: ".bss", type: 8, content: [], address: 0x9000, offset: 1 << 30, size: 1 << 30),
            Section(name: ".symtab", type: 2, content: elf.symbols, link: 7),
            Section(name: ".strtab", type: 3, content: Array("\0main\0table\0".utf8)),
        ]
        return elf
    }

    /// A note with its padding.
    func note(_ owner: String, _ type: UInt64, _ content: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(isBigEndian: isBigEndian)
        writer.u32(UInt64(owner.utf8.count + 1), UInt64(content.count), type)
        writer.bytes += Array(owner.utf8) + [0]
        writer.align(4)
        writer.bytes += content
        writer.align(4)
        return writer.bytes
    }

    /// A function, an object, a function in no section, and one that reaches behind its section.
    private var symbols: [UInt8] {
        var writer = ByteWriter(isBigEndian: isBigEndian)
        for (name, value, size, type, section) in [
            (0, 0, 0, 0, 0), (6, 0x1010, 8, 1, 1), (1, 0x1000, 16, 2, 1), (1, 0x1000, 16, 2, 0xFFF1),
            (1, 0x1000, 99, 2, 1),
        ] as [(UInt64, UInt64, UInt64, UInt8, UInt64)] {
            writer.u32(name)
            if !is64 { writer.u32(value, size) }
            writer.bytes += [0x10 | type, 0]
            writer.u16(section)
            if is64 { writer.u64(value, size) }
        }
        return writer.bytes
    }

    private func word(_ writer: inout ByteWriter, _ values: UInt64...) {
        for value in values { writer.number(value, is64 ? 8 : 4) }
    }

    /// The file: header, segments, sections, names of sections, table of sections.
    mutating func file() -> [UInt8] {
        var body = ByteWriter(isBigEndian: isBigEndian)
        body.bytes = [UInt8](repeating: 0, count: headerSize + segments.count * segmentSize)
        var names: [UInt8] = [0]
        var table = ByteWriter(isBigEndian: isBigEndian)
        table.bytes = [UInt8](repeating: 0, count: is64 ? 64 : 40)
        offsets = []
        for section in sections + [Section(name: ".shstrtab", type: 3, content: [])] {
            let nameOffset = names.count
            names += Array(section.name.utf8) + [0]
            body.align(4)
            offsets.append(body.bytes.count)
            let content = section.name == ".shstrtab" ? names : section.content
            body.bytes += content
            let offset = section.offset ?? UInt64(offsets[offsets.count - 1])
            table.u32(UInt64(nameOffset), section.type)
            word(&table, 2, section.address, offset, section.size ?? UInt64(content.count))
            table.u32(section.link, 0)
            word(&table, section.alignment, 0)
        }
        body.align(8)
        offsets.append(body.bytes.count)
        let hasSections = !sections.isEmpty
        let start = header(hasSections ? UInt64(body.bytes.count) : 0)
        return start + body.bytes.dropFirst(start.count) + (hasSections ? table.bytes : [])
    }

    /// The header and the table of segments.
    private func header(_ tableOffset: UInt64) -> [UInt8] {
        var writer = ByteWriter(isBigEndian: isBigEndian)
        writer.bytes = [0x7F, 0x45, 0x4C, 0x46, is64 ? 2 : 1, isBigEndian ? 2 : 1, 1] + [UInt8](repeating: 0, count: 9)
        writer.u16(type, 62)
        writer.u32(1)
        word(&writer, 0x1000, segments.isEmpty ? 0 : UInt64(headerSize), tableOffset)
        writer.u32(0)
        writer.u16(UInt64(headerSize), UInt64(segmentSize), UInt64(segments.count), is64 ? 64 : 40)
        writer.u16(tableOffset == 0 ? 0 : UInt64(sections.count + 2), tableOffset == 0 ? 0 : UInt64(sections.count + 1))
        for segment in segments {
            writer.u32(segment[0])
            if is64 { writer.u32(5) }
            word(&writer, segment[1], 0, 0, segment[2], segment[2])
            if !is64 { writer.u32(5) }
            word(&writer, segment[3])
        }
        return writer.bytes
    }
}
