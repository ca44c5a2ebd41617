import TestSupport
import Testing

@testable import Comparison

@Suite(.enabled(if: ContainerSamples.has("ar"), "ar is not installed")) struct ArLayoutTests {
    static func archive() throws -> [UInt8] {
        try ContainerSamples.made("ar", ["rcU", "x.a", "a.txt", "d/b.bin", ContainerSamples.longName], file: "x.a")
    }

    /// What BSD writes: names before the content.
    static let bsd: [UInt8] = {
        let content = Array("a name.txt\0\0abc".utf8)
        return Array("!<arch>\n#1/12           1706933106  501   20    100644  15        `\n".utf8) + content + [0x0A]
    }()

    @Test func readsWhatArWrites() throws {
        let bytes = try Self.archive()
        #expect(ArLayout.recognises(bytes))
        let container = try ContainerReader.ar.layout(bytes)
        let long = ContainerSamples.longName
        #expect(container.members.map { String(decoding: $0.name, as: UTF8.self) } == ["a.txt", "b.bin", long])
        let file = try container.member("a.txt")
        #expect(file.mode == 0o100644 && file.mtime == Int64(ContainerSamples.time) && file.uid != nil)
        #expect(try container.range("a.txt").count == 5)
        #expect(try container.range("table of long names").count > 160)
        #expect(try container.region(at: container.range("time of a.txt").lowerBound).kind == .timestamp)
    }

    @Test func readsNamesOfBSD() throws {
        let container = try ContainerReader.ar.layout(Self.bsd)
        let member = try container.member("a name.txt")
        #expect(member.content == 80..<83 && member.uid == 501 && member.gid == 20)
        #expect(try container.range("a%20name.txt") == 80..<83)
        #expect(try container.range("name of a%20name.txt") == 68..<80)
    }

    @Test func readsSymbolTables() throws {
        func member(_ name: String, _ content: String) -> [UInt8] {
            func field(_ text: String, _ count: Int) -> String {
                text + String(repeating: " ", count: count - text.utf8.count)
            }
            let size = field(String(content.utf8.count), 10)
            return Array((field(name, 16) + field("0", 12) + field("", 20) + size + "`\n" + content).utf8)
        }
        let magic = Array("!<arch>\n".utf8)
        for name in ["/", "/SYM64/", "__.SYMDEF"] {
            let container = try ContainerReader.ar.layout(magic + member(name, "table!") + member("a/", "content."))
            #expect(container.members.map(\.name) == [[0x61]] && container.members[0].uid == nil)
            #expect(try container.region(at: 68).kind == .header && container.range("a").count == 8)
        }
        let tables = magic + member("//", "x/\n.") + member("//", "x/\n.")
        #expect(try ContainerReader.ar.refusal(tables) == "a second or too large table of long names")
    }

    @Test(.enabled(if: ContainerSamples.has("dpkg-deb"), "dpkg-deb is not installed"))
    func readsADebianPackage() throws {
        let script = """
            mkdir -p p/DEBIAN && printf 'Package: p\\nVersion: 1\\nArchitecture: all\\nMaintainer: m\\nDescription: d\\n' \
            > p/DEBIAN/control && cp a.txt p/ && dpkg-deb -b p x.deb >&2 && cat x.deb
            """
        let container = try ContainerReader.ar.layout(ContainerSamples.shell(script))
        let names = container.members.map { String(decoding: $0.name, as: UTF8.self) }
        #expect(names.count == 3 && names[0] == "debian-binary" && names[2].hasPrefix("data.tar"))
    }

    @Test func seesTheOddByte() throws {
        var bytes = try Self.archive()
        let end = try ContainerReader.ar.layout(bytes).range("a.txt").upperBound
        bytes[end] = 0x58
        let region = try ContainerReader.ar.layout(bytes).region(at: end)
        #expect(region.kind == .padding && region.name == "padding behind a.txt" && region.range.count == 1)
    }

    @Test func countsTheTableOfLongNamesAsAHeader() throws {
        var bytes = try Self.archive()
        let table = try ContainerReader.ar.layout(bytes).range("table of long names")
        #expect(try ContainerReader.ar.layout(bytes).region(at: table.lowerBound).kind == .header)
        // Without the line feed that ends it the name would go on.
        let end = try #require(bytes[table].lastIndex(of: UInt8(ascii: "/"))) + 1
        bytes.replaceSubrange(end..<table.upperBound, with: [UInt8](repeating: 0x58, count: table.upperBound - end))
        #expect(try ContainerReader.ar.refusal(bytes) == "a long name is empty or has no end")
    }

    @Test(arguments: [
        (0, "?", "the magic is missing"), (66, "?", "a member header does not end as it must"),
        (56, "999", "a member reaches behind the end of the file"), (24, "?", "a number in a member header is not one"),
        (48, "9", "a number in a member header is not one"), (11, "99", "the length of a long name is not one"),
    ]) func refusesByName(_ offset: Int, _ text: String, _ reason: String) throws {
        var bytes = Self.bsd
        bytes.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        #expect(try ContainerReader.ar.refusal(bytes) == reason)
    }

    @Test func refusesBytesBehindTheLastMember() throws {
        #expect(try ContainerReader.ar.refusal(Self.bsd + [1]) != nil)
        #expect(try ContainerReader.ar.refusal(Self.bsd + [UInt8](repeating: 0x0A, count: 60)) != nil)
    }

    @Test func refusesALongNameThatIsNotInTheTable() throws {
        var bytes = try Self.archive()
        let place = try #require(bytes.indices.dropLast(1).last { bytes[$0] == 0x60 && bytes[$0 + 1] == 0x0A }) - 58
        bytes.replaceSubrange(place..<place + 4, with: "/999".utf8)
        #expect(try ContainerReader.ar.refusal(bytes) == "a long name is not in the table")
    }
}
