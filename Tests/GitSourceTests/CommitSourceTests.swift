import Attestations
import Digests
import DirectorySource
import Encodings
import Foundation
import GitSource
import GitWorker
import SourceManifest
import TestSupport
import Testing
import Verification

/// The ways in which a repository can hold its objects and be pointed at.
enum RepositoryShape: String, CaseIterable, Sendable {
    case loose, packed, severalPacks, packedAndLoose, bare, alternates, linkedWorktree, separateGitDirectory, detached
    case bundledRefs, thinDeltaChains

    static let files: [CommittedFile] = [
        CommittedFile("README.md", "hello\n"), CommittedFile("build.sh", "#!/bin/sh\n", mode: "100755"),
        CommittedFile("latest", "src/a.c", mode: "120000"), CommittedFile("empty"),
        CommittedFile("src/a.c", "int a;\n"), CommittedFile("src/deep/b.c", "int b;\n"), CommittedFile("src-x", "x"),
        CommittedFile("src.y", "hello\n"), CommittedFile(Array("caf\u{E9} \"%\n".utf8), [0, 0xFF, 0x0A]),
        CommittedFile([0x66, 0xE9], []),
    ]

    /// Many versions of a file, each a little different: git packs them as deltas of each other.
    private static func versions(_ repository: GitRepository, _ count: Int = 40) throws {
        for version in 0..<count {
            let lines = (0..<300).map { $0 % 40 == version ? "changed in \(version)\n" : "line \($0) of the file\n" }
            try repository.commit(files + [CommittedFile("versions.txt", lines.joined())])
        }
        // The versions stay reachable under one commit, side by side.
        let side = (0..<30).map { version in
            CommittedFile(
                "v/\(version)",
                (0..<300).map { $0 == version ? "changed\n" : "line \($0) of the file\n" }.joined()
            )
        }
        try repository.commit(files + side)
    }

    /// Makes the repository in `repository`; the place to read.
    func make(in repository: GitRepository) throws -> String {
        let folder = repository.folder
        switch self {
        case .loose: try repository.commit(Self.files)
        case .packed:
            try Self.versions(repository)
            try repository.git("repack", "-adfq", "--depth=50", "--window=60")
        case .thinDeltaChains:
            try Self.versions(repository, 5)
            try repository.git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=50")
        case .severalPacks:
            for version in 0..<4 {
                try repository.commit(Self.files + [CommittedFile("v\(version)", "\(version)\n")])
                try repository.git("repack", "-dq")
            }
        case .packedAndLoose:
            try Self.versions(repository, 3)
            try repository.git("repack", "-adq")
            try repository.commit(Self.files + [CommittedFile("new/file", "new\n")])
        case .bare:
            try repository.commit(Self.files)
            try repository.git("clone", "-q", "--bare", ".", folder + "/bare")
            return folder + "/bare"
        case .alternates:
            try repository.commit(Self.files)
            try repository.git("clone", "-qs", ".", folder + "/borrower")
            return folder + "/borrower"
        case .linkedWorktree:
            try repository.commit(Self.files)
            try repository.git("worktree", "add", "-q", "--detach", folder + "/linked")
            return folder + "/linked"
        case .separateGitDirectory:
            try repository.commit(Self.files)
            try repository.git("clone", "-q", "--separate-git-dir", folder + "/elsewhere", ".", folder + "/checkout")
            return folder + "/checkout"
        case .detached:
            let first = try repository.commit(Self.files)
            try repository.commit(Self.files + [CommittedFile("later")])
            try repository.git("update-ref", "--no-deref", "HEAD", first)
        case .bundledRefs:
            try repository.commit(Self.files)
            try repository.git("pack-refs", "--all")
        }
        return repository.path
    }
}

/// The manifest of a commit against what git itself says of it.
@Suite struct CommitSourceTests {
    @Test(arguments: RepositoryShape.allCases) func agreesWithGit(_ shape: RepositoryShape) throws {
        try GitRepository.with { repository in
            let place = try shape.make(in: repository)
            let read = GitRepository(path: place)
            let expected = try read.expectedManifest()
            for reader in [ObjectReader.direct, .library] {
                for threads in [1, 2] {
                    let reading = try repository.read(at: place) {
                        $0.reader = reader
                        $0.threads = threads
                    }
                    #expect(reading.source.manifest.bytes == expected)
                    let git = try #require(reading.source.git)
                    #expect(try git.tree.hex == read.git("rev-parse", "HEAD^{tree}"))
                    #expect(try git.commit.hex == read.git("rev-parse", "HEAD"))
                    #expect(git.objectReader == (reader == .direct ? .packs : .libgit2))
                    #expect(reading.reusedCount == 0 && reading.source.submodules.isEmpty)
                    let notes = reading.notes.filter { !$0.hasPrefix("alternates") && !$0.hasPrefix("control-char") }
                    #expect(notes.isEmpty)
                    #expect(reading.notes.contains("alternates -") == (shape == .alternates))
                }
            }
        }
    }

