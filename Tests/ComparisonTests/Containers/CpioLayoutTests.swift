import TestSupport
import Testing

@testable import Comparison

@Suite(.enabled(if: ContainerSamples.has("cpio"), "cpio is not installed")) struct CpioLayoutTests {
    static func archive(_ format: String) throws -> [UInt8] {
        try ContainerSamples.shell("printf 'a.txt\\nd\\nd/b.bin\\nl\\n' | cpio --quiet -o -H \(format)")
    }

    @Test(arguments: ["newc", "crc", "odc"]) func readsWhatCpioWrites(_ format: String) throws {
        let bytes = try Self.archive(format)
        #expect(CpioLayout.recognises(bytes))
        let container = try ContainerReader.cpio.layout(bytes)
        let names = container.members.map { String(decoding: $0.name, as: UTF8.self) }
        #expect(names == ["a.txt", "d", "d/b.bin", "l"])
        let file = try container.member("a.txt")
        #expect(file.mode == 0o100644 && file.mtime == Int64(ContainerSamples.time) && file.content.count == 5)
        #expect(try container.member("l").linkTarget == Array("a.txt".utf8))
        #expect(try container.member("d").kind == .directory)
        let time = try container.range("time of a.txt")
        #expect(try container.region(at: time.lowerBound).kind == .timestamp)
        #expect(container.kinds.contains(.checksum) == (format == "crc"))
        #expect(!container.kinds.contains(.overlay))
    }

    @Test func seesBytesBehindTheTrailer() throws {
        let bytes = try Self.archive("newc")
        let container = try ContainerReader.cpio.layout(bytes + Array("hidden".utf8))
        #expect(try container.region(at: bytes.count).kind == .overlay)
        #expect(try ContainerReader.cpio.layout(bytes).layout.regions.last?.kind == .padding)
        // As in an initial RAM disk: readers of one archive never look at the second.
        let second = try ContainerReader.cpio.layout(bytes + bytes)
        #expect(try second.region(at: bytes.count).kind == .overlay && second.members.count == 4)
    }

    @Test func seesBytesThatFillUp() throws {
        var bytes = try Self.archive("newc")
        let content = try ContainerReader.cpio.layout(bytes).range("a.txt")
        bytes[content.upperBound] = 1
        let region = try ContainerReader.cpio.layout(bytes).region(at: content.upperBound)
        #expect(region.kind == .padding && region.name == "padding behind a.txt" && region.range.count == 3)
    }

    @Test(arguments: ["newc", "odc"]) func refusesEveryTruncation(_ format: String) throws {
        let bytes = try Self.archive(format)
        let layout = try ContainerReader.cpio.layout(bytes).layout
        let end = try #require(layout.regions.last { $0.name.contains("TRAILER") }).range.upperBound
        for count in 0..<Int(end) {
            #expect(try ContainerReader.cpio.refusal(Array(bytes[..<count])) != nil, "\(count) bytes")
        }
    }

    @Test(arguments: [
        (5, "9", "a header does not begin as it must"), (14, "g", "a number in a header is not one"),
        (54, "FFFFFFFF", "a.txt reaches behind the end of the file"), (94, "FFFFFFFF", "a name is too long"),
        (94, "00000005", "a name is empty or does not end with NUL"),
        (112, "\0", "a name is empty or does not end with NUL"),
    ]) func refusesByName(_ offset: Int, _ text: String, _ reason: String) throws {
        var bytes = try Self.archive("newc")
        bytes.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        #expect(try ContainerReader.cpio.refusal(bytes) == reason)
    }
}
