import Synchronization

/// The bytes of a tree that no disk holds: holes in files, and files that were read before under another name.
///
/// A hole of a terabyte fits into a few bytes of an archive, and so do a million hard links. Such bytes are read and
/// hashed as any other, and counted: what nobody could have stored for real is not worth hours.
final class UnstoredBytes: Sendable {
    /// Smaller files are not worth the question; two million of them are 8 GB.
    private static let smallestFile: UInt64 = 4096

    private let ceiling: UInt64
    private let count = Atomic<UInt64>(0)
    private let met = Mutex<Set<FileStatus.Identity>>([])

    /// Starts with none.
    init(ceiling: UInt64) {
        self.ceiling = ceiling
    }

    /// Whether there are more than the ceiling.
    var areTooMany: Bool { count.load(ordering: .relaxed) > ceiling }

    /// Counts a file that is about to be read.
    func add(_ file: borrowing FileDescriptor, _ status: FileStatus) {
        guard status.size >= UnstoredBytes.smallestFile else { return }
        if status.links > 1, !met.withLock({ $0.insert(status.identity).inserted }) {
            add(status.size)
        } else if status.storedByteCount < status.size {
            // Fewer blocks than bytes: holes, or a file system that packs or does not count.
            add(file.holeByteCount(size: status.size, ceiling: ceiling))
        }
    }

    private func add(_ bytes: UInt64) {
        count.wrappingAdd(min(bytes, ceiling &+ 1), ordering: .relaxed)
    }
}
