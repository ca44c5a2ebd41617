package import Digests

/// What the parent asks of a worker.
///
/// Frames go over a pipe: a 32-bit little-endian length, one byte for the kind, the rest. Object bytes do not:
/// they lie in memory that both share, cut into slots.
package enum WorkerRequest: Sendable {
    /// Open the repository at a path; the first request of every worker.
    ///
    /// It gets one of `share` parts of what any repository may cost, however little it stores.
    case open(path: [UInt8], share: UInt8)
    /// Find the object that a revision names, tags unpeeled.
    case resolve(revision: [UInt8])
    /// Say in which order these objects are read fastest.
    case order([GitObjectID])
    /// Give the bytes of these objects.
    case read(ObjectReader, [GitObjectID])
    /// The parent is done with a slot.
    case release(slot: Int)
}

/// Which code turns an object id into bytes.
package enum ObjectReader: UInt8, Sendable {
    /// Packs and loose objects read directly.
    case direct = 0
    /// Packs read by libgit2, with its SHA-1 collision detection; loose objects read by us all the same.
    case library = 1
}

/// What a worker answers.
package enum WorkerResponse: Sendable {
    /// The repository is open.
    case opened(RepositoryPlaces)
    /// The object that the revision names, and the reference it went through, if any.
    case resolved(GitObjectID, reference: [UInt8])
    /// The positions of the asked objects, in the order of reading.
    case order([UInt32])
    /// Bytes of objects in a slot.
    case batch(slot: Int, [ObjectPiece])
    /// All pieces of a read have been sent.
    case done
    /// The request cannot be answered.
    case refused(WorkerRefusal, text: [UInt8])
}

/// Where a repository keeps its parts, as libgit2 found them.
package struct RepositoryPlaces: Hashable, Sendable {
    /// The directory of this work tree's own state (`HEAD`, `index`).
    package let gitDirectory: [UInt8]
    /// The directory that linked work trees share (`objects`, `refs`).
    package let commonDirectory: [UInt8]
    /// The work tree; empty for a bare repository.
    package let workTree: [UInt8]
}

/// Why a worker refuses a request.
package enum WorkerRefusal: UInt8, Sendable {
    /// There is no repository at the path.
    case noRepository = 1
    /// The repository names its objects with SHA-256.
    case sha256Repository = 2
    /// libgit2 cannot open the repository.
    case unreadableRepository = 3
    /// The revision names nothing.
    case unknownRevision = 4
    /// The request makes no sense here.
    case protocolError = 5
}

/// A piece of one object in a slot.
package struct ObjectPiece: Sendable {
    /// The position of the object in the request.
    package let index: Int
    /// What the object is; nil for a fault, whose text is then the piece.
    package let kind: GitObjectKind?
    /// The fault; nil for bytes.
    package let fault: ObjectFault?
    /// The length of the whole object, in bytes.
    package let total: UInt64
    /// Where the piece lies in its slot.
    package let range: Range<Int>
    /// Whether this is the object's last piece.
    package let isLast: Bool
}
