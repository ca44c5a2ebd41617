import TestSupport
import Testing

@testable import Comparison

@Suite struct TarLayoutTests {
    static func tar(_ format: String) throws -> [UInt8] {
        let names = ["a.txt", "d", "l", ContainerSamples.longName]
        return try ContainerSamples.made(
            "tar",
            ["--format=\(format)", "--sort=name", "--owner=ann:1234", "--group=bob:5678", "-cf", "-"] + names
        )
    }

    /// Two members and the end, without a filled record.
    static func small() throws -> [UInt8] {
        try ContainerSamples.made("tar", ["--format=ustar", "-b1", "-cf", "-", "a.txt", "d/b.bin"])
    }

    @Test(arguments: ["ustar", "gnu", "pax"]) func readsWhatTarWrites(_ format: String) throws {
        // ustar has no room for the long name.
        let bytes =
            format == "ustar"
            ? try ContainerSamples.made(
                "tar",
                ["--format=ustar", "--owner=ann:1234", "--group=bob:5678", "-cf", "-", "a.txt", "d", "l"]
            )
            : try Self.tar(format)
        #expect(TarLayout.recognises(bytes))
        let container = try ContainerReader.tar.layout(bytes)
        let file = try container.member("a.txt")
        #expect(file.kind == .file && file.mode == 0o644 && file.uid == 1234 && file.gid == 5678)
        #expect(file.mtime == Int64(ContainerSamples.time))
        #expect(Array(bytes[Int(file.content.lowerBound)..<Int(file.content.upperBound)]) == ContainerSamples.text)
        #expect(try container.range("a.txt").count == 5)
        #expect(container.ranges("padding behind a.txt").last?.count == 507)
        #expect(try container.member("d/").kind == .directory)
        let link = try container.member("l")
        #expect(link.kind == .symbolicLink && link.linkTarget == Array("a.txt".utf8) && link.content.isEmpty)
        if format != "ustar" {
            let long = try container.member(ContainerSamples.longName)
            #expect(long.content.count == 5)
        }
        #expect(container.ranges("last record").count == 1)
    }

    @Test(arguments: ["gnu", "pax"]) func agreesWithAnotherReader(_ format: String) throws {
        let script = """
            import tarfile
            for m in tarfile.open('x.tar'):
                print(m.name.rstrip('/'), m.size, m.offset_data, m.mode, m.uid, m.gid, int(m.mtime // 1), m.linkname)
            """
        let bytes = try Self.tar(format)
        let listed = try TemporaryDirectory.with { folder in
            try TestFile.write(bytes, to: folder + "/x.tar")
            return try Command.run("python3", ["-c", script], in: folder)
        }
        let container = try ContainerReader.tar.layout(bytes)
        let lines = listed.text.split(separator: "\n").map(String.init)
        let ours = container.members.map { member in
            var name = String(decoding: member.name, as: UTF8.self)
            if name.hasSuffix("/") { name.removeLast() }
            let numbers = [
                UInt64(member.content.count), member.content.lowerBound, UInt64(member.mode ?? 0), member.uid ?? 0,
                member.gid ?? 0, UInt64(member.mtime ?? 0),
            ]
            let target = String(decoding: member.linkTarget ?? [], as: UTF8.self)
            return name + " " + numbers.map(String.init).joined(separator: " ") + " " + target
        }
        #expect(lines == ours)
    }

    @Test func namesTheFieldsOfAHeader() throws {
        let container = try ContainerReader.tar.layout(Self.small())
        let fields: [(Int, FileLayout.Region.Kind, String)] = [
            (0, .header, "header of a.txt"), (100, .header, "mode of a.txt"), (108, .header, "owner of a.txt"),
            (124, .header, "size of a.txt"), (136, .timestamp, "time of a.txt"), (148, .checksum, "checksum of a.txt"),
            (156, .header, "header of a.txt"), (265, .header, "owner of a.txt"), (329, .header, "header of a.txt"),
            (512, .member, "a.txt"), (517, .padding, "padding behind a.txt"),
        ]
        for (offset, kind, name) in fields {
            let region = try container.region(at: offset)
            #expect(region.range.lowerBound == UInt64(offset) && region.kind == kind && region.name == name)
        }
    }

