/// A text that is given away piece by piece while it is put together, so that it is never in memory as a whole.
struct PiecewiseOutput<Failure: Error> {
    private static var pieceByteCount: Int { 256 << 10 }

    private let write: ([UInt8]) throws(Failure) -> Void
    /// What was not given away yet; callers append to it.
    var bytes: [UInt8] = []

    /// Gives pieces to `write`.
    init(to write: @escaping ([UInt8]) throws(Failure) -> Void) {
        self.write = write
    }

    /// Gives away what there is once it is worth it.
    mutating func settle() throws(Failure) {
        if bytes.count >= PiecewiseOutput.pieceByteCount { try flush() }
    }

    /// Gives away what there is.
    mutating func flush() throws(Failure) {
        try write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
