/// Why the worker cannot give the bytes of an object.
///
/// The parent shows these as findings. It believes none of them further than that: a worker that lies here can
/// stop a verification, never pass one.
package enum ObjectFault: UInt8, Error, Sendable {
    /// No object database of the repository holds the id.
    case missing = 1
    /// The zlib stream is damaged, ends early, or gives more or less than the header declares.
    case damagedStream = 2
    /// A loose object's header is not `kind SP size NUL`.
    case malformedLooseHeader = 3
    /// Bytes follow the zlib stream of a loose object.
    case trailingBytes = 4
    /// A pack entry lies outside its pack or has a header that cannot be.
    case malformedPackEntry = 5
    /// A delta does not fit its base or its declared result.
    case malformedDelta = 6
    /// A chain of deltas is longer than 4,096.
    case deltaChainTooLong = 7
    /// The object must be held in memory and is larger than 192 MiB.
    case tooLarge = 8
    /// libgit2 refused the object; its text follows.
    case refusedByLibrary = 9
    /// Memory ran out under the worker's limit.
    case outOfMemory = 10
    /// The repository makes far more of its objects than it stores.
    case inflatesTooMuch = 11

    /// The fault for people.
    package var explanation: String {
        switch self {
        case .missing: "the repository does not hold it"
        case .damagedStream: "its zlib stream is damaged or not of the declared length"
        case .malformedLooseHeader: "its loose header is malformed"
        case .trailingBytes: "bytes follow its zlib stream"
        case .malformedPackEntry: "its pack entry is malformed"
        case .malformedDelta: "its delta does not fit"
        case .deltaChainTooLong: "its chain of deltas is longer than 4096"
        case .tooLarge: "it must be held in memory and is larger than 192 MiB"
        case .refusedByLibrary: "libgit2 refuses it"
        case .outOfMemory: "memory ran out under the worker's limit"
        case .inflatesTooMuch: "the objects inflate to far more than the repository stores"
        }
    }
}
