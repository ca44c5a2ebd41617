import Digests
import Glibc

/// The bytes of one object held in memory.
@safe final class ObjectBuffer {
    /// The most bytes that are held for one object: larger ones are streamed, or refused where they are deltas.
    static let maximumByteCount = 192 << 20

    let kind: GitObjectKind
    private let storage: UnsafeMutableRawBufferPointer

    /// Makes room for `count` bytes.
    init(_ kind: GitObjectKind, count: Int) throws(ObjectFault) {
        guard count <= ObjectBuffer.maximumByteCount else { throw .tooLarge }
        // malloc and not Swift's allocation: running out of memory must be an answer, not a trap.
        guard let memory = unsafe malloc(max(count, 1)) else { throw .outOfMemory }
        self.kind = kind
        unsafe storage = UnsafeMutableRawBufferPointer(start: memory, count: count)
    }

    deinit {
        unsafe free(storage.baseAddress)
    }

    var count: Int { unsafe storage.count }

    /// The bytes, valid while this object lives.
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(storage) }

    /// The bytes to be filled by whoever made this object.
    var room: UnsafeMutableRawBufferPointer { unsafe storage }
}

/// Keeps the objects that deltas were built on, up to a number of bytes.
struct BaseCache {
    private static let maximumByteCount = 64 << 20

    private struct Place: Hashable {
        let pack: Int
        let offset: Int
    }

    private var objects: [Place: ObjectBuffer] = [:]
    private var order: [Place] = []
    private var oldest = 0
    private var byteCount = 0

    /// The object at `offset` of pack number `pack`, when it is still held.
    func object(pack: Int, offset: Int) -> ObjectBuffer? {
        objects[Place(pack: pack, offset: offset)]
    }

    /// Holds an object, dropping the oldest ones to make room.
    mutating func insert(_ object: ObjectBuffer, pack: Int, offset: Int) {
        guard object.count <= BaseCache.maximumByteCount / 4 else { return }
        let place = Place(pack: pack, offset: offset)
        guard objects.updateValue(object, forKey: place) == nil else { return }
        order.append(place)
        byteCount += object.count
        while byteCount > BaseCache.maximumByteCount, oldest < order.count {
            byteCount -= objects.removeValue(forKey: order[oldest])?.count ?? 0
            oldest += 1
        }
        if oldest > 4096 {
            order.removeFirst(oldest)
            oldest = 0
        }
    }

    /// Drops everything.
    mutating func removeAll() {
        self = BaseCache()
    }
}