    @Test func splitsExtendedHeaders() throws {
        let bytes = try ContainerSamples.made(
            "tar",
            [
                "--format=pax", "--pax-option=comment=hidden,globexthdr.name=g,mtime:=1700000000.5", "-cf", "-",
                ContainerSamples.longName,
            ]
        )
        let container = try ContainerReader.tar.layout(bytes)
        let long = ContainerSamples.longName
        #expect(try container.range("name of \(long)").count == 170)
        #expect(container.layout.regions.contains { $0.kind == .comment })
        // The times of access and change stand beside the time of modification.
        let times = container.ranges("time of \(long)").filter { $0.count != 12 }
        #expect(times.count >= 1 && times.allSatisfy { bytes[$0].contains(UInt8(ascii: "=")) })
        #expect(try container.member(long).mtime == 1_700_000_000)
    }

    @Test func seesAByteInThePadding() throws {
        var bytes = try Self.small()
        bytes[1023] = 0x41
        let region = try ContainerReader.tar.layout(bytes).region(at: 1023)
        #expect(region.kind == .padding && region.name == "padding behind a.txt")
    }

    @Test func seesBytesBehindTheEnd() throws {
        let bytes = try Self.small() + Array("hidden".utf8)
        let container = try ContainerReader.tar.layout(bytes)
        #expect(try container.region(at: bytes.count - 6).kind == .overlay)
        // Zeros first, as if the last record were filled up: whole blocks are padding, the rest is not.
        let behind = try Self.small() + [UInt8](repeating: 0, count: 600) + [1]
        let second = try ContainerReader.tar.layout(behind)
        #expect(try second.range("last record").count == 512)
        #expect(try second.region(at: behind.count - 1).kind == .overlay)
    }

    @Test func seesASecondArchiveBehindTheFirst() throws {
        let first = try Self.small()
        let container = try ContainerReader.tar.layout(first + first)
        #expect(try container.region(at: first.count).kind == .overlay)
        #expect(container.members.count == 2)
    }

    @Test func refusesEveryTruncation() throws {
        let bytes = try Self.small()
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(try ContainerReader.tar.refusal(Array(bytes[..<count])) != nil, "\(count) bytes")
        }
        #expect(try ContainerReader.tar.refusal(bytes) == nil)
    }

    @Test func refusesAChecksumThatIsWrong() throws {
        for offset in [0, 100, 124, 136, 156, 300, 511] {
            var bytes = try Self.small()
            bytes[offset] ^= 1
            #expect(try ContainerReader.tar.refusal(bytes) != nil)
        }
    }

    /// A header field changed, with the checksum made right again.
    @Test(arguments: [
        (156, "S", "a sparse file, which is not supported"), (156, "Z", "a member of type 90, which is not known"),
        (156, "M", "an archive of several volumes, which is not supported"),
        (156, "5", "a member that is no file has a size"), (156, "1", "a member that is no file has a size"),
        (0, "\0", "the name of a member is empty or too long"), (5, "/", "the name of a file ends with `/`"),
        (124, "7777777777", "a member reaches behind the end of the file"),
        (100, "9", "a number in a header is not one"),
    ]) func refusesByName(_ offset: Int, _ text: String, _ reason: String) throws {
        var bytes = try Self.small()
        bytes.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        Self.sign(&bytes)
        #expect(try ContainerReader.tar.refusal(bytes) == reason)
    }

    @Test func refusesSparseFilesOfPax() throws {
        let record = Array("22 GNU.sparse.major=1\n".utf8)
        var bytes = try Self.small()
        var header = Array(bytes[..<512])
        header[156] = UInt8(ascii: "x")
        header.replaceSubrange(124..<135, with: "00000000026".utf8)
        Self.sign(&header)
        bytes = header + record + [UInt8](repeating: 0, count: 512 - record.count) + bytes
        #expect(try ContainerReader.tar.refusal(bytes) == "a sparse file, which is not supported")
    }

    @Test(arguments: ["5 a=b", "6 a=b\n6 =b\n", "05 a=\n", "9 a=b\n", "4 a\n", "99999999999 a=b\n"])
    func refusesMalformedRecords(_ text: String) {
        #expect(throws: MalformedLayout.self) { try PaxRecords(Array(text.utf8), at: 0) }
    }

    @Test func readsRecords() throws {
        let records = try PaxRecords(Array("6 a=b\n5 c=\n14 mtime=-1.5\n".utf8), at: 0).records
        #expect(records.map(\.keyText) == ["a", "c", "mtime"] && records[1].value.isEmpty)
        #expect(records[2].seconds == -2 && records[2].range == 11..<25)
    }

    /// Writes the checksum that the first header must have.
    static func sign(_ bytes: inout [UInt8]) {
        bytes.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
        let sum = bytes[..<512].reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        let field = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
        bytes.replaceSubrange(148..<156, with: field.utf8)
    }
}
