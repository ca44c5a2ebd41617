import Synchronization

/// A directory that is being read: held open, so that no path is ever resolved twice.
///
/// It stays open until everything beneath it is read, and is looked at again then.
final class OpenDirectory: Sendable {
    /// The open directory.
    let descriptor: FileDescriptor
    /// The directory it stands in; nil for the root.
    let parent: OpenDirectory?
    /// What it was found to hold.
    let listing: Listing
    /// What the system said of it before it was listed.
    let status: FileStatus

    private let unfinished: Atomic<Int>

    /// A directory with `pieces` pieces of work to come, at least 1.
    init(
        _ descriptor: consuming FileDescriptor,
        in parent: OpenDirectory?,
        _ listing: Listing,
        _ status: FileStatus,
        pieces: Int
    ) {
        self.descriptor = descriptor
        self.parent = parent
        self.listing = listing
        self.status = status
        unfinished = Atomic(pieces)
    }

    /// Says that one piece of work is finished; true when it was the last.
    func finishOne() -> Bool {
        unfinished.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }
}
