import TestSupport
import Testing

@testable import Comparison

@Suite struct GzipLayoutTests {
    /// A member with all optional fields; its content is the empty deflate stream.
    static func member(extra: [UInt8] = [], name: String = "", comment: String = "") -> [UInt8] {
        var bytes: [UInt8] = [0x1F, 0x8B, 8, 0x1E, 1, 2, 3, 4, 0, 3]
        bytes += [UInt8(extra.count), 0] + extra + Array(name.utf8) + [0] + Array(comment.utf8) + [0]
        let checksum = CRC32.checksum(bytes)
        bytes += [UInt8(truncatingIfNeeded: checksum), UInt8(truncatingIfNeeded: checksum >> 8)]
        return bytes + [3, 0] + [UInt8](repeating: 0, count: 8)
    }

    @Test(.enabled(if: ContainerSamples.has("gzip"), "gzip is not installed")) func readsWhatGzipWrites() throws {
        let bytes = try ContainerSamples.made("gzip", ["-9", "a.txt"], file: "a.txt.gz")
        let container = try ContainerReader.gzip.layout(bytes)
        #expect(container.members[0].name == Array("a.txt".utf8))
        #expect(container.members[0].mtime == Int64(ContainerSamples.time))
        #expect(
            container.layout.regions.map(\.kind) == [
                .header, .timestamp, .header, .header, .member, .checksum, .header,
            ]
        )
        #expect(try container.range("file name") == 10..<16)
        #expect(try container.range("content") == 16..<bytes.count - 8)
    }

    @Test func seesExtraFieldNameAndComment() throws {
        let bytes = Self.member(extra: [1, 2, 3], name: "name", comment: "hidden")
        let container = try ContainerReader.gzip.layout(bytes)
        #expect(try container.range("extra field") == 10..<15)
        #expect(try container.range("file name") == 15..<20)
        #expect(try container.region(at: 20).kind == .comment && container.range("comment") == 20..<27)
        #expect(try container.range("checksum of the header") == 27..<29)
        #expect(try container.region(at: 4).kind == .timestamp && container.range("content") == 29..<31)
    }

    @Test func findsWhatTheInflaterDidNotTake() throws {
        let one = Self.member()
        func kinds(_ bytes: [UInt8], _ counts: [UInt64]) throws -> [FileLayout.Region.Kind] {
            try GzipLayout.layout(of: BytesInMemory(bytes), deflateCounts: counts).layout.regions.map(\.kind)
        }
        #expect(try kinds(one + [0x41], [2]).last == .overlay)
        #expect(try kinds(one + [0, 0], [2]).last == .padding)
        #expect(try kinds(one + one, [2, 2]).filter { $0 == .member }.count == 2)
        for counts: [UInt64] in [[], [0], [2, 2], [3], [.max]] {
            #expect(throws: MalformedLayout.self) { try kinds(one, counts) }
        }
        #expect(throws: MalformedLayout.self) { try kinds(one + one, [2]) }
    }

    @Test(arguments: [(0, "a member does not begin as it must"), (2, "a member does not begin as it must")])
    func refusesByName(_ offset: Int, _ reason: String) throws {
        var bytes = Self.member()
        bytes[offset] ^= 1
        #expect(try ContainerReader.gzip.refusal(bytes) == reason)
    }

    @Test func refusesReservedFlagsAndAWrongChecksum() throws {
        var bytes = Self.member(name: "n")
        bytes[3] |= 0x20
        #expect(try ContainerReader.gzip.refusal(bytes) == "a reserved flag is set")
        bytes = Self.member(name: "n")
        bytes[12] ^= 1
        #expect(try ContainerReader.gzip.refusal(bytes) == "the checksum of a header is not that of its bytes")
        let long = Self.member(name: String(repeating: "n", count: 70_000))
        #expect(try ContainerReader.gzip.refusal(long) == "a name or comment is too long")
    }
}

