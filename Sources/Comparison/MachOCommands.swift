/// The load commands of a Mach-O file of one architecture: Apple, mach-o/loader.h.
struct MachOCommands<Source: RandomAccessBytes> {
    /// A segment.
    struct Segment {
        let name: String
        /// Its bytes in the file.
        let range: Range<UInt64>
        /// Where it stands in memory, and how many bytes it has there.
        let address: UInt64
        let memorySize: UInt64
        /// Where the command says so.
        let memorySizeField: Range<UInt64>
        let fileSizeField: Range<UInt64>
        /// Whether sections say what is in it.
        let hasSections: Bool
        /// Whether it is mapped neither to be written nor to be run.
        let isReadOnly: Bool
    }

    /// A section.
    struct Section {
        let address: UInt64
        /// Its bytes in the file.
        let range: Range<UInt64>
    }

    let reader: LayoutReader<Source>
    let is64: Bool
    let header: Range<UInt64>
    /// The commands, the sections, and the tables that commands name.
    var parts: [FileLayout.Region] = []
    /// What is to be cut out of commands.
    var fields: [FileLayout.Region] = []
    var segments: [Segment] = []
    /// These, and the segments that have memory and no bytes in the file.
    var mapped: [Segment] = []
    /// The sections of all segments, in the order in which symbols count them.
    var sections: [Section] = []
    var symbolTable: Range<UInt64> = 0..<0
    var stringTable: Range<UInt64> = 0..<0
    /// What LC_CODE_SIGNATURE reserves.
    var signature: Range<UInt64>?
    /// The command that reserves it.
    var signatureCommand: Range<UInt64>?
    /// What other commands name without its being a part by itself: content that is encrypted.
    var named: [Range<UInt64>] = []
    /// A command of which nobody here knows what it names in the file; nil where there is none.
    var unknownCommand: UInt32?
    /// How many load commands there are.
    let commandCount: UInt32
    /// Where the load commands end.
    let commandsEnd: UInt64
    /// The kind of file, as `MH_EXECUTE`.
    let fileType: UInt32

    /// The bytes of a symbol.
    var symbolSize: Int { is64 ? 16 : 12 }

    /// Reads the commands; throws ``MalformedLayout`` where they do not fill exactly the room they have.
    init(_ source: Source) throws {
        var reader = LayoutReader(source, format: MachOLayout.format)
        let magic = try reader.fields(at: 0, 4, "the header").u32(0)
        guard MachOLayout.isThin(magic) else { throw reader.malformed("not a Mach-O file", at: 0) }
        reader.isBigEndian = magic == 0xCEFA_EDFE || magic == 0xCFFA_EDFE
        self.reader = reader
        is64 = magic == 0xFEED_FACF || magic == 0xCFFA_EDFE
        header = 0..<(is64 ? 32 : 28)
        let fields = try reader.fields(at: 0, header.count, "the header")
        let room = try reader.range(header.upperBound, fields.offset32(20), "the load commands")
        guard fields.u32(16) <= MachOLayout.maximumCommandCount else {
            throw reader.malformed("more than \(MachOLayout.maximumCommandCount) load commands", at: 16)
        }
        (commandCount, commandsEnd, fileType) = (fields.u32(16), room.upperBound, fields.u32(12))
        var start = room.lowerBound
        for _ in 0..<fields.u32(16) {
            guard room.upperBound - start >= 8 else { throw reader.malformed("a load command does not fit", at: start) }
            let head = try reader.fields(at: start, 8, "a load command")
            let size = head.offset32(4)
            guard size >= 8, size % 4 == 0, size <= room.upperBound - start else {
                throw reader.malformed("a load command does not fit", at: start)
            }
            try read(head.u32(0), start..<start + size)
            start += size
        }
        guard start == room.upperBound else { throw reader.malformed("bytes behind the last load command", at: start) }
        try checkSegments()
    }

