import DirectorySource
import Encodings
import Glibc
import SourceManifest
import Synchronization
import TestSupport
import Testing
import Verification

/// Each finding of a directory, with the case that makes it and the near case that does not.
struct FindingTests {
    @Test func specialFilesAreFindings() throws {
        try SourceTree.with { tree in
            try tree.file("f")
            try SourceTree.check(unsafe mkfifo(tree.name("pipe"), 0o644))
            let reading = try tree.read()
            #expect(reading.notes == ["special-file pipe"])
            #expect(reading.findings.first?.found == "named pipe")
            #expect(reading.findings.first?.effect == .fails)
            #expect(reading.paths == ["f"])
        }
    }

    @Test(arguments: [0o4755, 0o2755, 0o1755, 0o4644] as [mode_t])
    func setIDBitsOfFilesAreFindings(_ mode: mode_t) throws {
        try SourceTree.with { tree in
            try tree.file("f", "x", mode: mode)
            let reading = try tree.read()
            #expect(reading.notes == ["set-id-bit f"])
            #expect(reading.findings.first?.found == "permissions \(String(mode, radix: 8))")
        }
    }

    @Test func setIDBitsOfDirectoriesAreNotices() throws {
        try SourceTree.with { tree in
            try tree.file("d/f")
            try SourceTree.check(unsafe chmod(tree.name("d"), 0o2755))
            let reading = try tree.read()
            #expect(reading.notes == ["set-id-directory d"])
            #expect(reading.findings.first?.effect == .notice)
        }
    }

