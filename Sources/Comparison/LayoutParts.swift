/// Gathers the parts of a file while its headers are read, and makes the layout of them.
///
/// Two levels, so that nothing is read twice where parts overlap: parts, which may not share a byte, and fields within
/// parts, which are cut out of them.
struct LayoutParts {
    typealias Region = FileLayout.Region

    private let format: String
    private let count: UInt64
    private var parts: [Region] = []
    private var fields: [Region] = []

    /// Begins with no part of a file of `count` bytes.
    init(format: String, count: UInt64) {
        self.format = format
        self.count = count
    }

    /// Where the last part ends.
    var end: UInt64 { parts.map(\.range.upperBound).max() ?? 0 }

    /// Adds a part, in any order; an empty one is left out.
    mutating func add(_ range: Range<UInt64>, _ kind: Region.Kind, _ name: String) {
        guard !range.isEmpty else { return }
        parts.append(Region(range, kind, name))
    }

    /// Cuts a field out of the part that it is in; one that is in none is left out.
    mutating func cut(_ range: Range<UInt64>, _ kind: Region.Kind, _ name: String) {
        guard !range.isEmpty else { return }
        fields.append(Region(range, kind, name))
    }

    /// Puts the parts in order; throws ``MalformedLayout`` where two share a byte.
    mutating func settle() throws {
        parts = try LayoutParts.ordered(parts, format)
    }

    /// Whether all of `range` is in one part; only right once the parts are settled.
    func isWithinPart(_ range: Range<UInt64>) -> Bool {
        let next = parts.partitioningIndex { $0.range.lowerBound > range.lowerBound }
        return next > 0 && range.upperBound <= parts[next - 1].range.upperBound
    }

    /// Fills what no part has within `regions` with parts like them; both must be in order, and are then settled again.
    mutating func fill(_ regions: [Region]) throws {
        var filled: [Region] = []
        var first = 0
        for region in regions {
            var start = region.range.lowerBound
            while first < parts.count, parts[first].range.upperBound <= start { first += 1 }
            while first < parts.count, parts[first].range.lowerBound < region.range.upperBound {
                if parts[first].range.lowerBound > start {
                    filled.append(Region(start..<parts[first].range.lowerBound, region.kind, region.name))
                }
                start = max(start, parts[first].range.upperBound)
                // A part that goes on behind this region may begin in the next one.
                if parts[first].range.upperBound > region.range.upperBound { break }
                first += 1
            }
            if start < region.range.upperBound {
                filled.append(Region(start..<region.range.upperBound, region.kind, region.name))
            }
        }
        parts += filled
        try settle()
    }

    /// The layout; throws ``MalformedLayout`` where two parts or two fields share a byte.
    func layout(symbols: [FileLayout.Symbol] = []) throws -> FileLayout {
        let regions = LayoutParts.cut(
            try LayoutParts.ordered(fields, format),
            outOf: try LayoutParts.ordered(parts, format)
        )
        guard let layout = FileLayout(format: format, count: count, regions: regions, symbols: symbols) else {
            throw MalformedLayout(format, "a part reaches behind the end of the file", at: count)
        }
        return layout
    }

    private static func ordered(_ regions: [Region], _ format: String) throws -> [Region] {
        let sorted = regions.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        for (left, right) in zip(sorted, sorted.dropFirst()) where left.range.upperBound > right.range.lowerBound {
            throw MalformedLayout(format, "\(left.name) and \(right.name) share bytes", at: right.range.lowerBound)
        }
        return sorted
    }

    /// The same parts with `fields` cut out of them, both in order; a field that is not within one part is left out.
    static func cut(_ fields: [Region], outOf parts: [Region]) -> [Region] {
        var regions: [Region] = []
        regions.reserveCapacity(parts.count + 2 * fields.count)
        var rest = fields[...]
        for part in parts {
            var start = part.range.lowerBound
            while let field = rest.first, field.range.lowerBound < part.range.upperBound {
                rest.removeFirst()
                guard field.range.lowerBound >= start, field.range.upperBound <= part.range.upperBound else { continue }
                regions.append(Region(start..<field.range.lowerBound, part.kind, part.name))
                regions.append(field)
                start = field.range.upperBound
            }
            regions.append(Region(start..<part.range.upperBound, part.kind, part.name))
        }
        return regions.filter { !$0.range.isEmpty }
    }
}

extension FileLayout {
    /// The layout with all of `cuts` cut out of its parts; nil where one is not within a part.
    func marked(_ cuts: [Region]) -> FileLayout? {
        let cuts = cuts.sorted { $0.range.lowerBound < $1.range.lowerBound }
        let marked = FileLayout(
            format: format,
            count: regions.last?.range.upperBound ?? 0,
            regions: LayoutParts.cut(cuts, outOf: regions),
            symbols: symbols
        )
        guard let marked, cuts.allSatisfy({ marked.region(containing: $0.range.lowerBound) == $0 }) else { return nil }
        return marked
    }
}

extension RandomAccessCollection {
    /// The first index whose element fulfils `condition`, which no element before and every element after must keep to.
    func partitioningIndex(where condition: (Element) -> Bool) -> Index {
        var low = startIndex
        var length = count
        while length > 0 {
            let half = length / 2
            let middle = index(low, offsetBy: half)
            if condition(self[middle]) {
                length = half
            } else {
                low = index(after: middle)
                length -= half + 1
            }
        }
        return low
    }
}
