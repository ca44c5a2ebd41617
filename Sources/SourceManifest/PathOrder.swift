import Encodings

/// Admits paths in strictly increasing order of their raw bytes, none a directory prefix of another.
///
/// A path and what lies beneath it need not be neighbours: `a`, `a-b` and `a/c` are in order, and the third cannot
/// stand beside the first. So the paths that the last one starts with are remembered, by their lengths.
struct PathOrder {
    private var last = [UInt8](repeating: 0, count: TreePath.maximumByteCount)
    private var lastCount = 0
    // The lengths of the admitted paths with which the last one starts, itself included; increasing.
    private var prefixes: [Int] = []

    /// Admits a path that keeps the rules of a path; throws, and forgets it, where it breaks those of the order.
    mutating func admit(_ path: Span<UInt8>) throws(MalformedManifest.Reason) {
        let common = commonCount(path)
        if common == lastCount {
            guard path.count > common else { throw .repeatedPath }
        } else {
            guard common < path.count, path[common] > last[common] else { throw .notIncreasing }
        }
        var kept = prefixes.count
        while kept > 0, prefixes[kept - 1] > common {
            kept -= 1
        }
        // A path shorter than `common` would have been a directory of the last path too.
        if kept > 0, prefixes[kept - 1] == common, path[common] == UInt8(ascii: "/") { throw .beneathAnEntry }
        prefixes.removeLast(prefixes.count - kept)
        prefixes.append(path.count)
        var bytes = last.mutableSpan
        for index in common..<path.count {
            bytes[index] = path[index]
        }
        lastCount = path.count
    }

    private func commonCount(_ path: Span<UInt8>) -> Int {
        let bytes = last.span
        let limit = min(lastCount, path.count)
        var count = 0
        while count < limit, bytes[count] == path[count] {
            count += 1
        }
        return count
    }
}
