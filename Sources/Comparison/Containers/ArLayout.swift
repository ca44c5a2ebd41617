/// Unix `ar` archives, and with them static libraries and Debian packages.
///
/// Long names of GNU (`//` table) and of BSD (`#1/`) are read. Layout of a member: 60 bytes of header, the content, one
/// byte that makes its length even; see ar(5) and deb(5). Behind the last member nothing but another header is accepted.
package enum ArLayout {
    private static let format = "ar"
    private static let magic = Array("!<arch>\n".utf8)
    private static let headerCount = 60
    /// The most bytes of the table of long names.
    private static let maximumTableByteCount: UInt64 = 16 << 20
    private static let maximumNameByteCount = 4096

    /// Whether `head` begins like an archive.
    package static func recognises(_ head: [UInt8]) -> Bool {
        head.starts(with: magic)
    }

    /// The parts and members of an archive.
    package static func layout(of bytes: any RandomAccessBytes) throws -> ContainerLayout {
        var input = WindowedBytes(bytes, format)
        var output = ContainerWriter(format)
        guard try input.bytes(0, magic.count, "the magic") == magic else {
            throw MalformedLayout(format, "the magic is missing", at: 0)
        }
        try output.append(UInt64(magic.count), .header, "magic")
        var table: [UInt8]?
        while output.end < input.count {
            let header = try input.bytes(output.end, headerCount, "a member header")
            let fields = try Fields(header, at: output.end)
            switch fields.name {
            case Array("//".utf8):
                guard table == nil, fields.size <= maximumTableByteCount else {
                    throw MalformedLayout(format, "a second or too large table of long names", at: output.end)
                }
                table = try input.bytes(output.end + UInt64(headerCount), Int(fields.size), "the table of long names")
                try write(fields, name: "table of long names", .header, within: input.count, to: &output)
            case Array("/".utf8), Array("/SYM64/".utf8):
                try write(fields, name: "symbol table", .header, within: input.count, to: &output)
            default:
                let member = try member(fields, table, &input, at: output.end)
                try write(member, fields, within: input.count, to: &output)
            }
        }
        return try output.finish(input.count)
    }

    /// The name of a member and how many bytes of its content hold it.
    private static func member(
        _ fields: Fields,
        _ table: [UInt8]?,
        _ input: inout WindowedBytes,
        at offset: UInt64
    ) throws -> (name: [UInt8], nameByteCount: UInt64) {
        var name = fields.name
        if name.starts(with: "#1/".utf8) {
            // BSD: the length of a name that stands before the content, filled up with NUL.
            guard let length = FixedField.digits(name, 3..<name.count, base: 10), length <= fields.size,
                length <= maximumNameByteCount
            else { throw MalformedLayout(format, "the length of a long name is not one", at: offset) }
            let stored = try input.bytes(offset + UInt64(headerCount), Int(length), "a long name")
            return (FixedField.text(stored, 0..<stored.count), length)
        }
        if name.first == UInt8(ascii: "/") {
            guard let table, let start = FixedField.digits(name, 1..<name.count, base: 10), start < table.count else {
                throw MalformedLayout(format, "a long name is not in the table", at: offset)
            }
            return (try longName(table, Int(start), at: offset), 0)
        }
        if name.last == UInt8(ascii: "/") { name.removeLast() }
        guard !name.isEmpty else { throw MalformedLayout(format, "a name is empty", at: offset) }
        return (name, 0)
    }

    /// The entry of the table at `start`, which ends with `/` and a line feed, or with NUL.
    private static func longName(_ table: [UInt8], _ start: Int, at offset: UInt64) throws -> [UInt8] {
        var end = start
        while end < table.count, table[end] != UInt8(ascii: "\n"), table[end] != 0 {
            end += 1
            guard end - start <= maximumNameByteCount else {
                throw MalformedLayout(format, "a long name has no end", at: offset)
            }
        }
        var name = Array(table[start..<end])
        if end < table.count, table[end] != 0, name.last == UInt8(ascii: "/") { name.removeLast() }
        guard end < table.count, !name.isEmpty else {
            throw MalformedLayout(format, "a long name is empty or has no end", at: offset)
        }
        return name
    }

    private static func write(
        _ member: (name: [UInt8], nameByteCount: UInt64),
        _ fields: Fields,
        within count: UInt64,
        to output: inout ContainerWriter
    ) throws {
        let path = ContainerMember.escaped(member.name)
        let isTable = member.name.starts(with: "__.SYMDEF".utf8)
        try writeHeader(of: path, to: &output)
        let size = try checked(fields, within: count, output.end)
        try output.append(member.nameByteCount, .header, .name, of: path)
        let content = output.end..<output.end + (size - member.nameByteCount)
        // BSD calls the symbol table so.
        try output.append(size - member.nameByteCount, isTable ? .header : .member, path)
        try writePadding(size, of: path, within: count, to: &output)
        guard !isTable else { return }
        var found = ContainerMember(name: member.name, content: content)
        found.mode = fields.mode
        found.uid = fields.uid
        found.gid = fields.gid
        found.mtime = fields.mtime
        try output.add(found)
    }

    /// A part of the archive that stands where a member could, and is none.
    private static func write(
        _ fields: Fields,
        name: String,
        _ kind: FileLayout.Region.Kind,
        within count: UInt64,
        to output: inout ContainerWriter
    ) throws {
        try writeHeader(of: name, to: &output)
        let size = try checked(fields, within: count, output.end)
        try output.append(size, kind, name)
        try writePadding(size, of: name, within: count, to: &output)
    }

    private static func writeHeader(of name: String, to output: inout ContainerWriter) throws {
        try output.append(16, .header, .header, of: name)
        try output.append(12, .timestamp, .time, of: name)
        try output.append(12, .header, .owner, of: name)
        try output.append(8, .header, .mode, of: name)
        try output.append(12, .header, .size, of: name)
    }

    /// The byte behind a content of odd length; it may be missing at the end of the file.
    private static func writePadding(
        _ size: UInt64,
        of name: String,
        within count: UInt64,
        to output: inout ContainerWriter
    ) throws {
        guard size % 2 == 1, output.end < count else { return }
        try output.append(1, .padding, .padding, of: name)
    }

    private static func checked(_ fields: Fields, within count: UInt64, _ offset: UInt64) throws -> UInt64 {
        guard offset <= count, fields.size <= count - offset else {
            throw MalformedLayout(format, "a member reaches behind the end of the file", at: offset)
        }
        return fields.size
    }

    /// The fields of a member's header.
    private struct Fields {
        let name: [UInt8]
        let mtime: Int64?
        let uid: UInt64?
        let gid: UInt64?
        let mode: UInt32?
        let size: UInt64

        init(_ header: [UInt8], at offset: UInt64) throws(MalformedLayout) {
            guard header[58] == UInt8(ascii: "`"), header[59] == UInt8(ascii: "\n") else {
                throw MalformedLayout(format, "a member header does not end as it must", at: offset)
            }
            guard let mtime = FixedField.padded(header, 16..<28, base: 10),
                let uid = FixedField.padded(header, 28..<34, base: 10),
                let gid = FixedField.padded(header, 34..<40, base: 10),
                let mode = FixedField.padded(header, 40..<48, base: 8),
                let size = FixedField.padded(header, 48..<58, base: 10), let size
            else { throw MalformedLayout(format, "a number in a member header is not one", at: offset) }
            var end = 16
            while end > 0, header[end - 1] == UInt8(ascii: " ") { end -= 1 }
            name = Array(header[..<end])
            self.mtime = mtime.map { Int64($0) }
            self.uid = uid
            self.gid = gid
            self.mode = mode.map { UInt32(truncatingIfNeeded: $0) }
            self.size = size
        }
    }
}
