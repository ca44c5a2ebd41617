import Digests

/// An object that stands in a pack as it is, not yet inflated.
struct PackedWhole {
    let kind: GitObjectKind
    /// The declared length, in bytes.
    let count: Int
    fileprivate let start: Int
    fileprivate let pack: PackFile
}

/// The packs of a repository, read directly.
///
/// libgit2 1.5 can neither stream an object out of a pack nor inflate as fast as libdeflate does; the parent
/// hashes whatever comes of either, so nothing here is believed.
struct PackedObjects {
    /// Where an object stands.
    struct Location {
        let pack: Int
        let offset: Int
    }

    /// Bytes of an object on their way out.
    enum Content {
        /// The object is in memory.
        case held(ObjectBuffer)
        /// The object is to be inflated piece by piece.
        case streamed(ObjectStream)
        /// The object is to be inflated in one go, and fits in a slot.
        case whole(PackedWhole)
    }

    /// Larger objects that are no deltas are streamed, in bytes.
    static let streamingByteCount = 32 << 20
    private static let maximumChain = 4096

    private let packs: [PackFile]
    private let inflater: WholeInflater
    private let budget: InflationBudget
    private var cache = BaseCache()
    private var latest = 0

    /// Opens the packs of the object directories, whose size adds to `budget`; nil without memory.
    init?(indexPaths: [[UInt8]], _ budget: InflationBudget = InflationBudget()) {
        guard let inflater = WholeInflater() else { return nil }
        self.inflater = inflater
        self.budget = budget
        packs = indexPaths.compactMap(PackFile.init(indexPath:))
        // A pack that is borrowed again or has several names is stored once.
        var seen: Set<MappedFile.Identity> = []
        for pack in packs where seen.insert(pack.file.identity).inserted {
            budget.add(storedByteCount: pack.file.storedCount)
        }
    }

    /// Where `id` stands; nil when no pack holds it.
    mutating func location(of id: GitObjectID) -> Location? {
        for step in 0..<packs.count {
            let pack = (latest + step) % packs.count
            if let offset = packs[pack].index.offset(of: id) {
                latest = pack
                return Location(pack: pack, offset: offset)
            }
        }
        return nil
    }

    /// The content of the object at `location`.
    mutating func content(at location: Location) throws(ObjectFault) -> Content {
        let pack = packs[location.pack]
        if let held = cache.object(pack: location.pack, offset: location.offset) {
            // An index may name one place by any number of ids, and each is sent and hashed.
            try budget.take(held.count)
            return .held(held)
        }
        let header = try pack.header(at: location.offset)
        guard case .whole(let kind) = header.form else { return .held(try resolve(location, header)) }
        if header.count <= SharedSlots.byteCount {
            return .whole(PackedWhole(kind: kind, count: header.count, start: header.start, pack: pack))
        }
        guard header.count > PackedObjects.streamingByteCount else {
            return .held(try inflate(kind, header, of: pack))
        }
        try budget.take(header.count)
        guard let inflater = StreamInflater(pack.file, from: header.start) else { throw .outOfMemory }
        return .streamed(ObjectStream(kind, count: header.count, head: [], inflater: inflater, encodedCount: nil))
    }

    /// Inflates `object` into `room`, which is as long as the object.
    func inflate(_ object: PackedWhole, into room: UnsafeMutableRawBufferPointer) throws(ObjectFault) {
        try budget.take(object.count)
        let stream = unsafe try object.pack.stream(at: object.start)
        guard unsafe inflater.inflate(stream, into: room) else { throw .damagedStream }
    }

    /// Builds an object from its chain of deltas, from the base up.
    private mutating func resolve(
        _ location: Location,
        _ header: PackFile.EntryHeader
    ) throws(ObjectFault) -> ObjectBuffer {
        var chain: [(location: Location, header: PackFile.EntryHeader)] = []
        var place = location
        var current = header
        var base: ObjectBuffer?
        while base == nil {
            let next: Location
            switch current.form {
            case .whole(let kind):
                let object = try inflate(kind, current, of: packs[place.pack])
                cache.insert(object, pack: place.pack, offset: place.offset)
                base = object
                continue
            case .deltaOnOffset(let offset): next = Location(pack: place.pack, offset: offset)
            case .deltaOnID(let id):
                guard let found = self.location(of: id) else { throw .missing }
                next = found
            }
            guard chain.count < PackedObjects.maximumChain else { throw .deltaChainTooLong }
            chain.append((place, current))
            base = cache.object(pack: next.pack, offset: next.offset)
            place = next
            if base == nil { current = try packs[next.pack].header(at: next.offset) }
        }
        guard var object = base else { throw .malformedDelta }
        for link in chain.reversed() {
            object = try apply(link.header, of: packs[link.location.pack], to: object)
            cache.insert(object, pack: link.location.pack, offset: link.location.offset)
        }
        return object
    }

    private func apply(
        _ header: PackFile.EntryHeader,
        of pack: PackFile,
        to base: ObjectBuffer
    ) throws(ObjectFault) -> ObjectBuffer {
        let delta = try inflate(base.kind, header, of: pack)
        guard let lengths = unsafe DeltaInstructions.header(delta.bytes), lengths.baseCount == base.count else {
            throw .malformedDelta
        }
        try budget.take(lengths.resultCount)
        let result = try ObjectBuffer(base.kind, count: lengths.resultCount)
        guard unsafe DeltaInstructions.apply(delta.bytes, from: lengths.start, to: base.bytes, into: result.room)
        else { throw .malformedDelta }
        return result
    }

    private func inflate(
        _ kind: GitObjectKind,
        _ header: PackFile.EntryHeader,
        of pack: PackFile
    ) throws(ObjectFault) -> ObjectBuffer {
        try budget.take(header.count)
        let stream = unsafe try pack.stream(at: header.start)
        let object = try ObjectBuffer(kind, count: header.count)
        guard unsafe inflater.inflate(stream, into: object.room) else { throw .damagedStream }
        return object
    }
}
