import Digests
import Encodings

/// Reads and hashes one file after the other with one buffer and one hash context.
struct ContentReader: ~Copyable {
    /// 256 KiB: with more, reading gets no faster.
    static let bufferSize = 256 << 10

    /// The last bytes read; the whole content of a file smaller than the buffer.
    var buffer = [UInt8](repeating: 0, count: bufferSize)
    /// What was read and not told yet.
    var progress: UntoldProgress
    private var hash = SHA256()

    init(_ progress: ReadingProgress) {
        self.progress = UntoldProgress(progress)
    }

    /// Reads `file` to its end; its size and digest.
    ///
    /// A regular file that gave the `expected` bytes and had no more to give is not asked again whether it ends.
    mutating func read(
        _ file: borrowing FileDescriptor,
        expecting expected: UInt64
    ) throws(SystemError) -> (size: UInt64, digest: Digest) {
        var size: UInt64 = 0
        while !progress.isCancelled {
            let count = try fill(from: file, expecting: expected &- size)
            ContentReader.update(&hash, with: buffer, count: count)
            size += UInt64(count)
            progress.add(bytes: count)
            if count < buffer.count { break }
        }
        return (size, hash.finish())
    }

    /// Forgets a message whose reading failed.
    mutating func abandon() {
        _ = hash.finish()
    }

    /// The digest of the first `count` bytes of the buffer.
    mutating func digest(count: Int) -> Digest {
        ContentReader.update(&hash, with: buffer, count: count)
        return hash.finish()
    }

    private static func update(_ hash: inout SHA256, with buffer: [UInt8], count: Int) {
        hash.update(buffer.span.extracting(0..<count))
    }

    /// Fills the buffer until it is full, or the file ends.
    private mutating func fill(
        from file: borrowing FileDescriptor,
        expecting expected: UInt64
    ) throws(SystemError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try file.read(into: &buffer, at: filled)
            filled += count
            if count == 0 || UInt64(filled) == expected { return filled }
        }
        return filled
    }
}
