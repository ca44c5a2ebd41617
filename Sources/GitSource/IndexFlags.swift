import Encodings

/// The index flags that make git look away from a file (gitformat-index).
struct IndexFlags {
    /// The most paths that are kept of each flag.
    private static let maximumKept = 1000

    /// The raw paths marked assume-unchanged, the first 1,000 of them.
    private(set) var assumeUnchanged: [[UInt8]] = []
    /// The raw paths marked skip-worktree, the first 1,000 of them.
    private(set) var skipWorktree: [[UInt8]] = []

    /// Why an index is not read.
    enum Malformed: String, Error {
        case notAnIndex = "not an index of version 2, 3 or 4"
        case truncated = "an entry is cut off"
        case longPath = "a path is longer than 4096 bytes"
        case split = "it is split, and its flags stand in another file"
    }

    /// Reads the entries of an index; extensions but the one that splits it, and the checksum, are passed over.
    init(_ content: [UInt8]) throws(Malformed) {
        var reader = IndexReader(content: content)
        guard content.starts(with: "DIRC".utf8), let version = reader.uint32(at: 4), (2...4).contains(version),
            let count = reader.uint32(at: 8)
        else { throw .notAnIndex }
        reader.offset = 12
        var path: [UInt8] = []
        for _ in 0..<count {
            guard let flags = reader.entry(version: version, path: &path) else { throw .truncated }
            guard path.count <= TreePath.maximumByteCount else { throw .longPath }
            if flags.isAssumeUnchanged, assumeUnchanged.count < IndexFlags.maximumKept { assumeUnchanged.append(path) }
            if flags.isSkipWorktree, skipWorktree.count < IndexFlags.maximumKept { skipWorktree.append(path) }
        }
        guard !reader.hasExtension("link") else { throw .split }
    }
}

private struct IndexReader {
    /// Times, ids, modes and the object id stand before the flags.
    private static let flagsOffset = 60

    let content: [UInt8]
    var offset = 0

    init(content: [UInt8]) {
        self.content = content
    }

    func uint32(at offset: Int) -> UInt32? {
        guard offset >= 0, content.count - offset >= 4 else { return nil }
        return content[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads one entry and moves behind it; nil when it is cut off.
    mutating func entry(
        version: UInt32,
        path: inout [UInt8]
    ) -> (isAssumeUnchanged: Bool, isSkipWorktree: Bool)? {
        let start = offset
        guard let flags = uint32(at: start + IndexReader.flagsOffset).map({ UInt16(truncatingIfNeeded: $0 >> 16) })
        else { return nil }
        let isExtended = version >= 3 && flags & 0x4000 != 0
        let extended = isExtended ? uint32(at: start + IndexReader.flagsOffset + 2).map { $0 >> 16 } : 0
        guard let extended else { return nil }
        offset = start + IndexReader.flagsOffset + (isExtended ? 4 : 2)
        if version == 4 {
            // A number of bytes to drop from the path before, then what follows instead.
            guard let dropped = variableLength(), dropped <= path.count else { return nil }
            path.removeLast(dropped)
        } else {
            path.removeAll()
        }
        guard let end = content[min(offset, content.count)...].firstIndex(of: 0) else { return nil }
        path.append(contentsOf: content[offset..<end])
        // Entries of versions 2 and 3 are padded with 1 to 8 NULs to a multiple of eight bytes.
        offset = version == 4 ? end + 1 : start + (end - start + 8) / 8 * 8
        return (flags & 0x8000 != 0, extended & 0x4000 != 0)
    }

    /// Whether one of the extensions behind the entries has this signature.
    func hasExtension(_ signature: String) -> Bool {
        var place = offset
        // Four bytes of signature, four of length, then the content; the checksum of 20 bytes comes last.
        while content.count - place >= 8 + 20, let count = uint32(at: place + 4) {
            if content[place..<place + 4].elementsEqual(signature.utf8) { return true }
            place += 8 + Int(count)
        }
        return false
    }

    private mutating func variableLength() -> Int? {
        var value = 0
        while offset < content.count, value < 1 << 40 {
            let byte = content[offset]
            offset += 1
            value |= Int(byte & 0x7F)
            if byte & 0x80 == 0 { return value }
            value = (value + 1) << 7
        }
        return nil
    }
}
