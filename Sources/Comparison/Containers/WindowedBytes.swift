/// Reads small fields of a large file through a window that grows while the fields lie close together.
struct WindowedBytes {
    private static let smallestWindow: UInt64 = 4096
    private static let largestWindow: UInt64 = 256 << 10

    private let source: any RandomAccessBytes
    private let format: String
    private var window: [UInt8] = []
    private var start: UInt64 = 0
    private var nextCount = smallestWindow

    /// The number of bytes of the file.
    let count: UInt64

    init(_ source: any RandomAccessBytes, _ format: String) {
        self.source = source
        self.format = format
        count = source.count
    }

    /// The `length` bytes at `offset`; throws that `what` is cut off where the file is too short.
    mutating func bytes(_ offset: UInt64, _ length: Int, _ what: String) throws -> [UInt8] {
        guard length >= 0, offset <= count, UInt64(length) <= count - offset else {
            throw MalformedLayout(format, "\(what) reaches behind the end of the file", at: offset)
        }
        guard length > 0 else { return [] }
        if offset < start || offset - start > UInt64(window.count)
            || UInt64(length) > UInt64(window.count) - (offset - start)
        {
            try move(to: offset, UInt64(length))
        }
        let first = Int(offset - start)
        guard length < window.count else { return window }
        return Array(window[first..<first + length])
    }

    /// Where the first byte that is not zero lies in `range`; the end of the range where there is none.
    mutating func firstNonzero(_ range: Range<UInt64>) throws -> UInt64 {
        var place = range.lowerBound
        while place < range.upperBound {
            let piece = try bytes(place, Int(min(range.upperBound - place, 65_536)), "padding")
            if let index = piece.firstIndex(where: { $0 != 0 }) { return place + UInt64(index) }
            place += UInt64(piece.count)
        }
        return place
    }

    private mutating func move(to offset: UInt64, _ length: UInt64) throws {
        let windowEnd = start + UInt64(window.count)
        let follows = offset >= start && offset <= windowEnd + nextCount
        nextCount = follows ? min(nextCount * 2, Self.largestWindow) : Self.smallestWindow
        let wanted = min(max(length, nextCount), count - offset)
        let read = try source.bytes(offset..<offset + wanted)
        guard read.count == wanted else {
            throw MalformedLayout(format, "the file became shorter while it was read", at: offset)
        }
        window = read
        start = offset
    }
}
