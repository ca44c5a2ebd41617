import Digests

/// One pack (gitformat-pack, version 2), with its index.
final class PackFile {
    /// What stands at an offset of a pack, before anything is inflated.
    struct EntryHeader {
        /// How the entry's bytes are to be read.
        enum Form {
            case whole(GitObjectKind)
            case deltaOnOffset(Int)
            case deltaOnID(GitObjectID)
        }

        let form: Form
        /// The declared inflated length, in bytes, of the object or of the delta.
        let count: Int
        /// Where the zlib stream begins.
        let start: Int
    }

    let index: PackIndex
    let file: MappedFile

    /// Opens the pack beside the index at `indexPath` (`….idx`, `….pack`); nil unless both are of version 2.
    init?(indexPath: [UInt8]) {
        guard let index = PackIndex(path: indexPath),
            let file = MappedFile(path: indexPath.dropLast(3) + Array("pack".utf8)),
            file.uint32(at: 0) == 0x5041_434B, file.uint32(at: 4) == 2, file.count >= 32
        else { return nil }
        self.index = index
        self.file = file
    }

    /// Where entries end: the pack's own checksum follows.
    private var end: Int { file.count - 20 }

    /// Reads the header of the entry at `offset`.
    func header(at offset: Int) throws(ObjectFault) -> EntryHeader {
        guard offset >= 12, offset < end, let first = file.byte(at: offset) else { throw .malformedPackEntry }
        var position = offset + 1
        var count = Int(first & 0x0F)
        var shift = 4
        var byte = first
        while byte & 0x80 != 0 {
            guard shift < 60, position < end, let next = file.byte(at: position) else { throw .malformedPackEntry }
            byte = next
            count |= Int(byte & 0x7F) << shift
            shift += 7
            position += 1
        }
        let form = try form(first >> 4 & 7, of: offset, &position)
        return EntryHeader(form: form, count: count, start: position)
    }

    /// The bytes from `start` to the end of the entries, where a zlib stream is to be found.
    func stream(at start: Int) throws(ObjectFault) -> UnsafeRawBufferPointer {
        guard start < end, let bytes = unsafe file.bytes(start..<end) else { throw .malformedPackEntry }
        return unsafe bytes
    }

    private func form(
        _ type: UInt8,
        of offset: Int,
        _ position: inout Int
    ) throws(ObjectFault) -> EntryHeader.Form {
        switch type {
        case 1: return .whole(.commit)
        case 2: return .whole(.tree)
        case 3: return .whole(.blob)
        case 4: return .whole(.tag)
        case 6: return .deltaOnOffset(try baseOffset(of: offset, &position))
        case 7:
            guard let bytes = unsafe file.bytes(position..<position + 20),
                let id = GitObjectID(unsafe Span(_unsafeBytes: bytes))
            else { throw .malformedPackEntry }
            position += 20
            return .deltaOnID(id)
        default: throw .malformedPackEntry
        }
    }

    private func baseOffset(of offset: Int, _ position: inout Int) throws(ObjectFault) -> Int {
        var distance = 0
        var isFirst = true
        while true {
            guard position < end, distance < 1 << 55, let byte = file.byte(at: position) else {
                throw .malformedPackEntry
            }
            position += 1
            distance = (isFirst ? 0 : distance + 1) << 7 | Int(byte & 0x7F)
            isFirst = false
            if byte & 0x80 == 0 { break }
        }
        // A base stands before what is built on it.
        guard distance > 0, distance < offset else { throw .malformedPackEntry }
        return offset - distance
    }
}
