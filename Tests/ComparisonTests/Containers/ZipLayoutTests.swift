import TestSupport
import Testing

@testable import Comparison

@Suite struct ZipLayoutTests {
    static let two = ZipFile([ZipFile.Entry("a.txt", "first"), ZipFile.Entry("b.txt", "second")])

    static func layout(_ change: (inout ZipFile) -> Void) throws -> ContainerLayout {
        var file = two
        change(&file)
        return try ContainerReader.zip.layout(file.bytes)
    }

    static func refusal(_ change: (inout ZipFile) -> Void) throws -> String? {
        var file = two
        change(&file)
        return try ContainerReader.zip.refusal(file.bytes)
    }

    @Test func readsWhatPythonWrites() throws {
        let script = """
            import zipfile,sys
            with zipfile.ZipFile('x.zip','w',zipfile.ZIP_DEFLATED) as z:
                z.write('a.txt'); z.write('d/b.bin'); z.comment=b'remark'
                with z.open('streamed', 'w', force_zip64=True) as f: f.write(b'x'*1000)
            """
        let bytes = try ContainerSamples.made("python3", ["-c", script], file: "x.zip")
        let container = try ContainerReader.zip.layout(bytes)
        #expect(container.members.map { String(decoding: $0.name, as: UTF8.self) } == ["a.txt", "d/b.bin", "streamed"])
        let file = try container.member("a.txt")
        #expect(file.mode == 0o100644 && file.kind == .file && file.mtime != nil)
        #expect(try container.region(at: container.range("comment of the archive").lowerBound).kind == .comment)
        #expect(!container.kinds.contains(.padding) && !container.kinds.contains(.overlay))
    }

    @Test func readsWhatPythonStreams() throws {
        let script = """
            import zipfile,io
            class Pipe(io.RawIOBase):
                def __init__(self, f): self.f = f
                def writable(self): return True
                def write(self, b): return self.f.write(b)
            with open('x.zip','wb') as f, zipfile.ZipFile(Pipe(f),'w',zipfile.ZIP_DEFLATED) as z:
                z.write('a.txt'); z.write('d/b.bin')
            """
        let bytes = try ContainerSamples.made("python3", ["-c", script], file: "x.zip")
        let container = try ContainerReader.zip.layout(bytes)
        #expect(container.members.count == 2 && container.ranges("data descriptor of a.txt").count == 2)
    }

    @Test func agreesWithAnotherReader() throws {
        var file = Self.two
        file.prefix = Array("prefix".utf8)
        file.countsPrefix = false
        file.entries[0].gap = [1, 2, 3]
        file.entries[1].flags = 8
        let script = """
            import zipfile
            z = zipfile.ZipFile('x.zip')
            assert z.testzip() is None
            for i in z.infolist(): print(i.filename, i.header_offset + 30 + len(i.filename), i.compress_size)
            """
        let listed = try TemporaryDirectory.with { folder in
            try TestFile.write(file.bytes, to: folder + "/x.zip")
            return try Command.run("python3", ["-c", script], in: folder)
        }
        let members = try ContainerReader.zip.layout(file.bytes).members
        let ours = members.map { member in
            "\(String(decoding: member.name, as: UTF8.self)) \(member.content.lowerBound) \(member.content.count)"
        }
        #expect(listed.text.split(separator: "\n").map(String.init) == ours, "\(listed.errors)")
    }

    @Test(.enabled(if: ContainerSamples.has("zip"), "zip is not installed")) func readsWhatInfoZipWrites() throws {
        let bytes = try ContainerSamples.made("zip", ["-qry", "x.zip", "a.txt", "d", "l"], file: "x.zip")
        let container = try ContainerReader.zip.layout(bytes)
        #expect(try container.member("l").kind == .symbolicLink && container.member("d/").kind == .directory)
        let file = try container.member("a.txt")
        // From the extended time stamp, which knows the time zone.
        #expect(file.mtime == Int64(ContainerSamples.time) && file.content.count == 5)
        #expect(container.ranges("owner of a.txt").count == 2 && container.ranges("time of a.txt").count == 4)
    }

