import Attestations
import BuildStatements
import Comparison

/// The tiles of a treemap: one for each shipped file or member that is large enough to be seen, one for the small rest.
struct TreemapTiles {
    /// A rectangle, and what it stands for.
    struct Tile {
        let label: String
        let path: String
        let account: ByteAccount
        let rectangle: TreemapLayout.Rectangle
    }

    /// The most tiles of a map.
    static let maximumCount = 1000
    /// The whole map.
    static let whole = TreemapLayout.Rectangle(x: 0, y: 0, width: 1000, height: 440)
    /// The area of the smallest tile that stands for one file alone.
    static let smallestArea = 400.0
    /// How deep containers are opened.
    static let maximumDepth = 32

    /// The tiles; together they cover the whole map.
    private(set) var tiles: [Tile] = []
    /// The tiles that are placed or promised.
    private var count = 1

    /// Lays out everything that was shipped.
    init(_ items: [ComparedItem]) {
        var total = ByteAccount()
        for item in items { total.add(item.account) }
        guard total.total > 0 else { return }
        let part = Part(label: "everything", path: "everything that was shipped", account: total, members: items)
        place(part, in: TreemapTiles.whole, depth: 0)
    }

    /// What a tile may become: an item, the rest of a container around its members, or many small parts.
    private struct Part {
        let label: String
        let path: String
        let account: ByteAccount
        var members: [ComparedItem] = []

        var weight: Double { Double(account.total) }
    }

    private mutating func place(_ part: Part, in rectangle: TreemapLayout.Rectangle, depth: Int) {
        let parts = depth < TreemapTiles.maximumDepth ? divided(part, rectangle, isWhole: depth == 0) : []
        guard !parts.isEmpty, parts.count - 1 <= TreemapTiles.maximumCount - count else {
            tiles.append(
                Tile(label: part.label, path: part.path, account: part.account, rectangle: rectangle)
            )
            return
        }
        count += parts.count - 1
        let rectangles = TreemapLayout.rectangles(parts.map(\.weight), in: rectangle)
        for (part, rectangle) in zip(parts, rectangles) { place(part, in: rectangle, depth: depth + 1) }
    }

    /// The parts of a container, the largest first; none where all of them are too small to be seen.
    private func divided(_ part: Part, _ rectangle: TreemapLayout.Rectangle, isWhole: Bool) -> [Part] {
        let all = TreemapTiles.parts(of: part, isWhole: isWhole)
        let sum = all.reduce(0) { $0 + $1.weight }
        guard sum > 0 else { return [] }
        let smallest = TreemapTiles.smallestArea / rectangle.area * sum
        var large: [Part] = []
        var small: [Part] = []
        for each in all {
            if each.weight >= smallest { large.append(each) } else if each.weight > 0 { small.append(each) }
        }
        guard !large.isEmpty else { return [] }
        if let only = small.first, small.count == 1 {
            large.append(only)
        } else if !small.isEmpty {
            var account = ByteAccount()
            for each in small { account.add(each.account) }
            let label = "\(Spelling.number(small.count)) smaller files"
            large.append(Part(label: label, path: "\(label) in \(part.path)", account: account))
        }
        let order = large.indices.sorted { left, right in
            (large[right].weight, left) < (large[left].weight, right)
        }
        return order.map { large[$0] }
    }

    /// The members of a container, and what is left of it around them.
    private static func parts(of part: Part, isWhole: Bool) -> [Part] {
        guard !part.members.isEmpty else { return [] }
        var parts: [Part] = []
        var rest = part.account
        for member in part.members {
            let name = Spelling.name(member.name)
            let path = isWhole ? name : Spelling.shortened("\(part.path) > \(name)", to: Spelling.maximumNameCount)
            parts.append(
                Part(label: lastComponent(name), path: path, account: member.account, members: member.members)
            )
            for each in ByteAccount.Class.allCases { rest[each] -= min(rest[each], member.account[each]) }
        }
        if rest.total > 0 {
            parts.append(Part(label: "container", path: "\(part.path), outside its members", account: rest))
        }
        return parts
    }

    private static func lastComponent(_ name: String) -> String {
        name.split(separator: "/").last.map(String.init) ?? name
    }
}
