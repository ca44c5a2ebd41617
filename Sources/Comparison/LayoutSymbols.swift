/// Gathers symbols; a table with more than is reasonable is cut, because symbols only help to explain.
struct LayoutSymbols {
    /// The most symbols that are kept.
    static let maximumCount = 1 << 18
    /// The most entries of a symbol table that are looked at.
    static let maximumEntryCount = 1 << 20

    private var symbols: [FileLayout.Symbol] = []
    private var starts: [(offset: UInt64, end: UInt64, name: String)] = []
    private var nameByteCount = 0

    /// Whether no more are kept.
    var isFull: Bool {
        symbols.count + starts.count >= LayoutSymbols.maximumCount
            || nameByteCount >= LayoutName.maximumTotalByteCount
    }

    /// Keeps a symbol of known size.
    mutating func add(_ range: Range<UInt64>, _ name: String) {
        guard !isFull, !range.isEmpty else { return }
        nameByteCount += name.utf8.count
        symbols.append(FileLayout.Symbol(range, name))
    }

    /// Keeps a symbol that reaches to the next one, or to `end`, where its section ends.
    mutating func add(from offset: UInt64, upTo end: UInt64, _ name: String) {
        guard !isFull, offset < end else { return }
        nameByteCount += name.utf8.count
        starts.append((offset, end, name))
    }

    /// The symbols in the order of where they begin.
    func ordered() -> [FileLayout.Symbol] {
        let sorted = starts.sorted { ($0.offset, $0.name) < ($1.offset, $1.name) }
        var all = symbols
        var next: UInt64?
        var following: UInt64?
        for start in sorted.reversed() {
            if let following, following != start.offset { next = following }
            following = start.offset
            all.append(FileLayout.Symbol(start.offset..<min(next ?? start.end, start.end), start.name))
        }
        return all.sorted {
            ($0.range.lowerBound, $1.range.upperBound, $0.name) < ($1.range.lowerBound, $0.range.upperBound, $1.name)
        }
    }
}