    @Test(.enabled(if: ContainerSamples.has("zip"), "zip is not installed")) func readsWhatInfoZipStreams() throws {
        let bytes = try ContainerSamples.shell("cat d/b.bin | zip -q - - | cat")
        let container = try ContainerReader.zip.layout(bytes)
        #expect(try container.member("-").content.count > 600)
        #expect(container.ranges("data descriptor of -").count == 2)
    }

    @Test func namesTheFieldsOfBothHeaders() throws {
        let container = try Self.layout { $0.entries[0].comment = Array("remark".utf8) }
        #expect(container.ranges("local header of a.txt") == [0..<10, 18..<35])
        #expect(try container.region(at: 10).kind == .timestamp)
        #expect(try container.region(at: 14).kind == .checksum)
        #expect(try container.range("a.txt") == 35..<40)
        #expect(try container.range("comment of a.txt").count == 6)
        #expect(try container.range("mode of a.txt").count == 4)
    }

    @Test func seesAPrefix() throws {
        for counts in [true, false] {
            let container = try Self.layout {
                $0.prefix = Array("#!/bin/sh\n".utf8)
                $0.countsPrefix = counts
            }
            let region = try container.region(at: 0)
            #expect(region.kind == .overlay && region.range == 0..<10 && container.members.count == 2)
        }
    }

    @Test func seesAGap() throws {
        let container = try Self.layout { $0.entries[0].gap = Array("hidden".utf8) }
        let region = try container.region(at: 40)
        #expect(region.kind == .padding && region.range == 40..<46 && region.name == "gap before b.txt")
        let before = try Self.layout { $0.beforeDirectory = Array("hidden".utf8) }
        #expect(try before.range("gap before the central directory").count == 6)
        let behind = try Self.layout { $0.beforeEnd = Array("hidden".utf8) }
        #expect(try behind.range("gap before the end record").count == 6)
    }

    @Test func seesAComment() throws {
        let container = try Self.layout { $0.comment = Array("hidden".utf8) }
        #expect(try container.region(at: container.range("comment of the archive").lowerBound).kind == .comment)
    }

    @Test func seesBytesBehindTheEnd() throws {
        let container = try Self.layout { $0.trailing = Array("hidden".utf8) }
        #expect(container.layout.regions.last?.kind == .overlay && container.layout.regions.last?.range.count == 6)
    }

    @Test func seesExtraFields() throws {
        let container = try Self.layout {
            $0.entries[0].localExtra = [0x99, 0x99, 2, 0, 7, 7, 0x55, 0x54, 5, 0, 1, 1, 0, 0, 0, 0, 0, 0]
            $0.entries[0].centralExtra = [0x55, 0x54, 5, 0, 1, 0xFE, 0xFF, 0xFF, 0xFF]
        }
        #expect(try container.range("extra field of a.txt") == 35..<41)
        #expect(try container.region(at: 41).kind == .timestamp)
        #expect(try container.range("padding in the extra field of a.txt") == 50..<53)
        #expect(try container.member("a.txt").mtime == -2)
    }

    @Test func readsZip64() throws {
        let container = try Self.layout {
            $0.isZip64 = true
            $0.prefix = [1, 2, 3]
            $0.countsPrefix = false
        }
        #expect(try container.range("ZIP64 end record").count == 56)
        #expect(try container.range("ZIP64 locator").count == 20 && container.members.count == 2)
    }

    @Test func readsAnArchiveOfNothing() throws {
        let container = try Self.layout { $0.entries = [] }
        #expect(container.members.isEmpty && container.layout.regions.map(\.name) == ["end record"])
    }

