import CZlib
import Glibc

/// Gzip files (RFC 1952), read with zlib member by member.
///
/// libarchive neither checks the checksums nor tells where a member ends, which decides what is hidden behind it.
@safe
struct GzipReader {
    private let start: Int64
    private let count: Int64
    private var window = [UInt8](repeating: 0, count: 256 << 10)
    /// What of the window is not taken yet.
    private var rest = 0..<0
    /// How far the part was read into the window.
    private var position: Int64 = 0
    /// The bytes of deflated content of each member.
    private(set) var deflateCounts: [UInt64] = []

    /// The members without content; each can hold a little in its header.
    private var emptyCount = 0

    /// Members beyond this many are refused.
    private static let memberCeiling = 1 << 12

    /// Reads a part of standard input.
    init(start: Int64, count: Int64) {
        (self.start, self.count) = (start, count)
    }

    /// How many bytes of the part were taken.
    var takenCount: UInt64 { UInt64(position) - UInt64(rest.count) }

    /// Sends what all members inflate to as one content.
    mutating func send(to output: inout FrameOutput) throws(ArchiveRefused) {
        try output.tell(.member, MemberHeader().encoded)
        repeat {
            guard deflateCounts.count < GzipReader.memberCeiling else {
                throw ArchiveRefused("more than \(GzipReader.memberCeiling) members")
            }
            try skipHeader()
            try inflateMember(to: &output)
        } while try isAtMember()
    }

    private mutating func isAtMember() throws(ArchiveRefused) -> Bool {
        try refill(atLeast: 3)
        return rest.count >= 3 && window[rest.lowerBound..<rest.lowerBound + 3].elementsEqual([0x1F, 0x8B, 0x08])
    }

    /// Section 2.3: ten bytes, then what the flags say.
    private mutating func skipHeader() throws(ArchiveRefused) {
        guard try isAtMember() else { throw ArchiveRefused("a member does not begin as it must") }
        var head: [UInt8] = []
        for _ in 0..<10 { head.append(try take()) }
        let flags = head[3]
        guard flags & 0xE0 == 0 else { throw ArchiveRefused("a reserved flag is set") }
        if flags & 0x04 != 0 {
            let length = Int(try take()) | Int(try take()) << 8
            for _ in 0..<length { _ = try take() }
        }
        if flags & 0x08 != 0 { while try take() != 0 {} }
        if flags & 0x10 != 0 { while try take() != 0 {} }
        if flags & 0x02 != 0 { for _ in 0..<2 { _ = try take() } }
    }

    private mutating func inflateMember(to output: inout FrameOutput) throws(ArchiveRefused) {
        let inflater = try Inflater()
        var piece = [UInt8](repeating: 0, count: 128 << 10)
        var (checksum, given, taken) = (crc32(0, nil, 0), UInt64(0), UInt64(0))
        while true {
            try refill(atLeast: 1)
            let step = try inflater.step(window[rest], into: &piece)
            rest = rest.lowerBound + step.taken..<rest.upperBound
            taken += UInt64(step.taken)
            checksum = unsafe piece.withUnsafeBufferPointer {
                unsafe crc32(checksum, $0.baseAddress, UInt32(step.given))
            }
            given += UInt64(step.given)
            let failed = unsafe piece.withUnsafeBytes { bytes -> ArchiveRefused? in
                do throws(ArchiveRefused) {
                    unsafe try output.tellData(UnsafeRawBufferPointer(rebasing: bytes[..<step.given]))
                    return nil
                } catch {
                    return error
                }
            }
            if let failed { throw failed }
            if step.isEnd { break }
            guard step.taken > 0 || step.given > 0 else { throw ArchiveRefused("a content is cut off") }
        }
        if given == 0 { emptyCount += 1 }
        guard emptyCount <= 1 else {
            throw ArchiveRefused("more members without content than a compressor writes")
        }
        deflateCounts.append(taken)
        guard UInt(try number()) == checksum, try number() == UInt32(truncatingIfNeeded: given) else {
            throw ArchiveRefused("the checksum or the size of a content is not that of its bytes")
        }
    }

    private mutating func number() throws(ArchiveRefused) -> UInt32 {
        var value: UInt32 = 0
        for shift in 0..<4 { value |= UInt32(try take()) << (8 * UInt32(shift)) }
        return value
    }

    private mutating func take() throws(ArchiveRefused) -> UInt8 {
        if rest.isEmpty { try refill(atLeast: 1) }
        guard let place = rest.first else { throw ArchiveRefused("a member is cut off") }
        rest = place + 1..<rest.upperBound
        return window[place]
    }

    /// Reads on until `wanted` bytes are in the window, or the part ends.
    private mutating func refill(atLeast wanted: Int) throws(ArchiveRefused) {
        guard rest.count < wanted else { return }
        let kept = Array(window[rest])
        window.replaceSubrange(0..<kept.count, with: kept)
        rest = 0..<kept.count
        while rest.count < wanted, position < count {
            let length = min(window.count - rest.count, Int(count - position))
            let place = (start + position, rest.count)
            let result = unsafe window.withUnsafeMutableBytes { bytes in
                unsafe pread(STDIN_FILENO, bytes.baseAddress.map { unsafe $0 + place.1 }, length, off_t(place.0))
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { throw ArchiveRefused("the file cannot be read to its end") }
            rest = 0..<rest.count + result
            position += Int64(result)
        }
    }
}

/// The one owner of a `z_stream`.
@safe
private struct Inflater: ~Copyable {
    /// What one call did.
    struct Step {
        let taken: Int
        let given: Int
        let isEnd: Bool
    }

    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(ArchiveRefused) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe vitrine_inflate_init_raw(stream) == Z_OK else {
            unsafe stream.deallocate()
            throw ArchiveRefused("no memory to inflate")
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Inflates as much as fits.
    borrowing func step(
        _ input: ArraySlice<UInt8>,
        into output: inout [UInt8]
    ) throws(ArchiveRefused) -> Step {
        let result = unsafe input.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                // zlib reads its input, whatever the type says.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(source.count)
                unsafe stream.pointee.next_out = target.baseAddress
                unsafe stream.pointee.avail_out = UInt32(target.count)
                return unsafe inflate(stream, Z_NO_FLUSH)
            }
        }
        guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
            throw ArchiveRefused("a content cannot be inflated")
        }
        return Step(
            taken: input.count - Int(unsafe stream.pointee.avail_in),
            given: output.count - Int(unsafe stream.pointee.avail_out),
            isEnd: result == Z_STREAM_END
        )
    }
}
