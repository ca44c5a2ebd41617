import Digests
import Encodings
import Glibc

/// Two parts of files, walked side by side in pieces.
///
/// One value serves many walks: its two buffers are the only memory that comparing bytes takes.
struct ByteWalk {
    /// Both buffers together stay in a core's second-level cache.
    static let pieceByteCount = 256 << 10

    private var shipped = [UInt8](repeating: 0, count: pieceByteCount)
    private var rebuilt = [UInt8](repeating: 0, count: pieceByteCount)

    /// Whether both have the same bytes.
    mutating func areIdentical(_ left: FileBytes, _ right: FileBytes) throws -> Bool {
        guard left.count == right.count else { return false }
        return try firstDifference(left, right) == nil
    }

    /// Whether both have the same bytes, and their SHA-256 where they have: of the very bytes that were compared.
    mutating func digestIfIdentical(_ left: FileBytes, _ right: FileBytes) throws -> Digest? {
        guard left.count == right.count else { return nil }
        var hash = SHA256()
        var place: UInt64 = 0
        while place < left.count {
            let count = try read(left, right, at: place, left.count)
            guard isEqual(count) else { return nil }
            hash.update(shipped.span.extracting(0..<count))
            place += UInt64(count)
        }
        return hash.finish()
    }

    /// Where the first byte differs; nil where one is the start of the other, or both are equal.
    mutating func firstDifference(_ left: FileBytes, _ right: FileBytes) throws -> UInt64? {
        var place: UInt64 = 0
        let end = min(left.count, right.count)
        while place < end {
            let count = try read(left, right, at: place, end)
            if !isEqual(count) {
                for index in 0..<count where shipped[index] != rebuilt[index] { return place + UInt64(index) }
            }
            place += UInt64(count)
        }
        return nil
    }

    /// Calls `body` with every run of bytes that differ, as far as both reach.
    mutating func differingRuns(
        _ left: FileBytes,
        _ right: FileBytes,
        _ body: (Range<UInt64>) -> Void
    ) throws {
        var place: UInt64 = 0
        let end = min(left.count, right.count)
        while place < end {
            let count = try read(left, right, at: place, end)
            if !isEqual(count) {
                ByteWalk.runs(shipped.span, rebuilt.span, count) { run in
                    body(place + UInt64(run.lowerBound)..<place + UInt64(run.upperBound))
                }
            }
            place += UInt64(count)
        }
    }

    private mutating func read(
        _ left: FileBytes,
        _ right: FileBytes,
        at place: UInt64,
        _ end: UInt64
    ) throws -> Int {
        let count = Int(min(UInt64(ByteWalk.pieceByteCount), end - place))
        try left.read(into: &shipped, count: count, from: place)
        try right.read(into: &rebuilt, count: count, from: place)
        return count
    }

    private func isEqual(_ count: Int) -> Bool {
        ByteWalk.isEqual(shipped.span.extracting(0..<count), rebuilt.span.extracting(0..<count))
    }

    /// Whether two spans of one length hold the same bytes.
    static func isEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        guard !left.isEmpty else { return true }
        return unsafe left.withUnsafeBufferPointer { left in
            unsafe right.withUnsafeBufferPointer { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return false }
                return unsafe memcmp(first, second, left.count) == 0
            }
        }
    }

    private static func runs(
        _ left: Span<UInt8>,
        _ right: Span<UInt8>,
        _ count: Int,
        _ body: (Range<Int>) -> Void
    ) {
        var index = 0
        while index < count {
            guard left[index] != right[index] else {
                index += 1
                continue
            }
            let start = index
            while index < count, left[index] != right[index] { index += 1 }
            body(start..<index)
        }
    }
}
