/// The checksum of gzip and xz headers (RFC 1952 section 8, ISO 3309).
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        var value = UInt32(index)
        for _ in 0..<8 {
            value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
        }
        return value
    }

    /// The checksum of `bytes`.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~update(~0, bytes)
    }

    /// The inner state behind `bytes`; it begins as all ones, and its complement is the checksum.
    static func update(_ state: UInt32, _ bytes: some Sequence<UInt8>) -> UInt32 {
        var state = state
        for byte in bytes {
            state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8
        }
        return state
    }
}
