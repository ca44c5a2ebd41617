import Attestations
import BuildStatements
import TestSupport
import Testing

@testable import Comparison

/// Orders that decide what is unpacked.
@Suite struct OrderTests {
    private static func expect(_ grade: Grade, _ one: [UInt8], _ other: [UInt8]) throws {
        for (shipped, rebuilt) in [(one, other), (other, one)] {
            #expect(try Builds.compare(shipped, rebuilt).grade == grade)
        }
    }

    @Test(arguments: [
        [TarBytes.Member(name: "run", content: []), .init(name: "run", content: [1])],
        [.init(name: "./run", content: [1]), .init(name: "run", content: [2])],
        [.init(name: "a/./run", content: [1]), .init(name: "A//run", content: [2])],
        [.init(name: "d", type: "2", target: "/etc"), .init(name: "d/passwd", content: [1])],
        [.init(name: "d/../x", content: [1]), .init(name: "x/../x", content: [2])],
        [.init(name: "x", type: "1", target: "y"), .init(name: "./y", content: [2])],
    ]) func membersInEachOthersWayKeepTheirOrder(_ members: [TarBytes.Member]) throws {
        let other = TarBytes.Member(name: "between", content: [3])
        let one = TarBytes(members: members + [other]).bytes
        try Self.expect(.different, one, TarBytes(members: members.reversed() + [other]).bytes)
        // What is in nobody's way may stand anywhere.
        try Self.expect(.contentsIdentical, one, TarBytes(members: [other] + members).bytes)
    }

    private static func pax(_ content: String) -> TarBytes.Member {
        TarBytes.Member(name: "pax", content: Array(content.utf8), type: "g")
    }

    @Test func aGlobalHeaderStaysWhereItIs() throws {
        let (one, two) = (TarBytes.Member(name: "a", content: [1]), TarBytes.Member(name: "b", content: [2]))
        let header = Self.pax("9 uid=10\n")
        let first = TarBytes(members: [header, one, two]).bytes
        try Self.expect(.different, first, TarBytes(members: [one, header, two]).bytes)
        try Self.expect(.contentsIdentical, first, TarBytes(members: [header, two, one]).bytes)
    }

    private static func ar(_ members: [(String, [UInt8])]) -> [UInt8] {
        func field(_ text: String, _ count: Int) -> [UInt8] {
            Array(text.utf8) + [UInt8](repeating: 0x20, count: count - text.utf8.count)
        }
        return members.reduce(into: Array("!<arch>\n".utf8)) { bytes, member in
            bytes += field(member.0, 16) + field("0", 12) + field("0", 6)
            bytes += field("0", 6) + field("100644", 8) + field("\(member.1.count)", 10)
            bytes += [0x60, 0x0A] + member.1
            if member.1.count % 2 == 1 { bytes.append(0x0A) }
        }
    }

    @Test func aDebianPackageIsReadByPosition() throws {
        let head: [(String, [UInt8])] = [("debian-binary", Array("2.0\n".utf8)), ("control.tar.gz", [1, 2])]
        let (one, two): ((String, [UInt8]), (String, [UInt8])) = (("data.tar.gz", [3, 3]), ("data.tar.xz", [4, 4]))
        try Self.expect(.different, Self.ar(head + [one, two]), Self.ar(head + [two, one]))
        try Self.expect(.contentsIdentical, Self.ar([one, two]), Self.ar([two, one]))
        try Self.expect(.different, Self.ar([("a.o", []), ("a.o", [1])]), Self.ar([("a.o", [1]), ("a.o", [])]))
    }
}
