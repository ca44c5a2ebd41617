import Attestations
import Encodings
import Glibc

/// What was read of one regular file or symbolic link.
struct ReadEntry: Sendable {
    /// SHA-256 of the content.
    let digest: Digest
    /// The size of the content in bytes.
    let size: UInt64
    /// A file with its permission bits, set-id and sticky among them, or a symbolic link.
    let kind: Kind

    /// What was read.
    enum Kind: Sendable {
        case file(permissions: UInt16)
        case link
    }
}

/// Neighbouring entries of one directory, read by one thread.
struct ReadRange: Sendable {
    /// The number of the directory.
    let directory: Int
    /// The index of the first entry in the directory's ``Listing/entries``.
    let first: Int
    /// What was read of each; nil for a directory, and where nothing could be read.
    var entries: [ReadEntry?]
}

/// One name of a file that has several.
struct LinkedName: Sendable {
    /// The file.
    let identity: FileStatus.Identity
    /// How many names it has on its file system.
    let links: UInt64
    /// One of its paths.
    let path: [UInt8]
}

/// Something seen during a walk that a reader of the verdict must know.
struct Observation: Sendable {
    /// The raw path it was seen at.
    let path: [UInt8]
    /// What was seen.
    let fact: Fact

    /// What can be seen.
    enum Fact: Sendable {
        case specialFile(FileStatus.Kind)
        case setIDDirectory(permissions: UInt16)
        case unreadable(SystemError)
        case changedWhileReading(Change)
        case tooManyNames
        case pathNotRepresentable(MalformedTreePath)
        case nestedGitDirectory
        case notAGitFile
        case emptyDirectory
        case attributesTooLarge(size: UInt64)

        /// What a failed system call on something that was listed means.
        static func failure(_ error: SystemError) -> Fact {
            switch error.code {
            case ENOENT: .changedWhileReading(.gone)
            // ELOOP: a symbolic link took its place. ENXIO: a socket did.
            case ELOOP, ENOTDIR, ENXIO: .changedWhileReading(.otherKind)
            default: .unreadable(error)
            }
        }
    }

    /// How a file or directory differed between two looks.
    enum Change: String, Sendable {
        case gone = "it was there and is not any more"
        case otherKind = "another kind of file took its place"
        case content = "its content, size or times changed"
        case directoryEntries = "names were added or removed"
    }
}

/// What a file says that is read for it: the attributes of a `.gitattributes`, or a pointer to a large file.
struct FoundRecords<Records: Sendable>: Sendable {
    /// The raw path.
    let path: [UInt8]
    /// What the file says.
    let records: Records
}

/// What one thread of a walk brings home.
struct Harvest: Sendable {
    var listings: [Listing] = []
    var ranges: [ReadRange] = []
    var observations: [Observation] = []
    var linkedNames: [LinkedName] = []
    var attributes: [FoundRecords<[AttributesFile.Line]>] = []
    var pointers: [FoundRecords<LFSPointer>] = []
}
