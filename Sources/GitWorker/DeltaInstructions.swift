/// Applies git's deltas (gitformat-pack, "Deltified representation").
enum DeltaInstructions {
    /// The lengths that a delta declares, and where its instructions begin.
    struct Header {
        let baseCount: Int
        let resultCount: Int
        let start: Int
    }

    /// Reads the two lengths at the start of `delta`; nil when they are not there or beyond 63 bits.
    static func header(_ delta: UnsafeRawBufferPointer) -> Header? {
        var offset = 0
        guard let base = unsafe length(delta, &offset), let result = unsafe length(delta, &offset) else { return nil }
        return Header(baseCount: base, resultCount: result, start: offset)
    }

    /// Builds the result from `base`; whether the delta fits and fills `result` exactly.
    static func apply(
        _ delta: UnsafeRawBufferPointer,
        from start: Int,
        to base: UnsafeRawBufferPointer,
        into result: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var offset = start
        var written = 0
        while offset < delta.count {
            let instruction = unsafe delta[offset]
            offset += 1
            let source: UnsafeRawBufferPointer
            if instruction & 0x80 != 0 {
                guard let copied = unsafe copy(instruction, delta, &offset, base) else { return false }
                unsafe source = unsafe copied
            } else {
                // 0 is reserved; 1 to 127 bytes follow.
                let count = Int(instruction)
                guard count > 0, count <= delta.count - offset else { return false }
                unsafe source = unsafe UnsafeRawBufferPointer(rebasing: delta[offset..<offset + count])
                offset += count
            }
            guard source.count <= result.count - written else { return false }
            unsafe UnsafeMutableRawBufferPointer(rebasing: result[written...]).copyMemory(from: source)
            written += source.count
        }
        return written == result.count
    }

    /// The piece of `base` that a copy instruction names; nil when it lies outside.
    private static func copy(
        _ instruction: UInt8,
        _ delta: UnsafeRawBufferPointer,
        _ offset: inout Int,
        _ base: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        var start = 0
        var count = 0
        for bit in 0..<7 where instruction & (1 << UInt8(bit)) != 0 {
            guard offset < delta.count else { return nil }
            let byte = unsafe Int(delta[offset])
            offset += 1
            if bit < 4 { start |= byte << (8 * bit) } else { count |= byte << (8 * (bit - 4)) }
        }
        if count == 0 { count = 0x10000 }
        guard start <= base.count, count <= base.count - start else { return nil }
        return unsafe UnsafeRawBufferPointer(rebasing: base[start..<start + count])
    }

    private static func length(_ delta: UnsafeRawBufferPointer, _ offset: inout Int) -> Int? {
        var value = 0
        var shift = 0
        while offset < delta.count, shift < 63 {
            let byte = unsafe delta[offset]
            offset += 1
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value >= 0 ? value : nil }
            shift += 7
        }
        return nil
    }
}
