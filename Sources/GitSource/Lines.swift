/// The lines of a file, one at a time: a file of a repository can have many millions of them.
struct Lines: Sequence, IteratorProtocol {
    private let content: [UInt8]
    private var offset = 0

    /// Starts at the first line; lines end with LF, the last one perhaps with the file.
    init(of content: [UInt8]) {
        self.content = content
    }

    /// The next line without its LF; nil after the last.
    mutating func next() -> ArraySlice<UInt8>? {
        guard offset < content.count else { return nil }
        let end = content[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? content.count
        defer { offset = end + 1 }
        return content[offset..<end]
    }
}
