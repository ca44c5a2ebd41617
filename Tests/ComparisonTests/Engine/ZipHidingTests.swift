import Attestations
import BuildStatements
import TestSupport
import Testing

@testable import Comparison

/// What a zip archive can hide, and what it cannot.
@Suite struct ZipHidingTests {
    /// Two archives as a script of Python writes them, where `side` is 0 or 1.
    static func zips(_ script: String) throws -> ([UInt8], [UInt8]) {
        func zip(_ side: Int) throws -> [UInt8] {
            let whole = """
                import zipfile, sys, io, struct, zlib, bz2, lzma
                side = \(side)
                out = io.BytesIO()
                z = zipfile.ZipFile(out, 'w')
                def add(name, data, mode=0o100644, method=8, extra=b''):
                    i = zipfile.ZipInfo(name); i.create_system = 3; i.external_attr = mode << 16
                    i.compress_type = method; i.extra = extra
                    z.writestr(i, data)
                good = b'good class bytes ' * 50
                evil = b'EVIL CLASS BYTES ' * 50
                \(script)
                z.close()
                sys.stdout.buffer.write(out.getvalue())
                """
            return try Packed.by(["python3", "-c", whole], [])
        }
        return (try zip(0), try zip(1))
    }

    @Test(arguments: [
        "add('A.class', [good, evil][side], 0o020644)", "add('A.class', [good, evil][side], 0o010644)",
        "add('A.class', [good, evil][side], 0o120644)", "add('A.class', [good, evil][side], 0o040755)",
        "add('d/', [good, evil][side], 0o040755)", "add('l', ['/etc/good', '/etc/evil'][side], 0o120777, 0)",
        "add('l', ['/etc/good', '/etc/evil'][side], 0o120777)", "add('a', b'', [0o010644, 0o020644][side])",
        "if side: add('l', '/etc/evil', 0o120777, 0)\nadd('a', good)",
    ]) func whatIsNoFileIsComparedToo(_ script: String) throws {
        let files = try Self.zips(script)
        for (shipped, rebuilt) in [files, (files.1, files.0)] {
            #expect(try Builds.compare(shipped, rebuilt).grade == .different)
        }
        #expect(try Builds.compare(files.1, files.0).account.unexplained > 0)
    }

    @Test func linksAndDirectoriesDoNotAlarm() throws {
        let members =
            "add('d/', b'', 0o040755, [0, 8][side]); add('l', 'a', 0o120777, 0); add('e', b'', method=[0, 8][side])"
        let (shipped, rebuilt) = try Self.zips(members + "; add('a', good, method=[0, 8][side])")
        let item = try Builds.compare(shipped, rebuilt)
        #expect(item.grade == .contentsIdentical && item.account.unexplained == 0 && item.causes == [.compression])
    }

    /// Whatever the length of a name, its entry is taken apart alike.
    @Test(arguments: [1, 8, 14, 20]) func namesOfEveryLengthCanBeRecompressed(_ length: Int) throws {
        let name = String(repeating: "a", count: length)
        let (shipped, rebuilt) = try Self.zips("add('\(name)', good, method=[0, 8][side]); add('b', evil)")
        let item = try Builds.compare(shipped, rebuilt)
        #expect(item.grade == .contentsIdentical && item.account.unexplained == 0 && item.causes == [.compression])
    }

    @Test(arguments: [
        "struct.pack('<HHIIHH', 0x5855, 12, 0, 0, side, side)", "struct.pack('<HH', 10, 60) + bytes([65 + side]) * 60",
        "struct.pack('<HH', 0x5455, 60) + bytes([7, 65 + side]) * 30",
        "struct.pack('<HHBIHHBI', 0x5455, 5, 1, 9, 0x5455, 5, 1, side)",
    ]) func aTimeStampHoldsTimesOnly(_ extra: String) throws {
        let (shipped, rebuilt) = try Self.zips("add('a', good, extra=\(extra))")
        #expect(try Builds.compare(shipped, rebuilt).grade == .different)
    }

    @Test(arguments: [
        "struct.pack('<HHIIHH', 0x5855, 12, side, side, 1, 1)", "struct.pack('<HHBI', 0x5455, 5, 1, side)",
        "struct.pack('<HHIHHQQQ', 10, 32, 0, 1, 24, side, side, side)", "struct.pack('<HHII', 0x5855, 8, side, 7)",
    ]) func timesAreTimes(_ extra: String) throws {
        let (shipped, rebuilt) = try Self.zips("add('a', good, extra=\(extra))")
        let item = try Builds.compare(shipped, rebuilt)
        #expect(item.grade == .contentsIdentical && item.causes == [.timestamp])
    }

