/// Bytes that can be read at any place: a file, or a part of one, that need not fit into memory.
package protocol RandomAccessBytes {
    /// The number of bytes.
    var count: UInt64 { get }

    /// The bytes of `range`; throws where the range is not within the bytes, or they can no longer be read.
    func bytes(_ range: Range<UInt64>) throws -> [UInt8]
}

/// Bytes in memory.
package struct BytesInMemory: RandomAccessBytes {
    private let content: [UInt8]

    /// Takes bytes as they are.
    package init(_ content: [UInt8]) {
        self.content = content
    }

    /// The number of bytes.
    package var count: UInt64 { UInt64(content.count) }

    /// The bytes of `range`.
    package func bytes(_ range: Range<UInt64>) throws -> [UInt8] {
        guard range.upperBound <= count else { throw OutsideBytes(range: range, count: count) }
        return Array(content[Int(range.lowerBound)..<Int(range.upperBound)])
    }
}

/// A range that is not within the bytes.
package struct OutsideBytes: Error, Hashable, Sendable {
    /// The range that was asked for.
    package let range: Range<UInt64>
    /// How many bytes there are.
    package let count: UInt64

    /// Reports a range.
    package init(range: Range<UInt64>, count: UInt64) {
        self.range = range
        self.count = count
    }
}