    /// More blobs than one request holds, so that several workers share the work.
    @Test(arguments: [1, 2, 4]) func severalWorkersGiveTheSame(_ threads: Int) throws {
        try GitRepository.with { repository in
            try repository.commit((0..<4200).map { CommittedFile("d\($0 % 7)/f\($0)", "\($0)\n") })
            if threads == 2 { try repository.git("repack", "-adq") }
            let reading = try repository.read { $0.threads = threads }
            #expect(try reading.source.manifest.bytes == repository.expectedManifest())
            #expect(reading.source.manifest.count == 4200)
        }
    }

    @Test func revisionsLeadToTheirCommits() throws {
        try GitRepository.with { repository in
            let ids = try (0..<4).map { try repository.commit([CommittedFile("file", "\($0)")]) }
            try repository.git("branch", "file", ids[0])
            try repository.git("branch", "feature/x", ids[1])
            for (revision, id) in [
                ("HEAD", ids[3]), ("main", ids[3]), ("HEAD~2", ids[1]), ("HEAD^", ids[2]), ("main~3", ids[0]),
                (ids[2], ids[2]), (String(ids[1].prefix(12)), ids[1]), ("file", ids[0]), ("feature/x", ids[1]),
                ("refs/heads/file", ids[0]), ("main^{commit}", ids[3]), ("@", ids[3]),
            ] {
                let reading = try repository.read(revision)
                #expect(reading.commit.hex == id, "\(revision)")
                #expect(try reading.source.manifest.bytes == repository.expectedManifest(id))
                #expect(reading.source.git?.tag == nil)
            }
        }
    }

    @Test func tagsAreRecorded() throws {
        try GitRepository.with { repository in
            let id = try repository.commit([CommittedFile("file")])
            try repository.git("tag", "light")
            try repository.git("tag", "-a", "-m", "m", "v1.0")
            try repository.git("tag", "-a", "-m", "m", "nested", "v1.0")
            try repository.git("update-ref", "refs/tags/other-name", "v1.0")
            for (revision, name, tag) in [
                ("v1.0", "v1.0", "v1.0"), ("nested", "nested", "nested"), ("refs/tags/v1.0", "v1.0", "v1.0"),
                ("other-name", "other-name", "v1.0"),
            ] {
                let reading = try repository.read(revision)
                #expect(reading.commit.hex == id)
                #expect(reading.source.git?.tag?.name == Array(name.utf8), "\(revision)")
                #expect(try reading.source.git?.tag?.object.hex == repository.git("rev-parse", tag))
            }
            // By its id, the tag has the name that it gives itself.
            let byID = try repository.read(try repository.git("rev-parse", "v1.0"))
            #expect(byID.source.git?.tag?.name == Array("v1.0".utf8))
            for revision in ["light", "v1.0^{}", "v1.0^{commit}"] {
                #expect(try repository.read(revision).source.git?.tag == nil)
            }
        }
    }

    @Test func theEmptyTree() throws {
        try GitRepository.with { repository in
            try repository.commit([])
            for reader in [ObjectReader.direct, .library] {
                let reading = try repository.read { $0.reader = reader }
                #expect(reading.text == "vitrine-manifest/v1\n")
                #expect(reading.source.git?.tree.hex == "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
            }
        }
    }

    @Test func deepDirectories() throws {
        try GitRepository.with { repository in
            let deep = (0..<40).map { "d\($0)/" }.joined()
            // 2,047 directories of one letter: the deepest that a path of 4,096 bytes can lead to.
            let deepest = String(repeating: "d/", count: 2047) + "f"
            for path in [deep + "file", deepest] {
                try repository.commit([CommittedFile(path, "deep")])
                #expect(try repository.read().source.manifest.bytes == repository.expectedManifest())
            }
            try repository.commit([CommittedFile(deepest + "/f", "too deep")])
            let rules = try #require(try repository.refusal()).map(\.rule)
            #expect(rules == [.malformedTree] || rules == [.pathNotRepresentable])
        }
    }