    /// Reads one command.
    private mutating func read(_ command: UInt32, _ range: Range<UInt64>) throws {
        let name = MachOCommandName.name(command)
        switch command {
        case 0x01: try readSegment(range, is64: false)
        case 0x19: try readSegment(range, is64: true)
        case 0x1D:
            let fields = try structure(range, 16, name)
            guard signature == nil else { throw reader.malformed("two code signatures", at: range.lowerBound) }
            // The command is there to locate the signature, and all its fields have their value from it.
            parts.append(.init(range, .signature, name))
            signatureCommand = range
            signature = try reader.range(fields.offset32(8), fields.offset32(12), "the code signature")
        case 0x1B:
            _ = try structure(range, 24, name)
            parts.append(.init(range, .header, name))
            self.fields.append(.init(range.lowerBound + 8..<range.upperBound, .buildID, "UUID"))
        default:
            parts.append(.init(range, .header, name))
            try readTables(command, range, name)
        }
    }

    /// Reads a command that names tables in the file.
    private mutating func readTables(_ command: UInt32, _ range: Range<UInt64>, _ name: String) throws {
        switch command {
        case 0x02:
            let fields = try structure(range, 24, name)
            guard symbolTable.isEmpty, stringTable.isEmpty else {
                throw reader.malformed("two symbol tables", at: range.lowerBound)
            }
            symbolTable = try reader.table(fields.offset32(8), fields.offset32(12), of: symbolSize, "the symbol table")
            stringTable = try reader.range(fields.offset32(16), fields.offset32(20), "the string table")
            parts.append(.init(symbolTable, .section, "symbol table"))
            parts.append(.init(stringTable, .section, "string table"))
        case 0x0B:
            let fields = try structure(range, 80, name)
            for (offset, size, name) in [
                (32, 8, "table of contents"), (40, is64 ? 56 : 52, "module table"), (48, 4, "reference table"),
                (56, 4, "indirect symbols"), (64, 8, "external relocations"), (72, 8, "local relocations"),
            ] {
                let table = try reader.table(
                    fields.offset32(offset),
                    fields.offset32(offset + 4),
                    of: size,
                    "the \(name)"
                )
                parts.append(.init(table, .section, name))
            }
        case 0x22, 0x8000_0022:
            let fields = try structure(range, 48, name)
            for (offset, name) in [
                (8, "rebase information"), (16, "bindings"), (24, "weak bindings"), (32, "lazy bindings"),
                (40, "exports"),
            ] {
                try addData(fields.offset32(offset), fields.offset32(offset + 4), name)
            }
        case 0x16:
            let fields = try structure(range, 16, name)
            parts.append(
                .init(try reader.table(fields.offset32(8), fields.offset32(12), of: 4, "the hints"), .section, name)
            )
        case 0x31:
            let fields = try structure(range, 40, name)
            try addData(fields.u64(24), fields.u64(32), "note of \(LayoutName.printable(fields.name(8, 16)))")
        case 0x0C, 0x0D, 0x8000_0018, 0x8000_001F, 0x20, 0x8000_0023:
            guard range.count >= 24 else { throw reader.malformed("\(name) has a wrong size", at: range.lowerBound) }
            self.fields.append(
                .init(range.lowerBound + 12..<range.lowerBound + 16, .timestamp, "time stamp of \(name)")
            )
        case 0x1E, 0x26, 0x29, 0x2B, 0x2E, 0x36, 0x8000_0033, 0x8000_0034:
            let fields = try structure(range, 16, name)
            try addData(fields.offset32(8), fields.offset32(12), "data of \(name)")
        case 0x21, 0x2C:
            guard range.count >= 20 else { throw reader.malformed("\(name) has a wrong size", at: range.lowerBound) }
            let fields = try reader.fields(at: range.lowerBound, 20, name)
            named.append(try reader.range(fields.offset32(8), fields.offset32(12), name))
        case 0x04, 0x05, 0x08, 0x0E, 0x0F, 0x11...0x15, 0x17, 0x1A, 0x8000_001C, 0x24, 0x25, 0x27, 0x8000_0028, 0x2A,
            0x2D, 0x2F, 0x30, 0x32:
            // These name nothing in the file, or a place in what is mapped to be run.
            break
        default:
            unknownCommand = command
        }
    }

    /// Adds what a command names by offset and size.
    mutating func addData(_ offset: UInt64, _ size: UInt64, _ name: String) throws {
        parts.append(.init(try reader.range(offset, size, name), .section, name))
    }

    /// The fields of a command that has always the same size.
    private func structure(_ range: Range<UInt64>, _ size: Int, _ name: String) throws -> BinaryFields {
        guard range.count == size else { throw reader.malformed("\(name) has a wrong size", at: range.lowerBound) }
        return try reader.fields(at: range.lowerBound, size, name)
    }
}
