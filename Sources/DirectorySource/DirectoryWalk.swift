import Synchronization

/// A walk over a tree by several threads: what they share.
final class DirectoryWalk: Sendable {
    /// The most entries of a tree that are read; a manifest holds no more.
    static let maximumEntryCount = 2_000_000

    /// A piece of work for one thread.
    enum Work: Sendable {
        /// List the directory that stands at `entry` in `parent`.
        case list(entry: Int, parent: OpenDirectory)
        /// List the root, which is open already.
        case listRoot(RootDirectory)
        /// Read the entries of `directory` in a range.
        case read(Range<Int>, directory: OpenDirectory)
    }

    /// The root, opened once.
    final class RootDirectory: Sendable {
        private let descriptor: Mutex<FileDescriptor?>

        init(_ descriptor: consuming FileDescriptor) {
            self.descriptor = Mutex(descriptor)
        }

        /// Hands the root over, once.
        func take() -> FileDescriptor? {
            descriptor.withLock { $0.take() }
        }
    }

    let queue: WorkQueue<Work>
    let options: ReadingOptions

    let attributeRoom = RecordRoom()
    let pointerRoom = RecordRoom()
    private let unstored: UnstoredBytes

    private let directoryCount = Atomic<Int>(1)
    private let entryCount = Atomic<Int>(0)
    private let harvests = Mutex<[Harvest]>([])

    private init(_ root: consuming FileDescriptor, _ options: ReadingOptions) {
        self.options = options
        unstored = UnstoredBytes(ceiling: options.unstoredByteCeiling)
        queue = WorkQueue(.listRoot(RootDirectory(root)), threads: max(1, options.threads))
    }

    /// What a walk brings home: of each thread, in no order, and how much of it found no room.
    struct Yield {
        let harvests: [Harvest]
        let attributeRoom: RecordRoom
        let pointerRoom: RecordRoom
    }

    /// Walks the tree beneath `root`.
    static func harvest(
        _ root: consuming FileDescriptor,
        _ options: ReadingOptions
    ) throws(DirectoryReadingError) -> Yield {
        let walk = DirectoryWalk(root, options)
        WorkerThreads.run(max(1, options.threads)) {
            var worker = WalkWorker(walk)
            worker.run()
            let harvest = worker.harvest
            walk.harvests.withLock { $0.append(harvest) }
        }
        if options.progress.isCancelled { throw .cancelled }
        if walk.isTooLarge { throw .tooManyEntries(ceiling: maximumEntryCount) }
        let harvests = walk.harvests.withLock { harvests in
            defer { harvests = [] }
            return harvests
        }
        if walk.unstored.areTooMany { throw .moreThanStored(ceiling: options.unstoredByteCeiling) }
        return Yield(harvests: harvests, attributeRoom: walk.attributeRoom, pointerRoom: walk.pointerRoom)
    }

    /// Whether the threads are to do no more.
    var isStopped: Bool { options.progress.isCancelled || isTooLarge || unstored.areTooMany }

    /// Counts what of a file the disk does not hold; whether the file may be read all the same.
    func admits(_ file: borrowing FileDescriptor, _ status: FileStatus) -> Bool {
        unstored.add(file, status)
        return !unstored.areTooMany
    }

    /// Takes numbers for `count` directories; the first of them.
    func numberDirectories(_ count: Int) -> Int {
        directoryCount.add(count, ordering: .relaxed).oldValue
    }

    /// Counts the entries of a directory towards the ceiling.
    func count(entries: Int) {
        entryCount.add(entries, ordering: .relaxed)
    }

    private var isTooLarge: Bool { entryCount.load(ordering: .relaxed) > DirectoryWalk.maximumEntryCount }
}
