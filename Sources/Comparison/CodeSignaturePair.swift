/// Two Mach-O files with code signatures of different sizes, or of which one has a signature and the other has none.
enum CodeSignaturePair {
    /// The same layouts, in which what follows from a signature is marked as signature; unchanged for other formats.
    ///
    /// Nothing is marked where a part has another value than the one that follows.
    static func layouts(
        _ left: some RandomAccessBytes,
        _ shipped: FileLayout,
        _ right: some RandomAccessBytes,
        _ rebuilt: FileLayout
    ) throws -> (shipped: FileLayout, rebuilt: FileLayout) {
        guard shipped.format == MachOLayout.format, rebuilt.format == MachOLayout.format else {
            return (shipped, rebuilt)
        }
        let isUniversal = (try self.isUniversal(left), try self.isUniversal(right))
        switch isUniversal {
        case (true, true): return try UniversalPair(left, right)?.layouts() ?? (shipped, rebuilt)
        case (false, false): return try thinLayouts(left, shipped, right, rebuilt) ?? (shipped, rebuilt)
        default: return (shipped, rebuilt)
        }
    }

    /// The marked layouts of two files of one architecture; nil where there is nothing to mark.
    static func thinLayouts(
        _ left: some RandomAccessBytes,
        _ shipped: FileLayout,
        _ right: some RandomAccessBytes,
        _ rebuilt: FileLayout
    ) throws -> (FileLayout, FileLayout)? {
        let (one, other) = (try MachOCommands(left), try MachOCommands(right))
        if let added = try AddedCodeSignature(one, other) {
            return try added.mark(shipped, rebuilt).map { ($0.signed, $0.unsigned) }
        }
        if let added = try AddedCodeSignature(other, one) {
            return try added.mark(rebuilt, shipped).map { ($0.unsigned, $0.signed) }
        }
        guard one.signature != nil, other.signature != nil else { return nil }
        return sameMemorySize(one, shipped, other, rebuilt)
    }

    /// Of two signed files with one size of `__LINKEDIT` in memory: a signer leaves it as it is where there is room.
    ///
    /// Then it can follow from the size in one file and not in the other, and is cut out of one of them alone.
    private static func sameMemorySize(
        _ one: MachOCommands<some RandomAccessBytes>,
        _ shipped: FileLayout,
        _ other: MachOCommands<some RandomAccessBytes>,
        _ rebuilt: FileLayout
    ) -> (FileLayout, FileLayout)? {
        guard let first = MachOLayout.linkEdit(one), let second = MachOLayout.linkEdit(other),
            first.memorySize == second.memorySize
        else { return nil }
        let cuts = [first.memorySizeField, second.memorySizeField].map {
            FileLayout.Region($0, .signature, MachOLayout.memorySizeName)
        }
        let isCut = (shipped.regions.contains(cuts[0]), rebuilt.regions.contains(cuts[1]))
        guard isCut.0 != isCut.1 else { return nil }
        return isCut.0
            ? rebuilt.marked([cuts[1]]).map { (shipped, $0) } : shipped.marked([cuts[0]]).map { ($0, rebuilt) }
    }

    private static func isUniversal(_ file: some RandomAccessBytes) throws -> Bool {
        MachOLayout.isUniversal(
            try LayoutReader(file, format: MachOLayout.format, isBigEndian: true).fields(at: 0, 4, "the header").u32(0)
        )
    }
}
