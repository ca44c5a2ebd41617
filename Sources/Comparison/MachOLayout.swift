/// The parts of a Mach-O file, as of macOS programs and libraries: Apple, mach-o/loader.h and mach-o/fat.h.
///
/// 32 and 64 bits, both byte orders, and universal files, whose slices are read one by one. A file whose parts share bytes
/// or reach behind its end is refused.
package enum MachOLayout {
    static let format = "Mach-O"
    /// The most load commands.
    static let maximumCommandCount: UInt32 = 16_384
    /// What the two sizes of the segment with the signature are called.
    static let (fileSizeName, memorySizeName) = ("file size of __LINKEDIT", "memory size of __LINKEDIT")
    /// The most sections.
    static let maximumSectionCount = 16_384

    /// Whether a file that begins with `head` is taken for Mach-O; eight bytes are enough.
    package static func recognises(_ head: [UInt8]) -> Bool {
        guard head.count >= 8 else { return false }
        let fields = BinaryFields(head[...], isBigEndian: true)
        // A class file of Java begins like a universal file; its version stands where the number of slices would.
        return isThin(fields.u32(0)) || isUniversal(fields.u32(0)) && fields.u32(4) <= UniversalLayout.maximumSliceCount
    }

    /// The parts of `bytes`; throws ``MalformedLayout`` where they are not those of a Mach-O file.
    package static func layout(of bytes: some RandomAccessBytes) throws -> FileLayout {
        let magic = try LayoutReader(bytes, format: format, isBigEndian: true).fields(at: 0, 4, "the header").u32(0)
        return isUniversal(magic) ? try UniversalLayout.layout(of: bytes) : try thinLayout(of: bytes)
    }

    /// MH_MAGIC, MH_MAGIC_64, and both as the other byte order has them.
    static func isThin(_ magic: UInt32) -> Bool {
        [0xFEED_FACE, 0xFEED_FACF, 0xCEFA_EDFE, 0xCFFA_EDFE].contains(magic)
    }

    /// FAT_MAGIC and FAT_MAGIC_64; these files are big-endian whatever they hold.
    static func isUniversal(_ magic: UInt32) -> Bool {
        magic == 0xCAFE_BABE || magic == 0xCAFE_BABF
    }

    /// The parts of a file of one architecture.
    static func thinLayout(of bytes: some RandomAccessBytes) throws -> FileLayout {
        let commands = try MachOCommands(bytes)
        var parts = LayoutParts(format: format, count: bytes.count)
        parts.add(commands.header, .header, "header")
        for part in commands.parts { parts.add(part.range, part.kind, part.name) }
        if let signature = commands.signature {
            // Anywhere else it could stand where code is mapped.
            guard let segment = linkEdit(commands), segment.isReadOnly,
                segment.range.lowerBound <= signature.lowerBound,
                signature.upperBound <= segment.range.upperBound
            else {
                throw commands.reader.malformed("the code signature is not in __LINKEDIT", at: signature.lowerBound)
            }
            let isOthers = isNamedByOthers(signature, commands)
            for part in try CodeSignature.parts(commands.reader, in: signature) {
                let isClaim = part.kind == .signature && isOthers
                parts.add(
                    part.range,
                    isClaim ? .section : part.kind,
                    isClaim ? "\(part.name), named by other commands" : part.name
                )
            }
        }
        try parts.settle()
        let opaque = commands.segments.filter { !$0.hasSections }
        try parts.fill(opaque.map { FileLayout.Region($0.range, .section, $0.name) })
        for field in commands.fields + linkEditSizes(commands) { parts.cut(field.range, field.kind, field.name) }
        return try parts.layout(symbols: try MachOSymbols.read(commands))
    }

    /// Whether something else than the signature is, or may be, where the signature is: what is read as other data is
    /// compared as such.
    private static func isNamedByOthers(
        _ signature: Range<UInt64>,
        _ commands: MachOCommands<some RandomAccessBytes>
    ) -> Bool {
        commands.unknownCommand != nil || commands.named.contains { $0.overlaps(signature) } || sharesMemory(commands)
    }

    /// Whether the segment with the signature stands where another one does in memory.
    private static func sharesMemory<Source>(_ commands: MachOCommands<Source>) -> Bool {
        guard let segment = linkEdit(commands) else { return true }
        let (end, overflow) = segment.address.addingReportingOverflow(segment.memorySize)
        return overflow
            || commands.mapped.contains { other in
                let reach = other.address.addingReportingOverflow(other.memorySize)
                return other.fileSizeField != segment.fileSizeField && other.memorySize > 0 && other.address < end
                    && (reach.overflow || reach.partialValue > segment.address)
            }
    }

    /// The segment that a signature stands in, where there is one.
    static func linkEdit<Source>(_ commands: MachOCommands<Source>) -> MachOCommands<Source>.Segment? {
        commands.segments.first { $0.name == "__LINKEDIT" && !$0.hasSections }
    }

    /// The two sizes of `__LINKEDIT`, where the signature ends the segment.
    ///
    /// Whoever signs lets the segment end with the signature, and its size in memory follows (Apple, cctools,
    /// misc/codesign_allocate.c), as it is or up to a page. Where they are exactly that, they say nothing new; any
    /// other value stays part of the header.
    private static func linkEditSizes(_ commands: MachOCommands<some RandomAccessBytes>) -> [FileLayout.Region] {
        guard let signature = commands.signature, let segment = linkEdit(commands),
            segment.range.upperBound == signature.upperBound
        else { return [] }
        return linkEditSizes(segment)
    }

    /// The size in the file, and the one in memory where it follows.
    static func linkEditSizes(
        _ segment: MachOCommands<some RandomAccessBytes>.Segment
    ) -> [FileLayout.Region] {
        let size = segment.range.upperBound - segment.range.lowerBound
        var fields = [FileLayout.Region(segment.fileSizeField, .signature, fileSizeName)]
        if [1, 0x1000, 0x4000].contains(where: { (size + $0 - 1) / $0 * $0 == segment.memorySize }) {
            fields.append(FileLayout.Region(segment.memorySizeField, .signature, memorySizeName))
        }
        return fields
    }
}
