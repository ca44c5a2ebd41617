import Synchronization

/// How far the reading of a tree has come, to be looked at from another thread, and the way to stop it.
package final class ReadingProgress: Sendable {
    private let fileCount = Atomic<Int>(0)
    private let byteCount = Atomic<UInt64>(0)
    private let cancelled = Atomic<Bool>(false)

    /// Starts at nothing read.
    package init() {}

    /// The files and symbolic links read so far.
    package var files: Int { fileCount.load(ordering: .relaxed) }

    /// The bytes of content read so far.
    package var bytes: UInt64 { byteCount.load(ordering: .relaxed) }

    /// Whether ``cancel()`` was called.
    package var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// Asks the reading to stop; it does before the next file or the next buffer of a large one.
    package func cancel() {
        cancelled.store(true, ordering: .relaxed)
    }

    /// Counts what was read elsewhere than in a directory.
    package func add(files: Int, bytes: UInt64) {
        fileCount.wrappingAdd(files, ordering: .relaxed)
        byteCount.wrappingAdd(bytes, ordering: .relaxed)
    }
}

/// What one thread has read and not told yet: threads that count every file in one place wait for each other.
struct UntoldProgress: ~Copyable {
    private static let fileInterval = 64
    private static let byteInterval: UInt64 = 4 << 20

    private let progress: ReadingProgress
    private var files = 0
    private var bytes: UInt64 = 0

    /// Starts at nothing read; the rest is told when this value ends.
    init(_ progress: ReadingProgress) {
        self.progress = progress
    }

    deinit { progress.add(files: files, bytes: bytes) }

    /// Whether the reading is to stop.
    var isCancelled: Bool { progress.isCancelled }

    /// Counts a file or a link.
    mutating func addFile() {
        files += 1
        if files >= UntoldProgress.fileInterval { tell() }
    }

    /// Counts bytes of content.
    mutating func add(bytes count: Int) {
        bytes += UInt64(count)
        if bytes >= UntoldProgress.byteInterval { tell() }
    }

    private mutating func tell() {
        progress.add(files: files, bytes: bytes)
        (files, bytes) = (0, 0)
    }
}
