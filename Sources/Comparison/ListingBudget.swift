/// How much of a comparison is listed; what is beyond counts and is not named.
///
/// Where one list is cut depends on what was listed before it; no grade and no account does.
struct ListingBudget {
    private let ceilings: ComparisonCeilings
    private var itemCount = 0
    private var nameByteCount = 0
    private var differenceCount = 0
    private var differenceByteCount = 0

    /// Nothing is listed yet.
    init(_ ceilings: ComparisonCeilings) {
        self.ceilings = ceilings
    }

    /// Whether one more item of this name is listed.
    mutating func takeItem(named name: [UInt8]) -> Bool {
        guard itemCount < ceilings.items, name.count <= ceilings.listedNameByteCount - nameByteCount else {
            return false
        }
        itemCount += 1
        nameByteCount += name.count
        return true
    }

    /// The first of `differences` that are listed.
    mutating func take(_ differences: [ByteDifference]) -> ArraySlice<ByteDifference> {
        differences.prefix { difference in
            let byteCount = difference.listedByteCount
            guard differenceCount < ceilings.differences,
                byteCount <= ceilings.listedByteCount - differenceByteCount
            else { return false }
            differenceCount += 1
            differenceByteCount += byteCount
            return true
        }
    }
}

extension ByteDifference {
    /// About how many bytes of memory a difference takes with what is shown of it.
    fileprivate var listedByteCount: Int {
        let shown =
            switch view {
            case .hex(_, let shipped, _, let rebuilt)?: shipped.count + rebuilt.count
            case .text(let lines)?: lines.reduce(0) { $0 + MemoryLayout<Line>.stride + $1.bytes.count }
            case .property(let shipped, let rebuilt)?: shipped.utf8.count + rebuilt.utf8.count
            case nil: 0
            }
        return MemoryLayout<ByteDifference>.stride + place.utf8.count + shown
    }
}
