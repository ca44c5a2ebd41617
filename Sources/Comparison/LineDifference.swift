/// The shortest way from one list of lines to another, as far as it is short.
///
/// E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy algorithm of section 4. Takes
/// memory in the square of the number of differing lines, which is why there is a ceiling.
struct LineDifference {
    /// A stretch that differs: lines of the old list, and those that stand in the new one instead; one may be empty.
    struct Hunk: Hashable {
        let old: Range<Int>
        let new: Range<Int>
    }

    /// The most lines that may differ before all that is between the first and the last counts as one stretch.
    static let ceiling = 1000

    /// The stretches that differ, in order.
    let hunks: [Hunk]

    /// Compares lines, each given as a number that stands for its bytes.
    init(_ old: [UInt32], _ new: [UInt32]) {
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        var (oldEnd, newEnd) = (old.count, new.count)
        while oldEnd > start, newEnd > start, old[oldEnd - 1] == new[newEnd - 1] {
            oldEnd -= 1
            newEnd -= 1
        }
        let middle = LineDifference.middle(Array(old[start..<oldEnd]), Array(new[start..<newEnd]))
        hunks = middle.map { hunk in
            Hunk(
                old: hunk.old.lowerBound + start..<hunk.old.upperBound + start,
                new: hunk.new.lowerBound + start..<hunk.new.upperBound + start
            )
        }
    }

    private static func middle(_ old: [UInt32], _ new: [UInt32]) -> [Hunk] {
        if old.isEmpty && new.isEmpty { return [] }
        let whole = [Hunk(old: 0..<old.count, new: 0..<new.count)]
        guard !old.isEmpty, !new.isEmpty, let path = path(old, new) else { return whole }
        var hunks: [Hunk] = []
        var (x, y) = (0, 0)
        for match in path {
            if match.x > x || match.y > y { hunks.append(Hunk(old: x..<match.x, new: y..<match.y)) }
            (x, y) = (match.x + match.length, match.y + match.length)
        }
        if x < old.count || y < new.count { hunks.append(Hunk(old: x..<old.count, new: y..<new.count)) }
        return hunks
    }

    private struct Match {
        let x: Int
        let y: Int
        let length: Int
    }

    /// The stretches that are equal, on a shortest path; nil where more lines differ than the ceiling says.
    private static func path(_ old: [UInt32], _ new: [UInt32]) -> [Match]? {
        let most = min(ceiling, old.count + new.count)
        // How far each diagonal k = x - y was reached with d differing lines; index k + d within a step.
        var steps: [[Int32]] = []
        for d in 0...most {
            var reached = [Int32](repeating: 0, count: 2 * d + 1)
            for k in stride(from: -d, through: d, by: 2) {
                var x = start(of: k, d, steps.last)
                while x < old.count, x - k < new.count, x - k >= 0, x >= 0, old[x] == new[x - k] { x += 1 }
                reached[k + d] = Int32(x)
                if x >= old.count, x - k >= new.count {
                    steps.append(reached)
                    return matches(steps, old.count, new.count)
                }
            }
            steps.append(reached)
        }
        return nil
    }

    /// Where diagonal `k` is entered at step `d`: from the one above or the one below, whichever reached further.
    private static func start(of k: Int, _ d: Int, _ last: [Int32]?) -> Int {
        guard let last else { return 0 }
        let isDown = k == -d || k != d && last[k - 1 + d - 1] < last[k + 1 + d - 1]
        return isDown ? Int(last[k + 1 + d - 1]) : Int(last[k - 1 + d - 1]) + 1
    }

    /// Goes back from the end, step by step.
    private static func matches(_ steps: [[Int32]], _ oldCount: Int, _ newCount: Int) -> [Match] {
        var matches: [Match] = []
        var (x, y) = (oldCount, newCount)
        for d in stride(from: steps.count - 1, through: 0, by: -1) {
            let k = x - y
            let entry = start(of: k, d, d == 0 ? nil : steps[d - 1])
            if x > entry { matches.append(Match(x: entry, y: entry - k, length: x - entry)) }
            guard d > 0 else { break }
            let last = steps[d - 1]
            let isDown = k == -d || k != d && last[k - 1 + d - 1] < last[k + 1 + d - 1]
            let before = isDown ? k + 1 : k - 1
            x = Int(last[before + d - 1])
            y = x - before
        }
        return matches.reversed()
    }
}
