import Digests
import Encodings
import Glibc

/// What a build says, up to a ceiling, in a file.
struct BuildLog: ~Copyable {
    /// The most bytes that are kept, 64 MiB; what follows is counted and dropped.
    static let ceiling: UInt64 = 64 << 20

    /// Of 64 KiB each: a pipe holds at most 1 MiB.
    private static let readsAtOnce = 32

    private let file: TreeDescriptor
    private var hash = SHA256()
    private(set) var size: UInt64 = 0
    private(set) var droppedCount: UInt64 = 0
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// Writes to a new file.
    init(_ file: consuming TreeDescriptor) {
        self.file = file
    }

    /// Takes what there is to be read without waiting, but no more than a pipe can hold at once.
    ///
    /// A build that never stops talking must not keep us from looking at the clock. Returns how many bytes came.
    @discardableResult
    mutating func take(from source: borrowing TreeDescriptor) throws -> Int {
        var taken = 0
        for _ in 0..<BuildLog.readsAtOnce {
            let count: Int
            do throws(BuildFileError) { count = try source.read(into: &buffer) } catch {
                if error.code == EAGAIN { return taken }
                throw error
            }
            if count == 0 { return taken }
            taken += count
            let kept = min(UInt64(count), BuildLog.ceiling - size)
            let piece = Array(buffer[..<Int(kept)])
            try unsafe file.write(piece.span.bytes)
            hash.update(piece.span)
            size += kept
            droppedCount += UInt64(count) - kept
        }
        return taken
    }

    /// The digest of what was kept.
    mutating func finish() -> Digest { hash.finish() }
}
