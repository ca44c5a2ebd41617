/// A part of a file, read as a file of its own.
struct FilePart<Source: RandomAccessBytes>: RandomAccessBytes {
    private let source: Source
    private let range: Range<UInt64>

    /// The bytes of `range`, which must be within `source`.
    init(_ source: Source, _ range: Range<UInt64>) {
        self.source = source
        self.range = range
    }

    /// The number of bytes of the part.
    var count: UInt64 { range.upperBound - range.lowerBound }

    /// The bytes of `wanted`, seen from the start of the part.
    func bytes(_ wanted: Range<UInt64>) throws -> [UInt8] {
        guard wanted.upperBound <= count else { throw OutsideBytes(range: wanted, count: count) }
        return try source.bytes(range.lowerBound + wanted.lowerBound..<range.lowerBound + wanted.upperBound)
    }
}
