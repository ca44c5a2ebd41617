import ArchiveWorker

/// Brings the members of two containers together, in whatever order they come out.
///
/// The first of a name belongs to the first of that name, the second to the second. What waits for its counterpart, and
/// what differs, is kept in temporary files; all else is forgotten at once.
struct MemberPairing {
    /// A member with its content.
    struct Kept {
        let header: MemberHeader
        let content: FileBytes
    }

    /// What was found of a name.
    enum Found {
        /// Two contents that are the same, this many bytes.
        case equal(MemberHeader, MemberHeader, UInt64)
        /// Two contents that differ, or that came in another order and are still to be compared.
        case both(Kept, Kept)
        /// On one side only.
        case oneSide(Kept, isShipped: Bool)
    }

    /// One of the two containers.
    struct Side {
        let stream: MemberStream
        let spool: Spool
        /// Looks at every header as it comes, and at the end; throws where it is not as it must be.
        let check: (MemberHeader?) throws -> Void
    }

    /// The most members that wait for their counterparts.
    private static let waitingCeiling = 1 << 17

    private let left: Side
    private let right: Side
    private var waiting: (shipped: [[UInt8]: [Kept]], rebuilt: [[UInt8]: [Kept]]) = ([:], [:])
    private var waitingCount = 0
    private var later: [Found] = []

    /// Takes two containers.
    init(_ left: Side, _ right: Side) {
        (self.left, self.right) = (left, right)
    }

    /// Calls `equal` with members that are the same while they come; all others, once both have come to their ends.
    mutating func run(_ equal: (MemberHeader, MemberHeader, UInt64) throws -> Void) throws -> [Found] {
        var headers = (try next(left), try next(right))
        while headers.0 != nil || headers.1 != nil {
            if let one = headers.0, let other = headers.1, one.name == other.name, !isAwaited(one.name) {
                switch try ContentPair(left.stream, right.stream, left.spool, right.spool).compare() {
                case .equal(let count): try equal(one, other, count)
                case .different(let first, let second):
                    try addLater(.both(Kept(header: one, content: first), Kept(header: other, content: second)))
                }
                headers = (try next(left), try next(right))
            } else if let one = headers.0, headers.1.map({ waiting.shipped[$0.name] == nil }) ?? true {
                try keep(one, left, isShipped: true)
                headers.0 = try next(left)
            } else if let other = headers.1 {
                try keep(other, right, isShipped: false)
                headers.1 = try next(right)
            }
        }
        for (side, isShipped) in [(waiting.shipped, true), (waiting.rebuilt, false)] {
            for (_, kept) in side.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                later += kept.map { .oneSide($0, isShipped: isShipped) }
            }
        }
        return later
    }

    private func next(_ side: Side) throws -> MemberHeader? {
        let header = try side.stream.nextMember()
        try side.check(header)
        return header
    }

    private func isAwaited(_ name: [UInt8]) -> Bool { waiting.shipped[name] != nil || waiting.rebuilt[name] != nil }

    /// Keeps a content; its counterpart may be waiting.
    private mutating func keep(_ header: MemberHeader, _ side: Side, isShipped: Bool) throws {
        let kept = Kept(header: header, content: try ContentPair.keep(side.stream, in: side.spool))
        if isShipped, let other = MemberPairing.take(header.name, from: &waiting.rebuilt) {
            waitingCount -= 1
            return try addLater(.both(kept, other))
        }
        if !isShipped, let other = MemberPairing.take(header.name, from: &waiting.shipped) {
            waitingCount -= 1
            return try addLater(.both(other, kept))
        }
        waitingCount += 1
        try checkCount()
        if isShipped {
            waiting.shipped[header.name, default: []].append(kept)
        } else {
            waiting.rebuilt[header.name, default: []].append(kept)
        }
    }

    private mutating func addLater(_ found: Found) throws {
        later.append(found)
        try checkCount()
    }

    private func checkCount() throws {
        guard waitingCount + later.count <= MemberPairing.waitingCeiling else {
            throw Unopenable(
                reason: "more than \(MemberPairing.waitingCeiling) members differ or stand in another order"
            )
        }
    }

    private static func take(_ name: [UInt8], from waiting: inout [[UInt8]: [Kept]]) -> Kept? {
        guard var kept = waiting[name], !kept.isEmpty else { return nil }
        let first = kept.removeFirst()
        waiting[name] = kept.isEmpty ? nil : kept
        return first
    }
}
