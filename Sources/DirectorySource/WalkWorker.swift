import Attestations
import Encodings

/// One thread of a walk: lists directories and reads what stands in them.
struct WalkWorker: ~Copyable {
    /// How many entries one piece of work reads: enough to pay for the handing over, few enough to share out.
    private static let rangeLength = 512

    let walk: DirectoryWalk
    var content: ContentReader
    /// Whether files are opened without leaving a time of access behind.
    var readsQuietly = true
    var harvest = Harvest()
    /// The attributes in the files that were met, by the digest of the file; an equal file is not looked into again.
    var attributeLines: [Digest: [AttributesFile.Line]] = [:]
    /// How many attributes those files hold for which there was no room, and will not be any more.
    var unlistedAttributes: [Digest: Int] = [:]

    init(_ walk: DirectoryWalk) {
        self.walk = walk
        content = ContentReader(walk.options.progress)
    }

    /// Works until nothing is left.
    mutating func run() {
        while let work = walk.queue.take() {
            perform(work)
            walk.queue.finishOne()
        }
    }

    private mutating func perform(_ work: DirectoryWalk.Work) {
        switch work {
        case .listRoot(let root):
            guard let descriptor = root.take() else { return }
            _ = list(descriptor, Listing(number: 0, prefix: []), in: nil)
        case .list(let index, let parent):
            // A directory that was listed is finished in its parent when everything beneath it is.
            if !listEntry(index, of: parent) { finishOne(of: parent) }
        case .read(let range, let directory):
            read(range, of: directory)
            finishOne(of: directory)
        }
    }

    mutating func observe(_ fact: Observation.Fact, at path: [UInt8]) {
        harvest.observations.append(Observation(path: path, fact: fact))
    }
}

extension WalkWorker {
    /// Opens and lists the directory that stands at `index` in `parent`; whether that was possible.
    private mutating func listEntry(_ index: Int, of parent: OpenDirectory) -> Bool {
        guard !walk.isStopped else { return false }
        let siblings = parent.listing
        let entry = siblings.entries[index]
        let path = siblings.path(of: entry)
        do throws(SystemError) {
            let name = siblings.names.span.extracting(entry.terminatedNameRange)
            let descriptor = try parent.descriptor.openEntry(name, for: .listingEntry)
            return list(
                descriptor,
                Listing(number: Int(entry.directory), prefix: path + [UInt8(ascii: "/")]),
                in: parent
            )
        } catch {
            observe(.failure(error), at: path)
            return false
        }
    }

    /// Lists an open directory, puts its work into the queue and does the first of it; whether it could be listed.
    private mutating func list(
        _ descriptor: consuming FileDescriptor,
        _ unfilled: Listing,
        in parent: OpenDirectory?
    ) -> Bool {
        var listing = unfilled
        let path = [UInt8](listing.prefix.dropLast())
        let status: FileStatus
        do throws(SystemError) {
            status = try descriptor.status()
            try fill(&listing, from: descriptor)
        } catch {
            observe(.failure(error), at: path)
            return false
        }
        if parent != nil, status.permissions & 0o7000 != 0 {
            observe(.setIDDirectory(permissions: status.permissions), at: path)
        }
        let isSubmodule = walk.options.submodulePaths.contains(path)
        if listing.isEmpty, parent != nil, !isSubmodule { observe(.emptyDirectory, at: path) }
        listing.sort()
        listing.numberDirectories(from: walk.numberDirectories(listing.directoryCount))
        walk.count(entries: listing.entries.count)
        harvest.listings.append(listing)
        walk.options.pauses.afterListing?(path)
        handOut(descriptor, listing, status, in: parent)
        return true
    }

    private mutating func handOut(
        _ descriptor: consuming FileDescriptor,
        _ listing: Listing,
        _ status: FileStatus,
        in parent: OpenDirectory?
    ) {
        let subdirectories = listing.entries.indices.filter { listing.entries[$0].kind == .directory }
        let hasFiles = subdirectories.count < listing.entries.count
        let starts = hasFiles ? Array(stride(from: 0, to: listing.entries.count, by: Self.rangeLength)) : []
        // The directory itself counts once, for this function.
        let pieces = subdirectories.count + starts.count + 1
        let directory = OpenDirectory(descriptor, in: parent, listing, status, pieces: pieces)
        // Last in, first out: the files are read before the subdirectories are opened.
        var work = subdirectories.reversed().map { DirectoryWalk.Work.list(entry: $0, parent: directory) }
        let ranges = starts.map { $0..<min($0 + Self.rangeLength, listing.entries.count) }
        work += ranges.dropFirst().reversed().map { .read($0, directory: directory) }
        walk.queue.add(work)
        if let first = ranges.first {
            read(first, of: directory)
            finishOne(of: directory)
        }
        finishOne(of: directory)
    }

    /// Says that a piece of work of `directory` is finished; looks again at each directory that is then done.
    private mutating func finishOne(of directory: OpenDirectory) {
        var current = directory
        while current.finishOne() {
            lookAgain(at: current)
            guard let parent = current.parent else { return }
            current = parent
        }
    }

    private mutating func lookAgain(at directory: OpenDirectory) {
        let path = [UInt8](directory.listing.prefix.dropLast())
        do throws(SystemError) {
            let status = try directory.descriptor.status()
            guard status.isUndisturbed(since: directory.status) else {
                return observe(.changedWhileReading(.directoryEntries), at: path)
            }
        } catch {
            observe(.failure(error), at: path)
        }
    }
}
