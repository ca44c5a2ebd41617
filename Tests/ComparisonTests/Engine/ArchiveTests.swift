import Attestations
import BuildStatements
import Foundation
import TestSupport
import Testing

@testable import Comparison

@Suite struct ArchiveTests {
    private static let usual = TarBytes.usual

    private static func gzip(_ bytes: [UInt8], _ level: String = "-6") throws -> [UInt8] {
        try Packed.by("gzip -n \(level) -c", bytes)
    }

    /// Long enough that compressors differ.
    private static let text = TarBytes(members: [
        .init(name: "t", content: (0..<40_000).flatMap { Array("line \($0 % 977)\n".utf8) })
    ])

    @Test(arguments: ["gzip -n", "xz", "bzip2", "zstd -q"]) func theSameTarCompressedOtherwiseDoesNotAlarm(
        _ program: String
    ) throws {
        guard Command.find(String(program.prefix { $0 != " " })) != nil else { return }
        func packed(_ level: String) throws -> [UInt8] { try Packed.by("\(program) \(level) -c", Self.text.bytes) }
        let (shipped, rebuilt) = (try packed("-1"), try packed("-9"))
        try #require(shipped != rebuilt)
        let item = try Builds.compare(shipped, rebuilt)
        #expect(item.grade == .contentsIdentical && item.account.unexplained == 0 && item.causes == [.compression])
        // The time in the header of gzip is no spelling of the content.
        #expect(item.account.total == UInt64(Self.text.bytes.count + (program == "gzip -n" ? 4 : 0)))
        let cross = try Builds.compare(shipped, try Self.gzip(Self.text.bytes, "-3"))
        #expect(cross.grade == .contentsIdentical)
    }

    @Test func anotherProgramsGzipDoesNotAlarm() throws {
        let script = "import gzip,sys; sys.stdout.buffer.write(gzip.compress(sys.stdin.buffer.read(), 5, mtime=0))"
        let item = try Builds.compare(
            try Self.gzip(Self.text.bytes),
            try Packed.by(["python3", "-c", script], Self.text.bytes)
        )
        #expect(item.grade == .contentsIdentical && item.account.unexplained == 0)
    }

    @Test func whatStandsBesideACompressedContentIsNotOverlooked() throws {
        let content = Array("content\n".utf8)
        let plain = Packed.storedGzip(content)
        for hidden in [
            plain + [1], plain + [0, 0, 0, 0, 0, 0, 0, 0, 0], Packed.storedGzip(content, extra: [9, 9, 9]),
            Packed.storedGzip(content) + Packed.storedGzip([], extra: [1, 2]),
        ] {
            let item = try Builds.compare(hidden, plain)
            #expect(item.grade == .different && item.account.unexplained > 0)
            #expect(try Builds.compare(plain, hidden).grade == .different)
        }
        let wrong = Array(plain.dropLast(5)) + [plain[plain.count - 5] ^ 1] + plain.suffix(4)
        #expect(try Builds.compare(wrong, plain).grade == .different)
        for program in ["xz", "bzip2", "zstd"] where Command.find(program) != nil {
            let (one, two) = (
                try Packed.by("\(program) -1 -c", Self.text.bytes), try Packed.by("\(program) -9 -c", Self.text.bytes)
            )
            #expect(try Builds.compare(one + [1, 2, 3, 4], two).grade == .different, "\(program)")
        }
        if Command.find("zstd") != nil {
            let one = try Packed.by("zstd -q -1 -c", Self.text.bytes)
            let two = try Packed.by("zstd -q -9 -c", Self.text.bytes)
            let item = try Builds.compare(one + [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 7, 7, 7], two)
            #expect(item.grade == .different && item.account.unexplained == 11)
        }
    }

    @Test func onlyTimesAndOrderLeaveTheContentsIdentical() throws {
        let usual = Self.usual
        let time = try Builds.compare(usual.with(1) { $0.time = 2000 }.bytes, usual.bytes)
        #expect(time.grade == .contentsIdentical && time.causes == [.timestamp] && time.account.unexplained > 0)
        var reversed = usual
        reversed.members.reverse()
        let order = try Builds.compare(reversed.bytes, usual.bytes)
        #expect(order.grade == .contentsIdentical && order.causes == [.order] && order.account.unexplained == 0)
        #expect(order.account.total == UInt64(usual.bytes.count))
    }

