import Attestations
import BuildStatements
import Comparison

/// An item of a comparison that differs itself, with its place among the containers it is in.
struct DifferingItem {
    /// The escaped names from the shipped file down to the item.
    let path: String
    /// What was compared.
    let item: ComparedItem
    /// The shipped bytes of its own differences that nothing explains.
    let unexplained: UInt64

    /// Every item that differs itself, those with the most unexplained bytes first.
    static func all(in items: [ComparedItem]) -> [DifferingItem] {
        var found: [DifferingItem] = []
        // An explicit stack: how deep containers nest is not ours to say.
        var open = items.reversed().map { (path: Spelling.name($0.name), item: $0) }
        while let (path, item) = open.popLast() {
            if differs(item) { found.append(DifferingItem(path: path, item: item, unexplained: unexplained(item))) }
            for member in item.members.reversed() {
                let memberPath = Spelling.shortened(
                    "\(path) > \(Spelling.name(member.name))",
                    to: 2 * Spelling.maximumNameCount
                )
                open.append((memberPath, member))
            }
        }
        let order = found.indices.sorted { left, right in
            let (one, other) = (found[left], found[right])
            if one.unexplained != other.unexplained { return one.unexplained > other.unexplained }
            if one.item.grade != other.item.grade { return one.item.grade < other.item.grade }
            return left < right
        }
        return order.map { found[$0] }
    }

    private static func differs(_ item: ComparedItem) -> Bool {
        if !item.differences.isEmpty || item.unlistedDifferenceCount > 0 || item.presence != .both { return true }
        return item.members.isEmpty && item.grade != .identical
    }

    private static func unexplained(_ item: ComparedItem) -> UInt64 {
        if item.members.isEmpty { return item.account.unexplained }
        var account = ByteAccount()
        for difference in item.differences where difference.accountedAs == .unexplained {
            var one = ByteAccount()
            one.unexplained = difference.byteCount
            account.add(one)
        }
        return account.unexplained
    }
}