    /// Lengths around the slots of the memory that worker and parent share, loose and packed, as bases and deltas.
    @Test(arguments: [false, true]) func lengthsAroundTheSlots(_ isPacked: Bool) throws {
        try GitRepository.with { repository in
            var generator = SeededGenerator(seed: 7)
            let noise = generator.bytes(1 << 16)
            let slot = SharedSlots.byteCount
            let lengths = [0, 1, 63, 64, 65, slot - 1, slot, slot + 1, 2 * slot, 4 * slot, 4 * slot + 1]
            let long = (0...4 * slot >> 16).flatMap { part in [UInt8(truncatingIfNeeded: part)] + noise }
            var files = lengths.map { CommittedFile(Array("n\($0)".utf8), Array(long[..<$0])) }
            files += lengths.map { CommittedFile(Array("z\($0)".utf8), [UInt8](repeating: 0, count: $0)) }
            try repository.commit(files)
            if isPacked { try repository.git("repack", "-adfq") }
            let expected = try repository.expectedManifest()
            for reader in [ObjectReader.direct, .library] {
                #expect(try repository.read { $0.reader = reader }.source.manifest.bytes == expected)
            }
        }
    }

    /// Above 32 MiB a blob is inflated piece by piece.
    @Test(arguments: [false, true]) func largeBlobsAreStreamed(_ isPacked: Bool) throws {
        try GitRepository.with { repository in
            var generator = SeededGenerator(seed: 9)
            let noise = generator.bytes(1 << 14)
            let count = 40 << 20  // Above the 32 MiB of PackedObjects.streamingByteCount.
            var content = [UInt8](repeating: 0, count: count)
            for start in stride(from: 0, to: count, by: noise.count) where start % (3 * noise.count) != 0 {
                content.replaceSubrange(start..<start + noise.count, with: noise)
                content[start] = UInt8(truncatingIfNeeded: start >> 14)
            }
            try repository.commit([
                CommittedFile(Array("noise".utf8), content),
                CommittedFile(Array("zeros".utf8), [UInt8](repeating: 0, count: count)),
            ])
            if isPacked { try repository.git("-c", "core.bigFileThreshold=1m", "repack", "-adfq") }
            let expected = try repository.expectedManifest()
            for reader in [ObjectReader.direct, .library] {
                #expect(try repository.read { $0.reader = reader }.source.manifest.bytes == expected)
            }
        }
    }

    @Test func pointersAndAttributesAreRecorded() throws {
        try GitRepository.with { repository in
            let oid = String(repeating: "ab", count: 32)
            let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 12345\n"
            try repository.commit([
                CommittedFile("big.bin", pointer), CommittedFile("sub/big2.bin", pointer),
                CommittedFile("link.bin", pointer, mode: "120000"), CommittedFile("not.bin", pointer + "x"),
                CommittedFile(".gitattributes", "*.bin filter=lfs diff=lfs -text\n# text\n"),
                CommittedFile("sub/.gitattributes", "*.c eol=crlf\n*.h ident\n"),
                CommittedFile("linked/.gitattributes", "*.c eol=crlf\n", mode: "120000"),
                CommittedFile("sub/x.gitattributes", "*.c eol=crlf\n"),
            ])
            for reader in [ObjectReader.direct, .library] {
                let source = try repository.read { $0.reader = reader }.source
                #expect(try source.manifest.bytes == repository.expectedManifest())
                #expect(source.lfs.map(\.path.escaped) == ["big.bin", "sub/big2.bin"])
                #expect(source.lfs.allSatisfy { $0.oid.hex == oid && $0.size == 12345 })
                let attributes = source.attributes.map {
                    "\($0.path.escaped):\($0.line) " + String(decoding: $0.attribute, as: UTF8.self)
                }
                #expect(
                    attributes == [
                        ".gitattributes:1 filter=lfs", "sub/.gitattributes:1 eol=crlf", "sub/.gitattributes:2 ident",
                    ]
                )
            }
        }
    }

    @Test func progressCountsBlobsAndCancels() throws {
        try GitRepository.with { repository in
            try repository.commit((0..<10).map { CommittedFile("f\($0)", "content \($0)\n") })
            let progress = ReadingProgress()
            _ = try repository.read { $0.progress = progress }
            #expect(progress.files == 10 && progress.bytes == 100)
            #expect(throws: ReadingCancelled.self) { try repository.read { $0.progress.cancel() } }
        }
    }
}
