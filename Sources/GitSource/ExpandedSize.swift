import Verification

/// How many entries a graph of trees stands for, counted without writing them down.
///
/// Thirty trees of two entries each are a billion files ("git bomb"); the count is known after thirty additions.
struct ExpandedSize {
    /// The most entries of one source.
    static let maximumEntries = 2_000_000

    private let graph: TreeGraph
    private var counts: [Int?]

    /// The number of files, links and submodules that `graph` stands for; throws above the ceiling.
    static func check(_ graph: TreeGraph) throws -> Int {
        var size = ExpandedSize(graph: graph, counts: Array(repeating: nil, count: graph.trees.count))
        let count = try size.count(0, depth: 1)
        guard count <= maximumEntries else {
            throw SourceNotReadable(.malformedTree, "more than \(maximumEntries) entries when expanded")
        }
        return count
    }

    private mutating func count(_ tree: Int, depth: Int) throws -> Int {
        if let known = counts[tree] { return known }
        guard depth <= TreeGraph.maximumDepth else {
            throw SourceNotReadable(
                .malformedTree,
                path: graph.path(of: tree),
                "directories nested more than \(TreeGraph.maximumDepth) deep"
            )
        }
        var total = 0
        for entry in graph.entries(of: tree) {
            let part = entry.mode == .directory ? try count(Int(entry.target), depth: depth + 1) : 1
            // Saturates: a sum beyond the ceiling stays beyond it.
            total = min(total + part, ExpandedSize.maximumEntries + 1)
        }
        counts[tree] = total
        return total
    }
}
