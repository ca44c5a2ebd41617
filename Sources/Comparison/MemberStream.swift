import ArchiveWorker
import Verification

/// What comes out of one container: a member, its content piece by piece, the next member.
///
/// The reader is not believed: frames are checked, and what comes out is limited.
final class MemberStream {
    private let process: ArchiveProcess
    private let limits: ExpansionLimits
    private let hasContents: Bool
    private var buffer = [UInt8](repeating: 0, count: 512 << 10)
    private var unread = 0..<0
    /// The bytes of a frame of data that are still to come, those in the buffer included.
    private var frameRest = 0
    private var next: Event?
    private var expected: UInt64?
    private var contentCount: UInt64 = 0

    private enum Event {
        case member(MemberHeader)
        case end([UInt64])
    }

    /// What the reader told at the end: for a layer how many bytes it took, for gzip the sizes of deflated contents.
    private(set) var endNumbers: [UInt64]?

    /// Opens a container, as `comparing` allows.
    init(_ file: FileBytes, as format: ArchiveFormat, contents: Bool, _ comparing: Comparing) throws {
        let options = comparing.options
        limits = ExpansionLimits(file.count, format, options.ceilings, comparing.expansion)
        try limits.countOpening(file.count)
        process = try ArchiveProcess(
            file,
            as: format,
            contents: contents,
            executable: options.executable,
            patience: options.patience
        )
        hasContents = contents
    }

    /// The next member, once all of the content before it was read or skipped; nil behind the last.
    func nextMember() throws -> MemberHeader? {
        while try fill() { consume(pieceCount) }
        guard endNumbers == nil else { return nil }
        switch next {
        case .member(let header)?:
            next = nil
            try limits.countMember(header)
            expected = hasContents && header.kind == .file ? header.size : nil
            contentCount = 0
            return header
        case .end(let numbers)?:
            endNumbers = numbers
            return nil
        case nil: throw process.nonsense("nothing where a member or the end must be")
        }
    }

    /// Makes bytes of the content available; false at its end.
    func fill() throws -> Bool {
        if pieceCount > 0 { return true }
        while frameRest == 0 {
            guard next == nil, endNumbers == nil else { return false }
            try readHead()
        }
        if unread.isEmpty { try readMore(1) }
        return true
    }

    /// How many bytes of the content are there.
    var pieceCount: Int { min(unread.count, frameRest) }

    /// Calls `body` with the first `count` bytes of the content that are there.
    func withPiece<Result>(_ count: Int, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
        let bytes = buffer
        return try body(bytes.span.extracting(unread.lowerBound..<unread.lowerBound + count))
    }

    /// Goes on behind the first `count` bytes that are there.
    func consume(_ count: Int) {
        unread = unread.lowerBound + count..<unread.upperBound
        frameRest -= count
    }

    /// Reads the head of the next frame, and all of it unless it is data.
    private func readHead() throws {
        try readMore(MemberFrame.headByteCount)
        let head = buffer[unread.lowerBound..<unread.lowerBound + MemberFrame.headByteCount]
        let count = head.dropFirst().reversed().reduce(0) { $0 << 8 | Int($1) }
        guard let kind = MemberFrame.Kind(rawValue: head[head.startIndex]),
            count <= (kind == .data ? MemberFrame.dataCeiling : MemberFrame.otherCeiling)
        else { throw process.nonsense("a frame that cannot be") }
        unread = unread.lowerBound + MemberFrame.headByteCount..<unread.upperBound
        if kind == .data {
            guard hasContents else { throw process.nonsense("data that nobody asked for") }
            try limits.countData(count)
            contentCount += UInt64(count)
            frameRest = count
            return
        }
        try readMore(count)
        let content = Array(buffer[unread.lowerBound..<unread.lowerBound + count])
        unread = unread.lowerBound + count..<unread.upperBound
        try checkSize()
        switch kind {
        case .member:
            guard let header = MemberHeader(decoding: content) else {
                throw process.nonsense("a member that cannot be")
            }
            next = .member(header)
        case .end:
            guard content.count.isMultiple(of: 8) else { throw process.nonsense("an end that cannot be") }
            next = .end(stride(from: 0, to: content.count, by: 8).map { MemberStream.number(content, at: $0) })
        case .failure, .data: throw Unopenable(reason: ASCII.escape(content, limit: 200))
        }
    }

    private static func number(_ bytes: [UInt8], at start: Int) -> UInt64 {
        bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func checkSize() throws {
        guard let expected, expected != contentCount else { return }
        throw Unopenable(reason: "a member has \(contentCount) bytes where its header says \(expected)")
    }

    /// Makes sure that at least `count` bytes are unread in the buffer.
    private func readMore(_ count: Int) throws {
        guard unread.count < count else { return }
        if buffer.count - unread.lowerBound < count || unread.isEmpty {
            let kept = Array(buffer[unread])
            buffer.replaceSubrange(0..<kept.count, with: kept)
            unread = 0..<kept.count
        }
        while unread.count < count {
            unread = unread.lowerBound..<unread.upperBound + (try process.read(into: &buffer, at: unread.upperBound))
        }
    }
}