@Suite(.enabled(if: ContainerSamples.has("xz"), "xz is not installed")) struct XzLayoutTests {
    @Test(arguments: ["none", "crc32", "crc64", "sha256"]) func readsWhatXzWrites(_ check: String) throws {
        let bytes = try ContainerSamples.made("xz", ["-kc", "--check=\(check)", "--block-size=300", "d/b.bin"])
        let container = try ContainerReader.xz.layout(bytes)
        #expect(container.members.count == 3)
        let sizes = ["none": 0, "crc32": 4, "crc64": 8, "sha256": 32]
        #expect(container.ranges("check of block 1 of stream 1").first?.count ?? 0 == sizes[check])
        #expect(try container.range("footer of stream 1") == bytes.count - 8..<bytes.count)
    }

    @Test func readsABlockThatNamesItsSizes() throws {
        let bytes = try ContainerSamples.made("xz", ["-kc", "-T2", "--block-size=300", "d/b.bin"])
        #expect(try ContainerReader.xz.layout(bytes).members.count == 3)
    }

    @Test func seesStreamPadding() throws {
        let stream = try ContainerSamples.made("xz", ["-kc", "a.txt"])
        let container = try ContainerReader.xz.layout(stream + [0, 0, 0, 0] + stream + [0, 0, 0, 0, 0, 0, 0, 0])
        let first = try container.region(at: stream.count)
        #expect(first.kind == .padding && first.range.count == 4 && first.name == "padding behind stream 1")
        #expect(container.layout.regions.last?.kind == .padding && container.layout.regions.last?.range.count == 8)
        #expect(container.members.count == 2)
        #expect(try ContainerReader.xz.refusal(stream + [0, 0, 0]) != nil)
        #expect(try ContainerReader.xz.refusal(stream + [0, 0, 0, 1]) != nil)
        #expect(try ContainerReader.xz.refusal([1, 2, 3, 4] + stream) != nil)
    }

    @Test func readsAStreamOfNothing() throws {
        let bytes = try ContainerSamples.shell("xz -c </dev/null")
        #expect(try ContainerReader.xz.layout(bytes).members.isEmpty && bytes.count == 32)
    }

    @Test func refusesEveryTruncation() throws {
        let bytes = try ContainerSamples.made("xz", ["-kc", "a.txt"])
        for count in bytes.indices {
            #expect(try ContainerReader.xz.refusal(Array(bytes[..<count])) != nil, "\(count) bytes")
        }
    }

    @Test func refusesEveryByteThatDiffersOutsideTheContent() throws {
        let bytes = try ContainerSamples.made("xz", ["-kc", "a.txt"])
        let container = try ContainerReader.xz.layout(bytes)
        for offset in bytes.indices {
            var changed = bytes
            changed[offset] ^= 0x10
            let region = try container.region(at: offset)
            let isContent = region.kind == .member || region.kind == .padding || region.name.hasPrefix("check of")
            #expect(try (ContainerReader.xz.refusal(changed) == nil) == isContent, "byte \(offset)")
        }
    }
}

@Suite(.enabled(if: ContainerSamples.has("zstd"), "zstd is not installed")) struct ZstdLayoutTests {
    static func frame(_ arguments: String...) throws -> [UInt8] {
        try ContainerSamples.made("zstd", ["-qc"] + arguments)
    }

    @Test func readsWhatZstdWrites() throws {
        let frame = try Self.frame("--check", "d/b.bin")
        let container = try ContainerReader.zstd.layout(frame + Self.frame("--no-check", "a.txt"))
        #expect(container.members.count == 2)
        #expect(try container.range("checksum of frame 1") == frame.count - 4..<frame.count)
        #expect(container.ranges("checksum of frame 2").isEmpty)
    }

    @Test func readsManyBlocks() throws {
        let bytes = try ContainerSamples.shell("head -c 1000000 /dev/zero | zstd -qc")
        #expect(try ContainerReader.zstd.layout(bytes).members.count == 1)
    }

    @Test func seesASkippableFrame() throws {
        let bytes = try [0x5A, 0x2A, 0x4D, 0x18, 6, 0, 0, 0] + Array("hidden".utf8) + Self.frame("a.txt")
        let container = try ContainerReader.zstd.layout(bytes)
        #expect(try container.range("skippable frame 1") == 8..<14 && container.region(at: 8).kind == .comment)
        #expect(try ContainerReader.zstd.refusal(Array(bytes[..<14])) == "no frame has content")
    }

    @Test func refusesBytesBehindTheLastFrame() throws {
        let frame = try Self.frame("a.txt")
        #expect(try ContainerReader.zstd.refusal(frame + [0]) != nil)
        #expect(try ContainerReader.zstd.refusal(frame + [1, 2, 3, 4]) == "neither a frame nor the end of the file")
        #expect(try ContainerReader.zstd.refusal(frame + [0x50, 0x2A, 0x4D, 0x18, 9, 0, 0, 0]) != nil)
    }

    @Test func refusesEveryTruncation() throws {
        let bytes = try Self.frame("--check", "a.txt")
        for count in bytes.indices {
            #expect(try ContainerReader.zstd.refusal(Array(bytes[..<count])) != nil, "\(count) bytes")
        }
    }
}

@Suite(.enabled(if: ContainerSamples.has("bzip2"), "bzip2 is not installed")) struct Bzip2LayoutTests {
    @Test func readsWhatBzip2Writes() throws {
        let bytes = try ContainerSamples.made("bzip2", ["-kc", "a.txt"])
        let container = try ContainerReader.bzip2.layout(bytes)
        #expect(container.layout.regions.map(\.range) == [0..<4, 4..<UInt64(bytes.count)])
    }

    @Test func findsWhatTheDecompressorDidNotTake() throws {
        let one = try ContainerSamples.made("bzip2", ["-kc", "a.txt"])
        let count = UInt64(one.count)
        func regions(_ bytes: [UInt8], _ counts: [UInt64]) throws -> [FileLayout.Region] {
            try Bzip2Layout.layout(of: BytesInMemory(bytes), streamCounts: counts).layout.regions
        }
        #expect(try regions(one + [1], [count]).last?.kind == .overlay)
        #expect(try regions(one + one, [count, count]).count == 4)
        for counts: [UInt64] in [[], [count + 1], [count, count], [3]] {
            #expect(throws: MalformedLayout.self) { try regions(one, counts) }
        }
        #expect(throws: MalformedLayout.self) { try regions(one + one, [count]) }
    }

    @Test func readsAStreamOfNothingAndRefusesOthers() throws {
        #expect(try ContainerReader.bzip2.refusal(ContainerSamples.shell("bzip2 -c </dev/null")) == nil)
        #expect(try ContainerReader.bzip2.refusal(Array("BZh91234567890".utf8)) != nil)
    }
}
