import Attestations

/// The bytes that differ between two parts of files, counted by the symbols they lie in.
struct DifferingBytes {
    /// The bytes that differ within one symbol, or outside every symbol.
    struct Group {
        /// The symbol; nil outside every one.
        let symbol: String?
        /// How many differ.
        var count: UInt64
        /// From the first to the last, seen from the start of the shipped file.
        var range: Range<UInt64>
    }

    /// The groups kept; what is beyond goes into the last one.
    private static let ceiling = 64

    /// The groups in the order of their first bytes.
    private(set) var groups: [Group] = []
    private let symbols: SymbolSearch

    /// Looks places up in the symbols of the shipped file.
    init(symbols: SymbolSearch) {
        self.symbols = symbols
    }

    /// The number of bytes that differ.
    var count: UInt64 { groups.reduce(0) { $0 + $1.count } }

    /// Counts a run, seen from the start of the shipped file.
    mutating func add(_ run: Range<UInt64>) {
        var rest = run
        while !rest.isEmpty {
            let (symbol, end) = symbols.symbol(at: rest.lowerBound)
            let part = rest.lowerBound..<min(rest.upperBound, max(end, rest.lowerBound + 1))
            add(part, in: symbol)
            rest = part.upperBound..<rest.upperBound
        }
    }

    private mutating func add(_ run: Range<UInt64>, in symbol: String?) {
        if let last = groups.indices.last, groups[last].symbol == symbol || groups.count == DifferingBytes.ceiling {
            groups[last].count += UInt64(run.count)
            groups[last].range = groups[last].range.lowerBound..<run.upperBound
        } else {
            groups.append(Group(symbol: symbol, count: UInt64(run.count), range: run))
        }
    }
}

/// The symbols of a file, found by place.
struct SymbolSearch {
    private let symbols: [FileLayout.Symbol]

    /// Takes the symbols of a layout, which are ordered by where they begin.
    init(_ symbols: [FileLayout.Symbol]) {
        self.symbols = symbols
    }

    /// The symbol at `place`, and up to where that answer holds.
    func symbol(at place: UInt64) -> (name: String?, end: UInt64) {
        var (low, high) = (0, symbols.count)
        while low < high {
            let middle = (low + high) / 2
            if symbols[middle].range.lowerBound <= place { low = middle + 1 } else { high = middle }
        }
        let next = low < symbols.count ? symbols[low].range.lowerBound : UInt64.max
        // Symbols may overlap: the innermost is among the last that begin before the place.
        for symbol in symbols[max(0, low - 16)..<low].reversed() where symbol.range.contains(place) {
            return (symbol.name, min(next, symbol.range.upperBound))
        }
        return (nil, next)
    }
}