    @Test func whatAMemberIsDecides() throws {
        let usual = Self.usual
        let changed: [(TarBytes, ByteDifference.Cause)] = [
            (usual.with(1) { $0.mode = 0o4755 }, .mode), (usual.with(1) { $0.owner = 1000 }, .owner),
            (usual.with(2) { $0.target = "rut" }, .unknown), (usual.with(2) { $0.type = "1" }, .unknown),
        ]
        for (tar, cause) in changed {
            let item = try Builds.compare(tar.bytes, usual.bytes)
            #expect(item.grade == .different && item.causes.contains(cause) && item.account.unexplained > 0)
        }
    }

    @Test func membersOfOneSideAreNamed() throws {
        var more = Self.usual
        more.members.insert(.init(name: "bin/extra", content: Array("evil\n".utf8), mode: 0o755), at: 1)
        let extra = try Builds.compare(more.bytes, Self.usual.bytes)
        #expect(extra.grade == .different && extra.account.unexplained == 1024)
        #expect(extra.member("bin/extra")?.presence == .onlyShipped)
        #expect(extra.account.total == UInt64(more.bytes.count))
        let missing = try Builds.compare(Self.usual.bytes, more.bytes)
        #expect(missing.grade == .different && missing.account.unexplained == 0)
        #expect(missing.member("bin/extra")?.presence == .onlyRebuilt)
        // The second of one name is no less there than the first.
        var twice = Self.usual
        twice.members.append(twice.members[3])
        #expect(try Builds.compare(twice.bytes, Self.usual.bytes).grade == .different)
    }

    @Test func namesAreJustNames() throws {
        var odd = Self.usual
        odd.members += [
            .init(name: "../../escaped", content: [1]), .init(name: "/etc/absolute", content: [2]),
            .init(name: "bad\u{1B}[31mname", content: [3]),
        ]
        let other = odd.with(5) { $0.content = [9] }.with(6) { $0.content = [9] }
        let item = try Builds.compare(odd.bytes, other.bytes)
        #expect(item.grade == .different && item.member("/etc/absolute")?.account.unexplained == 1)
        #expect(!item.text().contains("\u{1B}") && item.text().contains("bad%1B"))
        #expect(!FileManager.default.fileExists(atPath: "/etc/absolute"))
    }

    @Test func aChangeDeepInsideIsNamedByItsPath() throws {
        func package(_ tar: TarBytes, _ level: String) throws -> [UInt8] {
            let inner = try Self.gzip(tar.bytes, level)
            let zip = try Packed.zip([("inner.tar.gz", inner), ("note", [1])])
            return try Self.gzip(TarBytes(members: [.init(name: "pack.zip", content: zip)]).bytes)
        }
        let changed = Self.usual.with(3) { $0.content[300] ^= 1 }
        let item = try Builds.compare(try package(changed, "-6"), try package(Self.usual, "-6"))
        let inner = item.members.first?.member("pack.zip", "inner.tar.gz", "inner.tar", "data")
        #expect(item.grade == .different && inner?.account.unexplained == 1)
        let recompressed = try Builds.compare(try package(Self.text, "-1"), try package(Self.text, "-9"))
        #expect(recompressed.grade == .contentsIdentical)
    }

    @Test func paddingAndTrailingBytesOfATarCount() throws {
        let plain = Self.usual.bytes
        var hidden = plain
        hidden[plain.count - 1024 - 10] = 7
        #expect(try Builds.compare(hidden, plain).grade == .different)
        #expect(try Builds.compare(plain + Array("trailing".utf8), plain).grade == .different)
        // Zeros that fill up a record are a setting of the program.
        let zeros = try Builds.compare(plain + [UInt8](repeating: 0, count: 4096), plain)
        #expect(zeros.grade == .contentsIdentical)
    }

    @Test func zipArchives() throws {
        let members = [("a.txt", Self.text.bytes), ("b", [UInt8]([1, 2, 3])), ("empty", [])]
        let plain = try Packed.zip(members, level: 9)
        let levels = try Builds.compare(try Packed.zip(members, level: 1), plain)
        #expect(levels.grade == .contentsIdentical && levels.account.unexplained == 0)
        let order = try Builds.compare(try Packed.zip(members.reversed(), level: 9), plain)
        #expect(order.grade == .contentsIdentical && order.account.total == levels.account.total)
        #expect(try Builds.compare(try Packed.zip(members, level: 9, comment: "x"), plain).grade == .different)
        let extra = try Builds.compare(try Packed.zip(members + [("more", [7])], level: 9), plain)
        #expect(extra.grade == .different && extra.member("more")?.presence == .onlyShipped)
        let other = try Builds.compare(try Packed.zip([members[0], ("b", [1, 2, 4]), members[2]], level: 9), plain)
        #expect(other.grade == .different && other.member("b")?.account.unexplained == 1)
    }

