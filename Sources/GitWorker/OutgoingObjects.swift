import Digests

/// Fills slots of the shared memory with pieces of objects and hands full ones to the parent.
@safe struct OutgoingObjects {
    private let channel: WorkerChannel
    private let memory: UnsafeMutableRawBufferPointer
    private var freeSlots: [Int]
    private var slot: Int?
    private var used = 0
    private var pieces: [ObjectPiece] = []

    /// Starts with all slots free.
    init(channel: WorkerChannel, memory: UnsafeMutableRawBufferPointer) {
        self.channel = channel
        unsafe self.memory = unsafe memory
        freeSlots = Array(0..<SharedSlots.count)
    }

    /// Sends an object that is in memory.
    mutating func send(_ object: ObjectBuffer, index: Int) throws(WorkerExit) {
        var sent = 0
        repeat {
            let room = unsafe try room(atLeast: min(object.count - sent, SharedSlots.byteCount))
            let count = min(room.count, object.count - sent)
            let piece = unsafe UnsafeRawBufferPointer(rebasing: object.bytes[sent..<sent + count])
            unsafe room.copyMemory(from: piece)
            sent += count
            let isLast = sent == object.count
            try commit(count, index: index, object.kind, total: UInt64(object.count), isLast: isLast)
        } while sent < object.count
    }

    /// Lets `fill` write an object of `count` bytes, at most a slot's length, where the parent will read it.
    mutating func send(
        _ kind: GitObjectKind,
        count: Int,
        index: Int,
        _ fill: (UnsafeMutableRawBufferPointer) throws(ObjectFault) -> Void
    ) throws(WorkerExit) {
        let room = unsafe try room(atLeast: count)
        do throws(ObjectFault) {
            unsafe try fill(UnsafeMutableRawBufferPointer(rebasing: room[..<count]))
        } catch {
            return try send(error, index: index)
        }
        try commit(count, index: index, kind, total: UInt64(count), isLast: true)
    }

    /// Inflates an object into slots and sends them; a fault on the way ends the object.
    mutating func send(_ stream: ObjectStream, index: Int) throws(WorkerExit) {
        repeat {
            let room = unsafe try room(atLeast: min(stream.count, 1 << 16))
            let count: Int
            do throws(ObjectFault) {
                count = unsafe try stream.next(into: room)
            } catch {
                return try send(error, index: index)
            }
            try commit(count, index: index, stream.kind, total: UInt64(stream.count), isLast: stream.isFinished)
        } while !stream.isFinished
    }

    /// Takes a slot back that the parent is done with.
    mutating func release(_ slot: Int) {
        freeSlots.append(slot)
    }

    /// Says that an object cannot be had.
    mutating func send(_ fault: ObjectFault, text: [UInt8] = [], index: Int) throws(WorkerExit) {
        let text = text.prefix(1024)
        let room = unsafe try room(atLeast: text.count)
        unsafe room.copyBytes(from: text)
        let range = used..<used + text.count
        used += text.count
        pieces.append(ObjectPiece(index: index, kind: nil, fault: fault, total: 0, range: range, isLast: true))
        if pieces.count >= 4096 { try flush() }
    }

    /// Hands over what is left and ends the read.
    mutating func finish() throws(WorkerExit) {
        try flush()
        try channel.send(.done)
    }

    private mutating func commit(
        _ count: Int,
        index: Int,
        _ kind: GitObjectKind,
        total: UInt64,
        isLast: Bool
    ) throws(WorkerExit) {
        let range = used..<used + count
        pieces.append(ObjectPiece(index: index, kind: kind, fault: nil, total: total, range: range, isLast: isLast))
        // Pieces begin at whole cache lines.
        used = (range.upperBound + 63) & ~63
        if used >= SharedSlots.byteCount || pieces.count >= 4096 { try flush() }
    }

    /// The free part of a slot, at least `count` bytes long.
    private mutating func room(atLeast count: Int) throws(WorkerExit) -> UnsafeMutableRawBufferPointer {
        if slot != nil, SharedSlots.byteCount - used < count { try flush() }
        if slot == nil {
            while freeSlots.isEmpty {
                freeSlots.append(try channel.nextRelease())
            }
            slot = freeSlots.removeLast()
            used = 0
        }
        let start = (slot ?? 0) * SharedSlots.byteCount
        return unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start + used..<start + SharedSlots.byteCount])
    }

    private mutating func flush() throws(WorkerExit) {
        guard let full = slot else { return }
        try channel.send(.batch(slot: full, pieces))
        pieces.removeAll(keepingCapacity: true)
        slot = nil
    }
}
