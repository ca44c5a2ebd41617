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

    func addFile() {
        fileCount.wrappingAdd(1, ordering: .relaxed)
    }

    func add(bytes: Int) {
        byteCount.wrappingAdd(UInt64(bytes), ordering: .relaxed)
    }
}