    @Test func refusesWhatContradictsTheCentralDirectory() throws {
        #expect(
            try Self.refusal { $0.entries[0].localName = Array("c.txt".utf8) }
                == "the local header of a.txt gives another name"
        )
        #expect(
            try Self.refusal { $0.entries[0].localMethod = 8 } == "the local header of a.txt gives another method"
        )
        #expect(
            try Self.refusal { $0.entries[0].localSizeError = 1 }
                == "the local header of a.txt gives another checksum or size"
        )
        #expect(
            try Self.refusal {
                $0.entries[0].flags = 8
                $0.entries[0].descriptor = [UInt8](repeating: 1, count: 16)
            } == "the data descriptor of a.txt gives another checksum or size"
        )
        let renamed: [UInt8] = [0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 0x63]
        #expect(try Self.refusal { $0.entries[0].localExtra = renamed } != nil)
        #expect(try Self.refusal { $0.entries[0].centralExtra = renamed } != nil)
    }

    @Test func refusesOverlappingMembers() throws {
        // Two entries of one local header cannot both be right about its name, so both have the same one.
        let reason = try Self.refusal { $0.entries[1].offsetError = -40 }
        #expect(reason?.contains("overlaps the member before it") == true)
    }

    @Test func refusesTwoMembersOfOneName() throws {
        #expect(try Self.refusal { $0.entries[1].name = $0.entries[0].name } == "two members are called a.txt")
    }

    @Test func refusesEncryptionAndDisks() throws {
        #expect(try Self.refusal { $0.entries[0].flags = 1 } == "a.txt is encrypted, which is not supported")
        #expect(try Self.refusal { $0.disk = 1 } == "an archive of several disks, which is not supported")
        #expect(
            try Self.refusal { $0.entries[0].centralExtra = [0x01, 0x99, 0, 0] }
                == "an encrypted member, which is not supported"
        )
    }

    @Test func refusesTwoEndRecords() throws {
        let reason = try Self.refusal { file in
            // The comment holds the end of another archive that also reaches to the end of the file.
            let other = ZipFile([ZipFile.Entry("evil", "evil")]).bytes
            file.comment = other
        }
        #expect(reason != nil)
    }

    @Test func readsAnArchiveWithinAnArchive() throws {
        let container = try Self.layout { $0.entries[1].content = Self.two.bytes }
        #expect(container.members.count == 2 && container.kinds.isDisjoint(with: [.overlay, .padding]))
    }

    @Test func refusesEveryTruncation() throws {
        let bytes = Self.two.bytes
        for count in bytes.indices {
            #expect(try ContainerReader.zip.refusal(Array(bytes[..<count])) != nil, "\(count) bytes")
        }
    }

    @Test func findsExactlyTheAndroidSignature() throws {
        let (pair, block) = (SigningBlockBytes.pair, SigningBlockBytes.block)
        let signature = SigningBlockBytes.second
        let whole = try Self.layout { $0.beforeDirectory = SigningBlockBytes.filled(signature) }
        let area = whole.layout.regions.filter { $0.kind == .signature }
        #expect(area.reduce(0) { $0 + $1.range.count } == 4096 && !whole.kinds.contains(.padding))
        let hidden = try Self.layout {
            $0.beforeDirectory = [9] + SigningBlockBytes.filled(signature) { $0[0] = 1 }
        }
        let filling = 4096 - 32 - signature.count - 12
        #expect(hidden.layout.regions.filter { $0.kind == .padding }.map(\.range.count) == [1, filling])
        let short = try Self.layout { $0.beforeDirectory = block(signature + pair(0x4272_6577, [0, 0])) }
        #expect(short.layout.regions.filter { $0.kind == .padding }.map(\.range.count) == [2])
        let other = try Self.layout { $0.beforeDirectory = block(signature + pair(0x1234, [7])) }
        #expect(try other.region(at: other.ranges("signing block entry 0x1234")[0].lowerBound).kind == .header)
        let free = try Self.layout { $0.beforeDirectory = block(pair(0x7109_871A, [1, 2, 3])) }
        #expect(!free.kinds.contains(.signature))
        let twice = try Self.layout { $0.beforeDirectory = block(signature + signature) }
        let entries = twice.layout.regions.filter { $0.name == "signing block entry 0x7109871a" }
        #expect(entries.map(\.kind) == [.signature, .header])
        var broken = block(signature)
        broken[0] ^= 1
        #expect(try Self.refusal { $0.beforeDirectory = broken } == "the sizes of the signing block disagree")
    }
}