    @Test func theOwnersExecuteBitDecidesTheMode() throws {
        try SourceTree.with { tree in
            for mode in [0o644, 0o755, 0o654, 0o700, 0o600, 0o664] as [mode_t] {
                try tree.file("f\(String(mode, radix: 8))", mode: mode)
            }
            let reading = try tree.read()
            #expect(
                reading.lines.map { String($0.prefix(6)) } == [
                    "100644", "100644", "100644", "100644", "100755", "100755",
                ]
            )
            #expect(
                reading.notes == [
                    "extra-permission-bits f600", "extra-permission-bits f654", "extra-permission-bits f664",
                    "extra-permission-bits f700",
                ]
            )
        }
    }

    @Test func filesThatSharePermissionBitsAreOneFinding() throws {
        try SourceTree.with { tree in
            for index in 0..<100 { try tree.file("f\(index)", mode: 0o664) }
            let reading = try tree.read()
            #expect(reading.notes == ["extra-permission-bits f0"])
            #expect(reading.findings.first?.found == "100 files with permissions 0664, this one first")
        }
    }

    @Test func hardLinksAreFindingsOnlyWhenANameIsOutside() throws {
        try SourceTree.with { tree in
            try tree.file("a")
            try SourceTree.check(unsafe link(tree.name("a"), tree.name("b")))
            #expect(try tree.read().notes == [])
            try SourceTree.check(unsafe link(tree.name("a"), tree.name("../outside")))
            let reading = try tree.read()
            #expect(reading.notes == ["hard-link-outside a"])
            #expect(reading.findings.first?.found == "2 paths with a name outside the tree, this one first")
            #expect(reading.paths == ["a", "b"])
        }
    }

    @Test func emptyDirectoriesAreListed() throws {
        try SourceTree.with { tree in
            try tree.file("full/f")
            try tree.directory("e/inner")
            let reading = try tree.read()
            #expect(reading.notes == ["empty-directory e/inner"])
            #expect(reading.emptyDirectories.map(\.escaped) == ["e/inner"])
        }
    }

    @Test func onlyTheGitDirectoryAtTheTopIsLeftOut() throws {
        try SourceTree.with { tree in
            try tree.file(".git/HEAD")
            try tree.file("f")
            #expect(try tree.read().notes == [])
            try tree.file("a/.git/HEAD")
            try tree.file("b/.Git")
            try tree.file("c/.git", "gitdir: elsewhere")
            try tree.file(".GIT/x")
            try tree.file(".gitignore")
            let reading = try tree.read()
            #expect(
                reading.notes == [
                    "nested-git-directory .GIT", "nested-git-directory a/.git", "nested-git-directory b/.Git",
                    "nested-git-directory c/.git",
                ]
            )
            #expect(reading.paths == [".gitignore", "f"])
        }
    }

    @Test func theGitFileOfASubmoduleIsLeftOut() throws {
        try SourceTree.with { tree in
            try tree.file("sub/.git", "gitdir: ../.git/modules/sub")
            try tree.file("sub/f")
            try tree.file("other/.git/HEAD")
            try tree.directory("empty")
            let submodules: Set<[UInt8]> = [Array("sub".utf8), Array("other".utf8), Array("empty".utf8)]
            let reading = try tree.read { $0.submodulePaths = submodules }
            #expect(reading.notes == ["nested-git-directory other/.git"])
            #expect(reading.paths == ["sub/f"])
        }
    }

    @Test func aGitFileAtTheTopOfAWorktreeIsLeftOut() throws {
        try SourceTree.with { tree in
            try tree.file(".git", "gitdir: elsewhere")
            #expect(try tree.read().notes == [])
            try SourceTree.check(unsafe unlink(tree.name(".git")))
            try tree.link(Array(".git".utf8), to: Array("elsewhere".utf8))
            #expect(try tree.read().notes == ["nested-git-directory .git"])
        }
    }

    /// What is left out may hide nothing.
    @Test(arguments: [
        "", "gitdir: ", "gitdir: \n", "gitdir:elsewhere\n", "GITDIR: elsewhere\n", " gitdir: elsewhere\n", "secret",
        "gitdir: elsewhere\nmore", "gitdir: elsewhere\n\n", "gitdir: else\0where\n", "gitdir: elsewhere\r\n",
        "gitdir: " + String(repeating: "x", count: 4097),
    ])
    func aGitFileHoldsOneLine(_ content: String) throws {
        try SourceTree.with { tree in
            try tree.file(".git", content)
            try tree.file("sub/.git", content)
            let reading = try tree.read { $0.submodulePaths = [Array("sub".utf8)] }
            #expect(reading.notes == ["nested-git-directory .git", "nested-git-directory sub/.git"])
            #expect(reading.findings.allSatisfy { $0.effect == .fails } && reading.manifest.count == 0)
            for good in ["gitdir: x", "gitdir: ../a b/.git\n", "gitdir: " + String(repeating: "x", count: 4096) + "\n"]
            {
                try tree.file(".git", good)
                try tree.file("sub/.git", good)
                #expect(try tree.read { $0.submodulePaths = [Array("sub".utf8)] }.notes == [])
            }
        }
    }

    @Test func unreadableFilesAndDirectoriesAreFindings() throws {
        try SourceTree.with { tree in
            try tree.file("ok")
            try tree.file("secret", "x", mode: 0o000)
            try tree.file("closed/f")
            try SourceTree.check(unsafe chmod(tree.name("closed"), 0o000))
            defer { unsafe chmod(tree.name("closed"), 0o755) }
            let reading = try OtherUser.run { try tree.read() }
            #expect(reading.notes == ["unreadable closed", "unreadable secret"])
            #expect(reading.findings.first?.found == "cannot open: Permission denied")
            #expect(reading.paths == ["ok"])
        }
    }

    @Test func misleadingNamesAreNotices() throws {
        try SourceTree.with { tree in
            try tree.file("Makefile")
            try tree.file("makefile")
            try tree.file(Array("caf\u{E9}".utf8))
            try tree.file(Array("cafe\u{301}".utf8))
            try tree.file([0x63, 0x61, 0x66, 0xE9])
            try tree.file("tab\tbed")
            try tree.file("evil\u{202E}cod.exe")
            let reading = try tree.read()
            #expect(
                reading.notes == [
                    "normalization-collision caf%C3%A9", "bidi-character-in-name evil%E2%80%AEcod.exe",
                    "case-collision makefile", "control-character-in-name tab%09bed",
                ]
            )
            #expect(reading.manifest.count == 7)
        }
    }

    /// 300 files of 1,000 attributes each: as many as there is room for are listed, the others counted.
    @Test func veryManyAttributesEndInACount() throws {
        try SourceTree.with { tree in
            let content = String(repeating: "a text\n", count: 1000)
            for index in 0..<300 { try tree.file("d\(index)/.gitattributes", content) }
            let reading = try tree.read()
            #expect(reading.manifest.count == 300 && reading.attributes.count == 131_000)
            #expect(reading.unlistedRecordCount == 169_000)
            let notices = reading.findings.filter { $0.rule == .byteChangingAttribute }
            #expect(notices.count == 1001 && notices.last?.found == "299000 more paths like this")
        }
    }

    @Test func veryManyFindingsOfOneRuleEndInACount() throws {
        try SourceTree.with { tree in
            for index in 0..<1500 { try SourceTree.check(unsafe mkfifo(tree.name("p\(index)"), 0o644)) }
            let reading = try tree.read()
            #expect(reading.findings.count == 1001)
            #expect(reading.findings.last?.found == "500 more paths like this")
        }
    }
}

/// A piece of a test run as a user who may not read everything.
enum OtherUser {
    /// Runs `body` in a thread that has the file rights of nobody, where we are root; else in this thread.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        guard geteuid() == 0 else { return try body() }
        typealias SetFileSystemUser = @convention(c) @Sendable (uid_t) -> Int32
        guard let symbol = unsafe dlsym(nil, "setfsuid") else { throw SystemFailure(code: ENOSYS) }
        let setFileSystemUser = unsafe unsafeBitCast(symbol, to: SetFileSystemUser.self)
        let result = Mutex<Result<Value, any Error>?>(nil)
        let done = Mutex(false)
        detach {
            // Threads inherit these rights from the thread that starts them; other threads keep theirs.
            _ = setFileSystemUser(65534)
            let value = Result { try body() }
            result.withLock { $0 = value }
            done.withLock { $0 = true }
        }
        while !done.withLock({ $0 }) { usleep(1000) }
        guard let value = result.withLock({ $0 }) else { throw SystemFailure(code: EIO) }
        return try value.get()
    }

    private static func detach(_ body: @escaping @Sendable () -> Void) {
        let thread = unsafe Unmanaged.passRetained(Box(body))
        var identifier = pthread_t()
        _ = unsafe pthread_create(
            &identifier,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            thread.toOpaque()
        )
        pthread_detach(identifier)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
