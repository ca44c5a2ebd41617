package import DirectorySource

/// An open file that several parts share.
package final class SharedFile: Sendable {
    /// The open file.
    package let descriptor: FileDescriptor

    /// Takes an open file.
    package init(_ descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }
}

/// A file on disk, or a part of one, that is read at any place.
package struct FileBytes: RandomAccessBytes, Sendable {
    /// The file.
    package let file: SharedFile
    /// The part of it.
    package let range: Range<UInt64>

    /// Names a part of an open file.
    package init(_ file: SharedFile, _ range: Range<UInt64>) {
        self.file = file
        self.range = range
    }

    /// The number of bytes.
    package var count: UInt64 { range.upperBound - range.lowerBound }

    /// The bytes of `range`, seen from the start of this part.
    package func bytes(_ range: Range<UInt64>) throws -> [UInt8] {
        guard range.upperBound <= count, let length = Int(exactly: range.upperBound - range.lowerBound) else {
            throw OutsideBytes(range: range, count: count)
        }
        var buffer = [UInt8](repeating: 0, count: length)
        try read(into: &buffer, count: length, from: range.lowerBound)
        return buffer
    }

    /// Fills the first `length` bytes of `buffer` with those from `place` on, which must all be there.
    func read(into buffer: inout [UInt8], count length: Int, from place: UInt64) throws {
        guard length <= buffer.count, place <= count, UInt64(length) <= count - place else {
            throw OutsideBytes(range: place..<place.addingReportingOverflow(UInt64(length)).partialValue, count: count)
        }
        var filled = 0
        while filled < length {
            let start = range.lowerBound + place + UInt64(filled)
            let result = try file.descriptor.read(into: &buffer, at: filled, count: length - filled, from: start)
            guard result > 0 else { throw ShortenedFile(place: start) }
            filled += result
        }
    }

    /// A part of this part; nil where it is not within it.
    func part(_ part: Range<UInt64>) -> FileBytes? {
        guard part.upperBound <= count else { return nil }
        return FileBytes(file, range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
    }
}

/// A file that ended earlier than it did a moment ago.
package struct ShortenedFile: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it ends now, in bytes.
    package let place: UInt64

    /// Where it ended.
    package var description: String { "a file became shorter while it was compared, at byte \(place)" }
}
