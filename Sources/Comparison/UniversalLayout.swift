/// A universal file: Mach-O files of several architectures one behind the other (Apple, mach-o/fat.h).
enum UniversalLayout {
    /// The most slices; also less than the version of any class file of Java.
    static let maximumSliceCount: UInt64 = 30
    /// The most parts of all slices.
    private static let maximumRegionCount = 1 << 17

    /// One architecture.
    struct Slice {
        let architecture: String
        let range: Range<UInt64>
        /// The power of two that its place is a multiple of, as it is noted.
        let alignment: UInt32
        /// Where the header says its place and its size.
        let field: Range<UInt64>
    }

    /// The parts of all slices, each named with its architecture.
    static func layout(of bytes: some RandomAccessBytes) throws -> FileLayout {
        let reader = LayoutReader(bytes, format: MachOLayout.format, isBigEndian: true)
        let (table, slices) = try slices(reader)
        return try layout(of: slices, behind: table, reader) { try layout(of: $0, reader) }
    }

    /// The parts of all slices by their layouts, which `read` gives; nil for one that is no Mach-O file.
    static func layout(
        of slices: [Slice],
        behind table: Range<UInt64>,
        _ reader: LayoutReader<some RandomAccessBytes>,
        _ read: (Slice) throws -> FileLayout?
    ) throws -> FileLayout {
        // Slices that share bytes are found before any is read.
        var whole = LayoutParts(format: MachOLayout.format, count: reader.count)
        whole.add(0..<table.upperBound, .header, "universal header")
        for slice in slices { whole.add(slice.range, .member, slice.architecture) }
        try whole.settle()
        var regions = [FileLayout.Region(0..<table.upperBound, .header, "universal header")]
        var symbols: [FileLayout.Symbol] = []
        for slice in slices.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) where !slice.range.isEmpty {
            guard let layout = try read(slice) else {
                // A static library, as libtool puts it into a universal one.
                regions.append(.init(slice.range, .member, "\(slice.architecture) slice"))
                continue
            }
            guard regions.count + layout.regions.count <= maximumRegionCount else {
                throw reader.malformed("more than \(maximumRegionCount) parts", at: slice.range.lowerBound)
            }
            let start = slice.range.lowerBound
            for region in layout.regions {
                let range = start + region.range.lowerBound..<start + region.range.upperBound
                regions.append(.init(range, region.kind, "\(slice.architecture): \(region.name)"))
            }
            for symbol in layout.symbols.prefix(LayoutSymbols.maximumCount - symbols.count) {
                symbols.append(.init(start + symbol.range.lowerBound..<start + symbol.range.upperBound, symbol.name))
            }
        }
        guard
            let layout = FileLayout(format: MachOLayout.format, count: reader.count, regions: regions, symbols: symbols)
        else { throw reader.malformed("a slice reaches behind the end of the file", at: 0) }
        return layout
    }

    /// The table of slices, and the slices in its order.
    static func slices(
        _ reader: LayoutReader<some RandomAccessBytes>
    ) throws -> (table: Range<UInt64>, slices: [Slice]) {
        let head = try reader.fields(at: 0, 8, "the universal header")
        let is64 = head.u32(0) == 0xCAFE_BABF
        guard head.offset32(4) <= maximumSliceCount else {
            throw reader.malformed("more than \(maximumSliceCount) slices", at: 4)
        }
        let table = try reader.table(8, head.offset32(4), of: is64 ? 32 : 20, "the table of slices")
        var slices: [Slice] = []
        try reader.forEachEntry(in: table, of: is64 ? 32 : 20) { index, fields in
            let architecture = architecture(fields.u32(0), fields.u32(4))
            let range = try reader.range(
                fields.word(8, is64),
                fields.word(is64 ? 16 : 12, is64),
                "the slice \(architecture)"
            )
            let entry = table.lowerBound + UInt64(index * (is64 ? 32 : 20))
            slices.append(
                Slice(
                    architecture: architecture,
                    range: range,
                    alignment: fields.u32(is64 ? 24 : 16),
                    field: entry + 8..<entry + (is64 ? 24 : 16)
                )
            )
            return true
        }
        return (table, slices)
    }

    /// The layout of a slice, its offsets seen from its start; nil where it is no Mach-O file.
    static func layout(
        of slice: Slice,
        _ reader: LayoutReader<some RandomAccessBytes>
    ) throws -> FileLayout? {
        guard slice.range.count >= 4,
            MachOLayout.isThin(try reader.fields(at: slice.range.lowerBound, 4, slice.architecture).u32(0))
        else { return nil }
        do {
            return try MachOLayout.thinLayout(of: FilePart(reader.source, slice.range))
        } catch let error as MalformedLayout {
            throw MalformedLayout(
                error.format,
                "\(slice.architecture): \(error.reason)",
                at: slice.range.lowerBound + error.offset
            )
        }
    }

    /// The name of an architecture: Apple, mach/machine.h.
    private static func architecture(_ type: UInt32, _ subtype: UInt32) -> String {
        switch type {
        case 7: "i386"
        case 12: "arm"
        case 18: "ppc"
        case 0x0100_0007: subtype & 0xFF == 8 ? "x86_64h" : "x86_64"
        case 0x0100_000C: subtype & 0xFF == 2 ? "arm64e" : "arm64"
        case 0x0100_0012: "ppc64"
        case 0x0200_000C: "arm64_32"
        default: "architecture \(type)"
        }
    }
}
