/// What stands before the header of a tar member and changes what it says.
struct TarExtensions {
    /// The types of headers that say something of the next one, or of all that follow.
    static let types = Array("LKxg".utf8)

    /// An extension as it was read.
    struct Block {
        let header: TarHeader
        /// The records of a pax header; none for GNU's long names.
        let records: [PaxRecords.Record]
    }

    private(set) var blocks: [Block] = []
    private var name: [UInt8]?
    private var linkName: [UInt8]?
    /// The size of the content, where a record gives it.
    private(set) var size: UInt64?
    private var uid: UInt64?
    private var gid: UInt64?
    private var mtime: Int64?

    /// Takes note of an extension of one member; each kind may stand once.
    mutating func add(_ header: TarHeader, _ content: [UInt8], at place: UInt64) throws(MalformedLayout) {
        guard !blocks.contains(where: { $0.header.type == header.type }) else {
            throw MalformedLayout("tar", "two extended headers of one kind for one member", at: place)
        }
        switch header.type {
        case UInt8(ascii: "x"):
            let records = try PaxRecords(content, at: place + 512).records
            for record in records {
                try apply(record, at: place)
            }
            blocks.append(Block(header: header, records: records))
            return
        case UInt8(ascii: "L"): name = FixedField.text(content, 0..<content.count)
        default: linkName = FixedField.text(content, 0..<content.count)
        }
        blocks.append(Block(header: header, records: []))
    }

    /// Takes note of a header that holds for all members that follow; it may name none of them.
    mutating func addGlobal(_ content: [UInt8], at place: UInt64) throws(MalformedLayout) -> [PaxRecords.Record] {
        let records = try PaxRecords(content, at: place + 512).records
        for record in records {
            guard !["path", "linkpath", "size"].contains(record.keyText) else {
                throw MalformedLayout("tar", "a global header gives a path or a size", at: place)
            }
            try apply(record, at: place)
        }
        return records
    }

    /// The member that a header names, and how many bytes of content it has here.
    func member(
        _ header: TarHeader,
        _ global: TarExtensions,
        at place: UInt64
    ) throws(MalformedLayout) -> (ContainerMember, size: UInt64) {
        let size = size ?? header.size
        var member = ContainerMember(name: name ?? header.name, content: place..<place)
        switch header.type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): member.kind = .file
        case UInt8(ascii: "1"): member.kind = .hardLink
        case UInt8(ascii: "2"): member.kind = .symbolicLink
        case UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6"): member.kind = .special
        case UInt8(ascii: "5"): member.kind = .directory
        case UInt8(ascii: "S"): throw MalformedLayout("tar", "a sparse file, which is not supported", at: place)
        case UInt8(ascii: "M"), UInt8(ascii: "V"):
            throw MalformedLayout("tar", "an archive of several volumes, which is not supported", at: place)
        default: throw MalformedLayout("tar", "a member of type \(header.type), which is not known", at: place)
        }
        guard member.kind == .file || size == 0 else {
            // Readers disagree whether content follows.
            throw MalformedLayout("tar", "a member that is no file has a size", at: place)
        }
        guard !member.name.isEmpty, member.name.count <= ContainerLayout.maximumNameByteCount else {
            throw MalformedLayout("tar", "the name of a member is empty or too long", at: place)
        }
        guard member.kind != .file || member.name.last != UInt8(ascii: "/") else {
            // Old archives mark directories so; readers disagree.
            throw MalformedLayout("tar", "the name of a file ends with `/`", at: place)
        }
        member.mode = header.mode
        member.uid = uid ?? global.uid ?? header.uid
        member.gid = gid ?? global.gid ?? header.gid
        member.mtime = mtime ?? global.mtime ?? header.mtime
        if member.kind == .symbolicLink || member.kind == .hardLink {
            member.linkTarget = linkName ?? header.linkName
        }
        return (member, size)
    }

    private mutating func apply(_ record: PaxRecords.Record, at place: UInt64) throws(MalformedLayout) {
        switch record.keyText {
        case "path": name = try text(record.value, at: place)
        case "linkpath": linkName = try text(record.value, at: place)
        case "size": size = try number(record, at: place)
        case "uid": uid = try number(record, at: place)
        case "gid": gid = try number(record, at: place)
        case "atime", "ctime", "LIBARCHIVE.creationtime":
            guard record.seconds != nil, record.value.count <= 32 else {
                throw MalformedLayout("tar", "a time in an extended header is not one", at: place)
            }
        case "mtime":
            guard record.value.count <= 32, let seconds = record.seconds else {
                throw MalformedLayout("tar", "a time in an extended header is not one", at: place)
            }
            mtime = seconds
        case let key where key.hasPrefix("GNU.sparse"):
            throw MalformedLayout("tar", "a sparse file, which is not supported", at: place)
        default: break
        }
    }

    private func number(_ record: PaxRecords.Record, at place: UInt64) throws(MalformedLayout) -> UInt64 {
        guard let number = record.number else {
            throw MalformedLayout("tar", "a number in an extended header is not one", at: place)
        }
        return number
    }

    private func text(_ value: [UInt8], at place: UInt64) throws(MalformedLayout) -> [UInt8] {
        guard !value.contains(0) else {
            throw MalformedLayout("tar", "a name in an extended header holds NUL", at: place)
        }
        return value
    }
}
