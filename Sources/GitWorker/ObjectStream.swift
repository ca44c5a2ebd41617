import Digests

/// One object inflated piece by piece in constant memory, and checked to be as long as it declares.
final class ObjectStream {
    let kind: GitObjectKind
    /// The declared length, in bytes.
    let count: Int
    private let inflater: StreamInflater
    /// Content that was inflated together with a header.
    private var head: ArraySlice<UInt8>
    /// The length the stream must have in the file; nil where something else may follow (in a pack).
    private let encodedCount: Int?
    private var given = 0

    /// Starts on content whose first bytes are `head` and whose rest `inflater` gives.
    init(
        _ kind: GitObjectKind,
        count: Int,
        head: ArraySlice<UInt8>,
        inflater: StreamInflater,
        encodedCount: Int?
    ) {
        self.kind = kind
        self.count = count
        self.head = head
        self.inflater = inflater
        self.encodedCount = encodedCount
    }

    /// Whether all bytes have been given, and the end was found where it belongs.
    var isFinished: Bool { given == count }

    /// How many bytes the disk holds of the file that is inflated.
    var storedCount: Int { inflater.storedCount }

    /// Writes the next bytes at the start of `room`, which is not empty; their number is 0 only for an empty object.
    func next(into room: UnsafeMutableRawBufferPointer) throws(ObjectFault) -> Int {
        guard head.count <= count - given else { throw .damagedStream }
        let fromHead = min(head.count, room.count)
        unsafe room.copyBytes(from: head.prefix(fromHead))
        head.removeFirst(fromHead)
        var written = fromHead
        if head.isEmpty, given + written < count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: room[written...])
            let wanted = unsafe UnsafeMutableRawBufferPointer(rebasing: rest.prefix(count - given - written))
            guard let piece = unsafe inflater.inflate(into: wanted), unsafe piece > 0 || wanted.isEmpty else {
                throw .damagedStream
            }
            written += piece
        }
        given += written
        if given == count { try checkEnd() }
        return written
    }

    /// The whole object in memory.
    func held() throws(ObjectFault) -> ObjectBuffer {
        let object = try ObjectBuffer(kind, count: count)
        repeat {
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: object.room[given...])
            _ = unsafe try next(into: room)
        } while !isFinished
        return object
    }

    /// Throws when the stream goes on, or when something follows it in a file of its own.
    private func checkEnd() throws(ObjectFault) {
        var spare: [UInt8] = [0]
        let more = unsafe spare.withUnsafeMutableBytes { unsafe inflater.isFinished ? 0 : inflater.inflate(into: $0) }
        guard more == 0, inflater.isFinished else { throw .damagedStream }
        if let encodedCount, inflater.consumed != encodedCount { throw .trailingBytes }
    }
}
