import Digests

/// The loose objects of a repository, read by us.
///
/// libgit2 1.5.1 writes past the end of its buffer when a loose object inflates to more than its header
/// declares, and never returns from some truncated ones (docs/threat-model.md): it is not shown any.
struct LooseObjects {
    private static let slash = UInt8(ascii: "/")
    private let directories: [[UInt8]]

    /// Looks in these object directories.
    init(directories: [[UInt8]]) {
        self.directories = directories
    }

    /// Opens an object and reads its header; nil when no directory has it.
    func open(_ id: GitObjectID) throws(ObjectFault) -> ObjectStream? {
        for directory in directories {
            let path = LooseObjects.path(of: id, in: directory)
            if let file = MappedFile(path: path) { return try LooseObjects.stream(of: file) }
            // An empty file has no mapping and is still there.
            if FileSystem.exists(path) { throw .damagedStream }
        }
        return nil
    }

    /// Whether a directory has the object.
    func contains(_ id: GitObjectID) -> Bool {
        directories.contains { FileSystem.exists(LooseObjects.path(of: id, in: $0)) }
    }

    /// The ids that begin with the first `digitCount` digits of `prefix`, two at most.
    func ids(beginning prefix: GitObjectID, digitCount: Int) -> [GitObjectID] {
        guard digitCount >= 2 else { return [] }
        let digits = Array(prefix.hex.utf8.prefix(digitCount))
        var found: Set<GitObjectID> = []
        for directory in directories {
            let names = FileSystem.names(in: directory + [LooseObjects.slash] + digits[..<2])
            for name in names where name.starts(with: digits[2...]) {
                if let id = GitObjectID(hex: digits[..<2] + name) { found.insert(id) }
            }
        }
        return Array(found.sorted().prefix(2))
    }

    private static func path(of id: GitObjectID, in directory: [UInt8]) -> [UInt8] {
        let digits = Array(id.hex.utf8)
        return directory + [slash] + digits[..<2] + [slash] + digits[2...]
    }

    /// Reads "kind SP size NUL" (gitformat-loose) at the start of the stream.
    private static func stream(of file: MappedFile) throws(ObjectFault) -> ObjectStream {
        guard let inflater = StreamInflater(file, from: 0) else { throw .outOfMemory }
        var head = [UInt8](repeating: 0, count: 64)
        guard let count = unsafe head.withUnsafeMutableBytes({ unsafe inflater.inflate(into: $0) }) else {
            throw .damagedStream
        }
        head.removeLast(64 - count)
        guard let space = head.firstIndex(of: UInt8(ascii: " ")), let end = head.firstIndex(of: 0), space < end,
            let kind = GitObjectKind(rawValue: String(decoding: head[..<space], as: UTF8.self)),
            let length = Int(String(decoding: head[(space + 1)..<end], as: UTF8.self)), length >= 0,
            String(length).utf8.elementsEqual(head[(space + 1)..<end])
        else { throw .malformedLooseHeader }
        return ObjectStream(
            kind,
            count: length,
            head: head[(end + 1)...],
            inflater: inflater,
            encodedCount: file.count
        )
    }
}
