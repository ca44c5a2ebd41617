/// Which part of one file stands for which part of another.
struct RegionMatching {
    /// What stands for a part.
    enum Match {
        /// A part of both files, by their positions in the two lists.
        case both(Int, Int)
        /// A part of the shipped file alone.
        case shipped(Int)
        /// A part of the rebuilt file alone.
        case rebuilt(Int)
    }

    private let shipped: [FileLayout.Region]
    private let rebuilt: [FileLayout.Region]

    /// Takes the parts of both files.
    init(_ shipped: [FileLayout.Region], _ rebuilt: [FileLayout.Region]) {
        (self.shipped, self.rebuilt) = (shipped, rebuilt)
    }

    /// Calls `body` with every part once; whether parts of both files stand in another order.
    ///
    /// As long as both lists go alike nothing is looked up; then the first with a name belongs to the first with that
    /// name, the second to the second.
    func forEach(_ body: (Match) throws -> Void) rethrows -> Bool {
        var start = 0
        var subjects = SubjectPair()
        while start < min(shipped.count, rebuilt.count), subjects.areCounterparts(shipped[start], rebuilt[start]) {
            try body(.both(start, start))
            start += 1
        }
        var (shippedEnd, rebuiltEnd) = (shipped.count, rebuilt.count)
        while shippedEnd > start, rebuiltEnd > start,
            subjects.areCounterparts(shipped[shippedEnd - 1], rebuilt[rebuiltEnd - 1])
        {
            shippedEnd -= 1
            rebuiltEnd -= 1
        }
        let isPermuted = try middle(start..<shippedEnd, start..<rebuiltEnd, body)
        for offset in 0..<shipped.count - shippedEnd { try body(.both(shippedEnd + offset, rebuiltEnd + offset)) }
        return isPermuted
    }

    private func middle(_ left: Range<Int>, _ right: Range<Int>, _ body: (Match) throws -> Void) rethrows -> Bool {
        // The first position with a key, and for each position the next one with the same.
        var first: [Key: Int32] = [:]
        var subjects = SubjectNumbers()
        var next = [Int32](repeating: -1, count: right.count)
        for index in right.reversed() {
            let key = Key(rebuilt[index], &subjects)
            next[index - right.lowerBound] = first[key] ?? -1
            first[key] = Int32(index)
        }
        var isMatched = [Bool](repeating: false, count: right.count)
        var (last, isPermuted) = (-1, false)
        for index in left {
            let key = Key(shipped[index], &subjects)
            guard let found = first[key].map(Int.init), found >= 0 else {
                try body(.shipped(index))
                continue
            }
            first[key] = next[found - right.lowerBound]
            isMatched[found - right.lowerBound] = true
            isPermuted = isPermuted || found < last
            last = found
            try body(.both(index, found))
        }
        for index in right where !isMatched[index - right.lowerBound] { try body(.rebuilt(index)) }
        return isPermuted
    }

    /// What two parts that stand for one another have in common.
    private struct Key: Hashable {
        let kind: FileLayout.Region.Kind
        let part: LayoutPart
        let subject: Int32

        init(_ region: FileLayout.Region, _ subjects: inout SubjectNumbers) {
            (kind, part, subject) = (region.kind, region.part, subjects.number(of: region.subject))
        }
    }
}

/// Numbers for subjects; equal ones have equal numbers.
///
/// The parts of a member follow each other and share one text, which compares with itself without being read. So a long
/// name is hashed once for a member, not for each of its parts.
private struct SubjectNumbers {
    private var known: [String: Int32] = [:]
    private var last: (subject: String, number: Int32)?

    mutating func number(of subject: String) -> Int32 {
        if let last, last.subject == subject { return last.number }
        let next = Int32(known.count)
        let number = known[subject, default: next]
        if number == next { known[subject] = next }
        last = (subject, number)
        return number
    }
}

/// The last two subjects that were compared, so that a long name is compared once for a member.
private struct SubjectPair {
    private var last: (one: String, other: String, isEqual: Bool)?

    /// Whether both are for the same use, under the same name, wherever they stand.
    mutating func areCounterparts(_ one: FileLayout.Region, _ other: FileLayout.Region) -> Bool {
        guard one.kind == other.kind, one.part == other.part else { return false }
        if let last, last.one == one.subject, last.other == other.subject {
            return last.isEqual
        }
        let isEqual = one.subject == other.subject
        last = (one.subject, other.subject, isEqual)
        return isEqual
    }
}

/// Small parts of two files, compared through a window on each.
struct WindowPair {
    private static let byteCount = 256 << 10
    /// The longest parts that are compared here.
    static let partCeiling: UInt64 = 64 << 10

    private let files: (FileBytes, FileBytes)
    private var windows = (
        [UInt8](repeating: 0, count: byteCount), [UInt8](repeating: 0, count: byteCount)
    )
    private var ranges: (Range<UInt64>, Range<UInt64>) = (0..<0, 0..<0)

    /// Opens a window on each of two files.
    init(_ left: FileBytes, _ right: FileBytes) {
        files = (left, right)
    }

    /// Whether two parts of at most ``partCeiling`` bytes hold the same.
    mutating func isEqual(_ left: Range<UInt64>, _ right: Range<UInt64>) throws -> Bool {
        guard left.count == right.count else { return false }
        try WindowPair.move(&ranges.0, &windows.0, to: left, of: files.0)
        try WindowPair.move(&ranges.1, &windows.1, to: right, of: files.1)
        let places = (Int(left.lowerBound - ranges.0.lowerBound), Int(right.lowerBound - ranges.1.lowerBound))
        return ByteWalk.isEqual(
            windows.0.span.extracting(places.0..<places.0 + left.count),
            windows.1.span.extracting(places.1..<places.1 + right.count)
        )
    }

    private static func move(
        _ range: inout Range<UInt64>,
        _ window: inout [UInt8],
        to part: Range<UInt64>,
        of file: FileBytes
    ) throws {
        guard part.lowerBound < range.lowerBound || part.upperBound > range.upperBound else { return }
        guard part.count <= byteCount, part.upperBound <= file.count else {
            throw OutsideBytes(range: part, count: file.count)
        }
        let end = min(file.count, part.lowerBound + UInt64(byteCount))
        range = 0..<0
        try file.read(into: &window, count: Int(end - part.lowerBound), from: part.lowerBound)
        range = part.lowerBound..<end
    }
}
