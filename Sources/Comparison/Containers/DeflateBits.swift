/// The bits of a part of a file, the lowest of each byte first (RFC 1951 section 3.1.1), through a window.
struct DeflateBits {
    private static let windowByteCount: UInt64 = 64 << 10

    private let source: any RandomAccessBytes
    private var window: [UInt8] = []
    /// The next byte of the window.
    private var next = 0
    /// Where the window ends, seen from the start of the part.
    private var windowEnd: UInt64 = 0
    /// The bits that were read and not taken; those above ``heldCount`` are zero.
    private(set) var held: UInt64 = 0
    /// How many there are.
    private(set) var heldCount: UInt64 = 0

    /// Begins at the first bit.
    init(_ source: any RandomAccessBytes) {
        self.source = source
    }

    /// How many bits were taken; a part of more than 2^60 bytes is none that exists.
    var takenCount: UInt64 { (windowEnd &- UInt64(window.count &- next)) &* 8 &- heldCount }

    /// The byte that the next bit is in.
    var byteOffset: UInt64 { takenCount / 8 }

    /// How many bytes no bit was taken of.
    var restByteCount: UInt64 { source.count - (takenCount + 7) / 8 }

    /// Holds at least 48 bits, or all that are left.
    @inline(__always)
    mutating func fill() throws {
        while heldCount <= 48 {
            if next == window.count {
                guard windowEnd < source.count else { return }
                try move(to: windowEnd)
            }
            held |= UInt64(window[next]) &<< heldCount
            heldCount &+= 8
            next &+= 1
        }
    }

    /// Takes `count` of the bits that are held.
    @inline(__always)
    mutating func drop(_ count: UInt64) {
        held = held &>> count
        heldCount &-= count
    }

    /// The next `count` bits, at most 32; nil where there are fewer.
    @inline(__always)
    mutating func take(_ count: UInt64) throws -> UInt64? {
        if heldCount < count { try fill() }
        guard heldCount >= count else { return nil }
        let value = held & (1 &<< count &- 1)
        drop(count)
        return value
    }

    /// Goes to the next whole byte; whether all bits before it are zero.
    mutating func align() -> Bool {
        let count = heldCount % 8
        let isZero = held & (1 &<< count &- 1) == 0
        drop(count)
        return isZero
    }

    /// Goes on behind `count` whole bytes, after ``align()``; false where there are fewer.
    mutating func skip(bytes count: UInt64) throws -> Bool {
        let start = byteOffset
        guard count <= source.count - start else { return false }
        (held, heldCount) = (0, 0)
        let place = start + count
        let windowStart = windowEnd - UInt64(window.count)
        if place >= windowStart, place <= windowEnd {
            next = Int(place - windowStart)
        } else {
            (window, next, windowEnd) = ([], 0, place)
        }
        return true
    }

    private mutating func move(to place: UInt64) throws {
        let end = place + min(source.count - place, Self.windowByteCount)
        window = try source.bytes(place..<end)
        guard UInt64(window.count) == end - place else { throw OutsideBytes(range: place..<end, count: source.count) }
        (next, windowEnd) = (0, end)
    }
}
