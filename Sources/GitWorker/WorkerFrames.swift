import Digests

/// The bytes of a frame being written.
package struct FrameWriter {
    /// The frame, its length in front.
    package private(set) var bytes: [UInt8] = [0, 0, 0, 0]

    init(_ kind: UInt8) {
        bytes.append(kind)
    }

    mutating func append(_ value: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func append(_ content: some Sequence<UInt8>) {
        bytes.append(contentsOf: content)
    }

    mutating func append(counted content: [UInt8]) {
        append(UInt32(content.count))
        append(content)
    }

    consuming func finish() -> [UInt8] {
        let count = UInt32(bytes.count - 4)
        for index in 0..<4 {
            bytes[index] = UInt8(truncatingIfNeeded: count >> UInt32(8 * index))
        }
        return bytes
    }
}

/// Takes a frame apart; every read is nil once the frame is too short.
package struct FrameParser {
    private let bytes: [UInt8]
    private var offset = 0

    /// Starts on a frame without its length.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func byte() -> UInt8? {
        guard offset < bytes.count else { return nil }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func uint32() -> UInt32? {
        guard bytes.count - offset >= 4 else { return nil }
        defer { offset += 4 }
        return (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }

    mutating func id() -> GitObjectID? {
        guard bytes.count - offset >= 20 else { return nil }
        defer { offset += 20 }
        return GitObjectID(bytes.span.extracting(offset..<offset + 20))
    }

    mutating func counted() -> [UInt8]? {
        guard let count = uint32(), count <= bytes.count - offset else { return nil }
        defer { offset += Int(count) }
        return Array(bytes[offset..<offset + Int(count)])
    }

    mutating func rest() -> [UInt8] {
        defer { offset = bytes.count }
        return Array(bytes[offset...])
    }

    mutating func ids() -> [GitObjectID]? {
        var ids: [GitObjectID] = []
        ids.reserveCapacity((bytes.count - offset) / 20)
        while !isAtEnd {
            guard let id = id() else { return nil }
            ids.append(id)
        }
        return ids
    }
}

extension WorkerRequest {
    /// The frame of the request.
    package var frame: [UInt8] {
        switch self {
        case .open(let path, let share):
            var frame = FrameWriter(1)
            frame.append([share])
            frame.append(path)
            return frame.finish()
        case .resolve(let revision):
            var frame = FrameWriter(2)
            frame.append(revision)
            return frame.finish()
        case .order(let ids):
            return WorkerRequest.frame(3, [], ids)
        case .read(let reader, let ids):
            return WorkerRequest.frame(4, [reader.rawValue], ids)
        case .release(let slot):
            var frame = FrameWriter(5)
            frame.append(UInt32(slot))
            return frame.finish()
        }
    }

    private static func frame(_ kind: UInt8, _ head: [UInt8], _ ids: [GitObjectID]) -> [UInt8] {
        var frame = FrameWriter(kind)
        frame.append(head)
        for id in ids {
            frame.append(id.bytes)
        }
        return frame.finish()
    }

    /// Reads a frame without its length; nil for one that is none of ours.
    init?(frame: [UInt8]) {
        var parser = FrameParser(frame)
        switch parser.byte() {
        case 1:
            guard let share = parser.byte() else { return nil }
            self = .open(path: parser.rest(), share: share)
        case 2: self = .resolve(revision: parser.rest())
        case 3:
            guard let ids = parser.ids() else { return nil }
            self = .order(ids)
        case 4:
            guard let reader = parser.byte().flatMap(ObjectReader.init), let ids = parser.ids() else { return nil }
            self = .read(reader, ids)
        case 5:
            guard let slot = parser.uint32(), parser.isAtEnd else { return nil }
            self = .release(slot: Int(slot))
        default: return nil
        }
    }
}

extension WorkerResponse {
    var frame: [UInt8] {
        switch self {
        case .opened(let places):
            var frame = FrameWriter(1)
            frame.append(counted: places.gitDirectory)
            frame.append(counted: places.commonDirectory)
            frame.append(counted: places.workTree)
            return frame.finish()
        case .resolved(let id, let reference):
            var frame = FrameWriter(2)
            frame.append(id.bytes)
            frame.append(reference)
            return frame.finish()
        case .order(let order):
            var frame = FrameWriter(3)
            for position in order {
                frame.append(position)
            }
            return frame.finish()
        case .batch(let slot, let pieces):
            var frame = FrameWriter(4)
            frame.append(UInt32(slot))
            for piece in pieces {
                piece.append(to: &frame)
            }
            return frame.finish()
        case .done: return FrameWriter(5).finish()
        case .refused(let refusal, let text):
            var frame = FrameWriter(6)
            frame.append([refusal.rawValue])
            frame.append(text)
            return frame.finish()
        }
    }

    /// Reads a frame without its length; nil for one that is none of ours.
    package init?(frame: [UInt8]) {
        var parser = FrameParser(frame)
        switch parser.byte() {
        case 1:
            guard let gitDirectory = parser.counted(), let commonDirectory = parser.counted(),
                let workTree = parser.counted(), parser.isAtEnd
            else { return nil }
            self = .opened(
                RepositoryPlaces(gitDirectory: gitDirectory, commonDirectory: commonDirectory, workTree: workTree)
            )
        case 2:
            guard let id = parser.id() else { return nil }
            self = .resolved(id, reference: parser.rest())
        case 3:
            var order: [UInt32] = []
            while !parser.isAtEnd {
                guard let position = parser.uint32() else { return nil }
                order.append(position)
            }
            self = .order(order)
        case 4:
            guard let slot = parser.uint32() else { return nil }
            var pieces: [ObjectPiece] = []
            while !parser.isAtEnd {
                guard let piece = ObjectPiece(&parser) else { return nil }
                pieces.append(piece)
            }
            self = .batch(slot: Int(slot), pieces)
        case 5:
            guard parser.isAtEnd else { return nil }
            self = .done
        case 6:
            guard let refusal = parser.byte().flatMap(WorkerRefusal.init) else { return nil }
            self = .refused(refusal, text: parser.rest())
        default: return nil
        }
    }
}

extension ObjectPiece {
    fileprivate func append(to frame: inout FrameWriter) {
        frame.append(UInt32(index))
        frame.append([kind.map(\.code) ?? 0, fault?.rawValue ?? 0, isLast ? 1 : 0])
        frame.append(UInt32(truncatingIfNeeded: total))
        frame.append(UInt32(truncatingIfNeeded: total >> 32))
        frame.append(UInt32(range.lowerBound))
        frame.append(UInt32(range.count))
    }

    fileprivate init?(_ parser: inout FrameParser) {
        guard let index = parser.uint32(), let kind = parser.byte(), let fault = parser.byte(),
            let last = parser.byte(), last <= 1, let low = parser.uint32(), let high = parser.uint32(),
            let start = parser.uint32(), let count = parser.uint32()
        else { return nil }
        self.index = Int(index)
        self.kind = GitObjectKind.allCases.first { $0.code == kind }
        self.fault = ObjectFault(rawValue: fault)
        // Either bytes of a known kind or a known fault.
        guard (self.kind == nil) != (self.fault == nil), kind == 0 || fault == 0 else { return nil }
        total = UInt64(high) << 32 | UInt64(low)
        range = Int(start)..<Int(start) + Int(count)
        isLast = last == 1
    }
}

extension GitObjectKind {
    /// The number of the kind in a pack (gitformat-pack, "Object types").
    fileprivate var code: UInt8 {
        switch self {
        case .commit: 1
        case .tree: 2
        case .blob: 3
        case .tag: 4
        }
    }
}
