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

/// Reading only what changed since an earlier source gives what reading all of it gives.
@Suite struct IncrementalTests {
    private static let pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "ab", count: 32))\nsize 5\n"

    static let before = [
        CommittedFile(".gitattributes", "*.bin filter=lfs\n"), CommittedFile("a", "a\n"),
        CommittedFile("big.bin", pointer), CommittedFile("d/.gitattributes", "*.c ident\n"),
        CommittedFile("d/b", "b\n"), CommittedFile("d/e/c", "c\n"), CommittedFile("d/e/big.bin", pointer),
        CommittedFile("d-x", "x\n"), CommittedFile("d.y/f", "f\n"), CommittedFile("link", "a", mode: "120000"),
        CommittedFile("z/1", "1\n"), CommittedFile("z/2", "2\n"),
    ]

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let files: [CommittedFile]
        let reused: Int

        /// `removed` paths leave, `added` files come or replace others.
        init(_ name: String, removed: [String] = [], added: [CommittedFile] = [], reused: Int) {
            testDescription = name
            let gone = Set(removed.map { Array($0.utf8) } + added.map(\.path))
            files = before.filter { !gone.contains($0.path) } + added
            self.reused = reused
        }
    }

    static let changes = [
        Change("nothing", reused: 12),
        Change("a file changed", added: [CommittedFile("d/e/c", "other\n")], reused: 11),
        Change("a file at the top changed", added: [CommittedFile("a", "other\n")], reused: 11),
        Change("a file added", added: [CommittedFile("d/e/new", "new\n")], reused: 12),
        Change("a file removed", removed: ["z/1"], reused: 11),
        Change("the mode changed", added: [CommittedFile("d/b", "b\n", mode: "100755")], reused: 11),
        Change("a file became a link", added: [CommittedFile("a", "d/b", mode: "120000")], reused: 11),
        Change("renamed", removed: ["a"], added: [CommittedFile("b", "a\n")], reused: 11),
        Change("moved to another directory", removed: ["z/1"], added: [CommittedFile("d/1", "1\n")], reused: 11),
        Change(
            "a directory added",
            added: [CommittedFile("n/1", "1\n"), CommittedFile("n/m/big.bin", pointer)],
            reused: 12
        ),
        Change("a directory removed", removed: ["d/.gitattributes", "d/b", "d/e/c", "d/e/big.bin"], reused: 8),
        Change("a directory became a file", removed: ["z/1", "z/2"], added: [CommittedFile("z", "z\n")], reused: 10),
        Change("a file became a directory", removed: ["a"], added: [CommittedFile("a/b", "b\n")], reused: 11),
        Change("attributes changed", added: [CommittedFile("d/.gitattributes", "*.h ident\n*.c text\n")], reused: 11),
        Change("attributes removed", removed: [".gitattributes"], reused: 11),
        Change("attributes added", added: [CommittedFile("d/e/.gitattributes", "* eol=crlf\n")], reused: 12),
        Change(
            "the content of an attribute file under another name",
            added: [CommittedFile("d/attributes", "*.bin filter=lfs\n")],
            reused: 12
        ),
        Change("attributes that are a pointer", added: [CommittedFile("z/.gitattributes", pointer)], reused: 12),
        Change("a pointer changed", added: [CommittedFile("d/e/big.bin", pointer + "\n")], reused: 11),
        Change(
            "a pointer of another size",
            added: [CommittedFile("big.bin", pointer.replacing("size 5", with: "size 6"))],
            reused: 11
        ),
        Change("everything removed", removed: before.map { String(decoding: $0.path, as: UTF8.self) }, reused: 0),
        Change("a name that collides", added: [CommittedFile("A", "a\n"), CommittedFile("d/E/x", "x")], reused: 12),
    ]

    static func earlier(_ reading: GitSource.Reading) -> EarlierSource {
        let source = reading.source
        let details = SourceDetails(
            entries: UInt64(source.manifest.count),
            bytes: source.bytes,
            git: source.git,
            submodules: source.submodules,
            lfs: source.lfs,
            attributes: source.attributes
        )
        return EarlierSource(manifest: source.manifest, details: details)
    }

    private func expectEqual(_ left: GitSource.Reading, _ right: GitSource.Reading) {
        #expect(left.source.manifest.bytes == right.source.manifest.bytes)
        #expect(left.source.bytes == right.source.bytes)
        #expect(left.source.git == right.source.git)
        #expect(left.source.submodules == right.source.submodules)
        #expect(left.source.lfs == right.source.lfs)
        #expect(left.source.attributes == right.source.attributes)
        #expect(left.source.findings == right.source.findings)
    }

    @Test(arguments: changes) func givesWhatAFullReadingGives(_ change: Change) throws {
        try GitRepository.with { repository in
            try repository.commit(Self.before)
            let earlier = Self.earlier(try repository.read())
            try repository.commit(change.files)
            let full = try repository.read()
            #expect(try full.source.manifest.bytes == repository.expectedManifest())
            for reader in [ObjectReader.direct, .library] {
                let incremental = try repository.read {
                    $0.earlier = earlier
                    $0.reader = reader
                }
                #expect(incremental.reusedCount == change.reused)
                if reader == .direct { expectEqual(incremental, full) }
                #expect(incremental.source.manifest.bytes == full.source.manifest.bytes)
            }
        }
    }

    /// And back again, so that each change is also taken in the other direction.
    @Test(arguments: changes) func givesWhatAFullReadingGivesBackwards(_ change: Change) throws {
        try GitRepository.with { repository in
            try repository.commit(change.files)
            let earlier = Self.earlier(try repository.read())
            try repository.commit(Self.before)
            expectEqual(try repository.read { $0.earlier = earlier }, try repository.read())
        }
    }

    @Test func aSubmoduleIsReadInFull() throws {
        try GitRepository.with { repository in
            let link = CommittedFile(
                Array("sub".utf8),
                Array(String(repeating: "12", count: 20).utf8),
                mode: "160000"
            )
            try repository.commit(Self.before)
            let without = Self.earlier(try repository.read())
            try repository.commit(Self.before + [link])
            let with = Self.earlier(try repository.read())
            for earlier in [without, with] {
                let reading = try repository.read { $0.earlier = earlier }
                #expect(reading.reusedCount == 0)
                expectEqual(reading, try repository.read())
                #expect(reading.notes.contains("unresolved-submodule sub"))
            }
            // In a directory that is new as a whole.
            try repository.commit([CommittedFile(Array("n/sub".utf8), link.content, mode: "160000")])
            let reading = try repository.read { $0.earlier = without }
            #expect(reading.reusedCount == 0)
            expectEqual(reading, try repository.read())
        }
    }

    @Test func anEarlierCommitThatIsGoneIsReadInFull() throws {
        try GitRepository.with { repository in
            try repository.commit(Self.before)
            let earlier = Self.earlier(try repository.read())
            let tree = try repository.git("rev-parse", "HEAD^{tree}")
            try repository.commit([CommittedFile("a", "a\n")])
            try FileManager.default.removeItem(atPath: repository.loose(tree))
            let reading = try repository.read { $0.earlier = earlier }
            #expect(reading.reusedCount == 0)
            expectEqual(reading, try repository.read())
        }
    }

    @Test func anEarlierDirectoryIsNotReused() throws {
        try GitRepository.with { repository in
            try repository.commit(Self.before)
            let full = try repository.read()
            let details = SourceDetails(entries: 12, bytes: full.source.bytes)
            let reading = try repository.read {
                $0.earlier = EarlierSource(manifest: full.source.manifest, details: details)
            }
            #expect(reading.reusedCount == 0)
            expectEqual(reading, full)
        }
    }

    /// A tree whose every directory is new and holds the same million files is counted before it is read.
    @Test func aTreeBombIsRefusedAllTheSame() throws {
        try GitRepository.with { repository in
            try repository.commit(Self.before)
            let earlier = Self.earlier(try repository.read())
            var id = try repository.object("blob", Array("x".utf8))
            for level in 0..<20 {
                let mode = level == 0 ? "100644" : "40000"
                let target = Hex.decode(Array(id.utf8)) ?? []
                id = try repository.object(
                    "tree",
                    ["a", "b"].flatMap { Array("\(mode) \($0)\0".utf8) + target }
                )
            }
            let target = Hex.decode(Array(id.utf8)) ?? []
            let names = (0..<9).flatMap { Array("40000 new\($0)\0".utf8) + target }
            try repository.commit(tree: try repository.object("tree", names))
            let finding = try #require(try repository.refusal { $0.earlier = earlier }?.first)
            #expect(finding.found == "more than 2000000 entries when expanded")
        }
    }

    /// What is read is checked as strictly as ever; what is not read is not vouched for again.
    @Test func changedFilesAreChecked() throws {
        try GitRepository.with { repository in
            try repository.commit(Self.before)
            let earlier = Self.earlier(try repository.read())
            try repository.commit(Self.before + [CommittedFile("new", "new!\n")])
            let other = try repository.object("blob", Array("evil\n".utf8))
            try repository.replaceLoose(try repository.git("rev-parse", "HEAD:new"), with: other)
            #expect(try repository.refusal { $0.earlier = earlier }?.map(\.rule) == [.objectMismatch])
        }
    }
}
