/// Compares two contents while they come out of their containers.
struct ContentPair {
    private let left: MemberStream
    private let right: MemberStream
    private let leftSpool: Spool
    private let rightSpool: Spool

    /// Takes two streams, each at the start of a content, and where what differs is kept.
    init(_ left: MemberStream, _ right: MemberStream, _ leftSpool: Spool, _ rightSpool: Spool) {
        (self.left, self.right) = (left, right)
        (self.leftSpool, self.rightSpool) = (leftSpool, rightSpool)
    }

    /// What two contents were found to be.
    enum Outcome {
        /// The same bytes, this many.
        case equal(UInt64)
        /// Not the same.
        case different(FileBytes, FileBytes)

        /// How many bytes each has.
        var counts: (UInt64, UInt64) {
            switch self {
            case .equal(let count): (count, count)
            case .different(let one, let other): (one.count, other.count)
            }
        }
    }

    /// Reads both to their ends; nothing is kept of those that are equal.
    func compare() throws -> Outcome {
        let (leftStart, rightStart) = (leftSpool.end, rightSpool.end)
        while try left.fill(), try right.fill() {
            let count = min(left.pieceCount, right.pieceCount)
            let isEqual = left.withPiece(count) { first in
                right.withPiece(count) { second in ByteWalk.isEqual(first, second) }
            }
            guard isEqual else { break }
            // As long as both are equal, one copy serves for both.
            try ContentPair.move(left, count, to: leftSpool)
            right.consume(count)
        }
        if try !left.fill(), try !right.fill() {
            let count = leftSpool.end - leftStart
            leftSpool.forget(from: leftStart)
            return .equal(count)
        }
        try rightSpool.append(try leftSpool.part(from: leftStart))
        // By turns, so that both readers go on working.
        var (leftGoesOn, rightGoesOn) = (true, true)
        while leftGoesOn || rightGoesOn {
            leftGoesOn = try leftGoesOn && left.fill()
            if leftGoesOn { try ContentPair.move(left, left.pieceCount, to: leftSpool) }
            rightGoesOn = try rightGoesOn && right.fill()
            if rightGoesOn { try ContentPair.move(right, right.pieceCount, to: rightSpool) }
        }
        return .different(try leftSpool.part(from: leftStart), try rightSpool.part(from: rightStart))
    }

    /// Keeps a whole content.
    static func keep(_ stream: MemberStream, in spool: Spool) throws -> FileBytes {
        let start = spool.end
        while try stream.fill() { try move(stream, stream.pieceCount, to: spool) }
        return try spool.part(from: start)
    }

    private static func move(_ stream: MemberStream, _ count: Int, to spool: Spool) throws {
        try stream.withPiece(count) { try spool.append($0) }
        stream.consume(count)
    }
}
