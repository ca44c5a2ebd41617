extension FileLayout {
    /// The part that has the byte at `offset`; nil behind the end.
    package func region(containing offset: UInt64) -> Region? {
        let next = regions.partitioningIndex { $0.range.lowerBound > offset }
        guard next > 0, regions[next - 1].range.contains(offset) else { return nil }
        return regions[next - 1]
    }

    /// The symbol that has the byte at `offset`: of several, the one that begins last.
    ///
    /// Looks at the 64 symbols that begin nearest before the byte, no further.
    package func symbol(containing offset: UInt64) -> Symbol? {
        let next = symbols.partitioningIndex { $0.range.lowerBound > offset }
        return symbols[max(0, next - 64)..<next].last { $0.range.contains(offset) }
    }
}