    /// A member whose stored form is written by hand.
    @Test(arguments: [
        (8, "b'\\x00\\x00\\x00\\xff\\xff' * 300 + packed"),
        (93, "struct.pack('<IIQ', 0x184D2A50, 8, 9) + zstd"), (93, "zstd"),
    ]) func whatIsNoContentOfAMemberIsDifferent(_ method: Int, _ stored: String) throws {
        let script = """
            c = zlib.compressobj(9, 8, -15); packed = c.compress(good) + c.flush()
            zstd = struct.pack('<IBB', 0xFD2FB528, 0, 0x58) + struct.pack('<I', len(good) << 3 | 1)[:3] + good
            data, method = [(packed, 8), (\(stored), \(method))][side]
            def fields(): return struct.pack('<HHHIIIHH', method, 0, 33, zlib.crc32(good), len(data), len(good), 1, 0)
            local = struct.pack('<IHH', 0x04034b50, 20, 0) + fields() + b'f' + data
            central = struct.pack('<IHHH', 0x02014b50, 20 | 3 << 8, 20, 0) + fields()
            central += struct.pack('<HHHII', 0, 0, 0, 0o100644 << 16, 0) + b'f'
            end = struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, 1, 1, len(central), len(local), 0)
            sys.stdout.buffer.write(local + central + end); sys.exit(0)
            """
        let (shipped, rebuilt) = try Self.zips(script)
        let isPlain = stored == "zstd"
        for (one, other) in [(shipped, rebuilt), (rebuilt, shipped)] {
            let item = try Builds.compare(one, other)
            #expect(item.grade == (isPlain ? .contentsIdentical : .different))
            #expect((item.account.unexplained == 0) == isPlain)
        }
    }

    // MARK: The level

    /// What a shell command writes to `x.zip`, of a text, a program, noise, a directory and nothing.
    private static func written(_ command: String) throws -> [UInt8] {
        let script = """
            yes 'a line of text' | head -c 90000 >text; head -c 40000 "$(command -v sh)" >sh
            head -c 3000 sh | gzip -9 >noise; : >empty; find . -exec touch -d @1000000000 {} +
            { \(command); } >&2; cat x.zip
            """
        return try ContainerSamples.shell(script)
    }

    @Test(arguments: [
        ("zip", "zip -qrX9 x.zip .", "zip -qrX1 x.zip ."), ("zip", "zip -qrX6 x.zip .", "zip -qrX8 x.zip ."),
        ("zip", "zip -qX2 - text sh noise | cat >x.zip", "zip -qX9 - text sh noise | cat >x.zip"),
        ("7zz", "7zz a -tzip -mx=1 x.zip .", "7zz a -tzip -mx=9 x.zip ."),
    ]) func anotherLevelDoesNotAlarm(_ program: String, _ one: String, _ other: String) throws {
        guard Command.find(program) != nil else { return }
        let (shipped, rebuilt) = (try Self.written(one), try Self.written(other))
        try #require(shipped != rebuilt)
        let item = try Builds.compare(shipped, rebuilt)
        #expect(item.grade == .contentsIdentical && item.account.unexplained == 0)
        #expect(item.causes == [.compression])
    }

    /// A change of one header of a member `a`, at `local` and `central` from where the headers begin.
    private static func changed(_ file: [UInt8], local: Int, central: Int, _ change: UInt8) throws -> [UInt8] {
        var file = file
        let start = try #require(file.indices.first { file[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
        if local >= 0 { file[local] ^= change }
        if central >= 0 { file[start + central] ^= change }
        return file
    }

    @Test func onlyTheLevelIsALevel() throws {
        for method in [0, 8] {
            let plain = try Self.zips("add('a', good, method=\(method))").0
            for change: UInt8 in [2, 4, 6] {
                let item = try Builds.compare(try Self.changed(plain, local: 6, central: 8, change), plain)
                #expect(item.grade == .contentsIdentical && item.causes == [.compression])
                #expect(item.account.unexplained == 0)
                // Where the level was not known yet, the local header has none.
                let central = try Self.changed(plain, local: -1, central: 8, change)
                #expect(try Builds.compare(central, plain).grade == .contentsIdentical)
                let local = try Self.changed(plain, local: 6, central: -1, change)
                #expect(try Builds.compare(local, plain).grade == .different)
            }
            let both = try Self.changed(plain, local: 6, central: 8, 2)
            #expect(try Builds.compare(try Self.changed(both, local: 6, central: -1, 6), plain).grade == .different)
            for change: UInt8 in [0x10, 0x20, 0x80, 0x12] {
                let item = try Builds.compare(try Self.changed(plain, local: 6, central: 8, change), plain)
                #expect(item.grade == .different && item.account.unexplained > 0)
            }
            for place in [4, 5, 7] {
                let other = try Self.changed(plain, local: place, central: place + 2, 0x10)
                #expect(try Builds.compare(other, plain).grade == .different)
            }
        }
        // For another method the bits mean something else.
        let bzip2 = try Self.zips("add('a', good, method=12)").0
        #expect(try Builds.compare(try Self.changed(bzip2, local: 6, central: 8, 2), bzip2).grade == .different)
    }

    /// Version 1.0 is needed for what is stored, 2.0 for what is deflated; another one follows from nothing.
    @Test func theVersionNeededFollowsFromTheMethod() throws {
        let (stored, deflated) = try Self.zips("add('a', good, method=[0, 8][side])")
        let item = try Builds.compare(try Self.changed(stored, local: 4, central: 6, 20 ^ 10), deflated)
        #expect(item.grade == .contentsIdentical && item.account.unexplained == 0)
        for version: UInt8 in [0, 11, 45] {
            let other = try Self.changed(stored, local: 4, central: 6, 20 ^ version)
            #expect(try Builds.compare(other, deflated).grade == .different)
            #expect(try Builds.compare(deflated, other).grade == .different)
        }
        let old = try Self.changed(deflated, local: 4, central: 6, 20 ^ 10)
        #expect(try Builds.compare(stored, old).grade == .different)
        #expect(try Builds.compare(deflated, old).grade == .different)
    }
}