    @Test(.enabled(if: Command.find("genisoimage") != nil)) func filesOfAnImageAreNamed() throws {
        func image(_ content: [UInt8], mode: Int = 0o644) throws -> [UInt8] {
            try TemporaryDirectory.with { folder in
                try FileManager.default.createDirectory(atPath: folder + "/d", withIntermediateDirectories: false)
                for (name, bytes) in [("a", content), ("b", Self.text.bytes)] {
                    try TestFile.write(bytes, to: "\(folder)/d/\(name)")
                    try FileManager.default.setAttributes(
                        [
                            .posixPermissions: name == "a" ? mode : 0o644,
                            .modificationDate: Date(timeIntervalSince1970: 1e9),
                        ],
                        ofItemAtPath: "\(folder)/d/\(name)"
                    )
                }
                let ran = try Command.run("genisoimage", ["-quiet", "-R", "-o", folder + "/i", folder + "/d"])
                try #require(ran.status == 0, "\(ran.errors)")
                return try TestFile.read(folder + "/i")
            }
        }
        let plain = try image([0, 1, 2, 3])
        let item = try Builds.compare(try image([0, 1, 9, 3]), plain)
        #expect(item.grade == .different && item.member("a")?.account.unexplained == 1)
        #expect(item.account.total == UInt64(plain.count))
        let mode = try Builds.compare(try image([0, 1, 2, 3], mode: 0o755), plain)
        #expect(mode.grade == .different && mode.causes.contains(.mode))
    }

    @Test(.enabled(if: Command.find("dpkg-deb") != nil)) func debianPackages() throws {
        func package(_ level: String, _ content: String, extra: Bool = false) throws -> [UInt8] {
            try TemporaryDirectory.with { folder in
                let files = FileManager.default
                for directory in ["/p/DEBIAN", "/p/usr/bin"] {
                    try files.createDirectory(atPath: folder + directory, withIntermediateDirectories: true)
                }
                let control =
                    "Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n"
                try TestFile.write(Array(control.utf8), to: folder + "/p/DEBIAN/control")
                try TestFile.write(Self.text.members[0].content + content.utf8, to: folder + "/p/usr/bin/x")
                if extra { try TestFile.write([1], to: folder + "/p/usr/bin/y") }
                let arguments = ["-Zxz", "-z\(level)", "--root-owner-group", "-b", folder + "/p", folder + "/x.deb"]
                let time = ["SOURCE_DATE_EPOCH": "1000000000", "PATH": "/usr/bin:/bin"]
                _ = try Command.run("find", [folder + "/p", "-exec", "touch", "-d", "@1000000000", "{}", "+"])
                let ran = try Command.run("dpkg-deb", arguments, environment: time)
                try #require(ran.status == 0, "\(ran.errors)")
                return try TestFile.read(folder + "/x.deb")
            }
        }
        let plain = try package("9", "end\n")
        let recompressed = try Builds.compare(try package("0", "end\n"), plain)
        #expect(recompressed.grade == .contentsIdentical && recompressed.causes == [.compression])
        let changed = try Builds.compare(try package("9", "END\n"), plain)
        let inner = changed.member("data.tar.xz", "data.tar", "./usr/bin/x")
        #expect(inner?.differences.first?.place == "line 40001" && changed.grade == .different)
        let extra = try Builds.compare(try package("9", "end\n", extra: true), plain)
        #expect(extra.member("data.tar.xz", "data.tar", "./usr/bin/y")?.presence == .onlyShipped)
        #expect(extra.grade == .different)
    }

    /// Whatever is changed, every byte of the shipped archive is counted once and nothing passes.
    @Test func randomTreesAddUp() throws {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<12 {
            var tree = TarBytes(
                members: (0..<Int.random(in: 1..<9, using: &random)).map {
                    TarBytes.Member(name: "m\($0)", content: random.bytes(Int.random(in: 0..<1500, using: &random)))
                }
            )
            let whole = tree.bytes
            for _ in 0..<Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<tree.members.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: tree.members[place].content += [1]
                case 1: tree.members[place].name += "x"
                case 2: tree.members[place].mode = 0o600
                case 3: tree.members.append(tree.members[place])
                default: tree.members.swapAt(place, 0)
                }
            }
            let item = try Builds.compare(whole, tree.bytes)
            #expect(item.account.total == UInt64(whole.count))
            let back = try Builds.compare(try Self.gzip(tree.bytes), try Self.gzip(whole))
            #expect(
                back.account.total == UInt64(tree.bytes.count + (tree.bytes == whole ? 0 : 4))
                    || back.grade == .identical
            )
        }
    }
}
