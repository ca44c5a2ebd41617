/// Output that may be very long, written to standard output in pieces of 64 KiB.
struct OutputPieces {
    private static let byteCount = 64 << 10

    private var pending: [UInt8] = []

    /// Adds bytes; what was added is written from time to time.
    mutating func add(_ bytes: [UInt8]) throws(Trouble) {
        pending += bytes
        if pending.count >= OutputPieces.byteCount { try finish() }
    }

    /// Adds a line of text.
    mutating func add(line: String) throws(Trouble) {
        try add(Array(line.utf8) + [UInt8(ascii: "\n")])
    }

    /// Writes what is left.
    mutating func finish() throws(Trouble) {
        try Console.write(pending)
        pending.removeAll(keepingCapacity: true)
    }
}
