/// Two universal files of the same architectures whose slices stand as near as their alignment lets them.
///
/// Then the places of slices and the zeros between them follow from the sizes of slices, and these from what is in them.
struct UniversalPair<Left: RandomAccessBytes, Right: RandomAccessBytes> {
    private typealias Slices = (table: Range<UInt64>, slices: [UniversalLayout.Slice])

    private let left: LayoutReader<Left>
    private let right: LayoutReader<Right>
    private let shipped: Slices
    private let rebuilt: Slices

    /// Takes two universal files; nil where places or zeros do not follow.
    init?(_ left: Left, _ right: Right) throws {
        self.left = LayoutReader(left, format: MachOLayout.format, isBigEndian: true)
        self.right = LayoutReader(right, format: MachOLayout.format, isBigEndian: true)
        (shipped, rebuilt) = (try UniversalLayout.slices(self.left), try UniversalLayout.slices(self.right))
        guard shipped.slices.map(\.architecture) == rebuilt.slices.map(\.architecture),
            try Self.arePacked(shipped, self.left), try Self.arePacked(rebuilt, self.right)
        else { return nil }
    }

    private static func arePacked(_ file: Slices, _ reader: LayoutReader<some RandomAccessBytes>) throws -> Bool {
        var end = file.table.upperBound
        for slice in file.slices {
            // lipo(1) knows no alignment beyond that.
            guard slice.alignment <= 15, !slice.range.isEmpty else { return false }
            let step = UInt64(1) << UInt64(slice.alignment)
            guard slice.range.lowerBound == (end + step - 1) / step * step,
                try reader.isZero(end..<slice.range.lowerBound)
            else { return false }
            end = slice.range.upperBound
        }
        return end == reader.count
    }

    /// The marked layouts; nil where no slice has a signature.
    func layouts() throws -> (shipped: FileLayout, rebuilt: FileLayout)? {
        var (ones, others): ([FileLayout?], [FileLayout?]) = ([], [])
        var isSigned = false
        for (one, other) in zip(shipped.slices, rebuilt.slices) {
            var first = try UniversalLayout.layout(of: one, left)
            var second = try UniversalLayout.layout(of: other, right)
            if let layout = first, let otherLayout = second {
                isSigned = isSigned || Self.isSigned(layout) || Self.isSigned(otherLayout)
                let marked = try CodeSignaturePair.thinLayouts(
                    FilePart(left.source, one.range),
                    layout,
                    FilePart(right.source, other.range),
                    otherLayout
                )
                if let marked { (first, second) = marked }
            }
            ones.append(first)
            others.append(second)
        }
        guard isSigned, let one = try Self.layout(shipped, left, ones),
            let other = try Self.layout(rebuilt, right, others)
        else { return nil }
        return (one, other)
    }

    private static func isSigned(_ layout: FileLayout) -> Bool { layout.regions.contains { $0.kind == .signature } }

    /// The layout of a file by those of its slices, with the places of slices and the zeros before them as signature.
    private static func layout(
        _ file: Slices,
        _ reader: LayoutReader<some RandomAccessBytes>,
        _ layouts: [FileLayout?]
    ) throws -> FileLayout? {
        var next = 0
        let whole = try UniversalLayout.layout(of: file.slices, behind: file.table, reader) { _ in
            // Packed slices are in the order of the table.
            defer { next += 1 }
            return next < layouts.count ? layouts[next] : nil
        }
        var cuts: [FileLayout.Region] = []
        var end = file.table.upperBound
        for slice in file.slices {
            cuts.append(.init(slice.field, .signature, "place of the \(slice.architecture) slice"))
            if end < slice.range.lowerBound {
                let name = "alignment of the \(slice.architecture) slice"
                cuts.append(.init(end..<slice.range.lowerBound, .signature, name))
            }
            end = slice.range.upperBound
        }
        return whole.marked(cuts)
    }
}
