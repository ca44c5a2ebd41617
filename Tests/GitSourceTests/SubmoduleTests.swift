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

/// Submodules whose objects are at hand, and those whose are not.
@Suite struct SubmoduleTests {
    private static let settings = "[submodule \"lib\"]\n\tpath = sub\n\turl = https://example.org/lib\n"
    private static let library = [CommittedFile("lib.c", "int lib;\n"), CommittedFile("inner/x", "x\n")]

    /// A repository with a submodule at `sub` between names that sort around it; the submodule's commit.
    private func outer(_ repository: GitRepository, link: String = "sub") throws -> String {
        let inner = try module(repository, at: repository.folder + "/lib")
        try repository.commit([
            CommittedFile(".gitmodules", Self.settings), CommittedFile("a", "a"), CommittedFile("sub-x", "x"),
            CommittedFile("sub.d/f", "f"), CommittedFile("sub0", "0"),
            CommittedFile(Array(link.utf8), Array(inner.utf8), mode: "160000"),
        ])
        return inner
    }

    private func module(_ repository: GitRepository, at place: String) throws -> String {
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let module = GitRepository(path: place)
        try module.git("init", "-q")
        return try module.commit(Self.library)
    }

    /// The lines of `outer`, the submodule's own in the place of its link.
    private func resolved(_ repository: GitRepository, _ path: String = "sub") throws -> String {
        let outer = String(decoding: try repository.expectedManifest(), as: UTF8.self).split(separator: "\n")
        let inner = try GitRepository(path: repository.folder + "/lib").expectedManifest()
        let moved = String(decoding: inner, as: UTF8.self).split(separator: "\n").dropFirst().map { line in
            let words = line.split(separator: " ")
            return "\(words[0]) \(words[1]) \(words[2]) \(path)/\(words[3])"
        }
        let kept = outer.dropFirst().filter { !$0.hasPrefix("160000") }.map(String.init)
        let lines = (kept + moved).sorted { left, right in
            let (left, right) = (left.split(separator: " ")[3], right.split(separator: " ")[3])
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        return ([String(outer[0])] + lines).joined(separator: "\n") + "\n"
    }

    @Test(arguments: [".git/modules/lib", ".git/modules/sub", "sub"])
    func resolvedWhereverItsRepositoryIs(_ place: String) throws {
        try GitRepository.with { repository in
            let commit = try outer(repository)
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: repository.path + "/" + place).deletingLastPathComponent().path,
                withIntermediateDirectories: true
            )
            let bare = place.hasPrefix(".git") ? ["--bare"] : []
            try repository.git(["clone", "-q"] + bare + [repository.folder + "/lib", place])
            // Under the path's own name it is looked for only where .gitmodules gives no other.
            if place.hasSuffix("modules/sub") {
                let files = try repository.git(["ls-tree", "HEAD"]).text.split(separator: "\n")
                let kept = files.filter { !$0.hasSuffix(".gitmodules") }.joined(separator: "\n") + "\n"
                try repository.commit(tree: try repository.git(["mktree"], input: Array(kept.utf8)).text)
            }
            for reader in [ObjectReader.direct, .library] {
                let reading = try repository.read { $0.reader = reader }
                #expect(try reading.text == resolved(repository))
                #expect(reading.source.submodules.map(\.path.escaped) == ["sub"])
                #expect(reading.source.submodules.allSatisfy { $0.isResolved && $0.commit.hex == commit })
                #expect(reading.notes.isEmpty)
            }
        }
    }

    @Test func unresolvedIsAGap() throws {
        try GitRepository.with { repository in
            let commit = try outer(repository)
            // A repository without the commit, and one that is none, are as good as nothing.
            try GitRepository(path: repository.path).git("init", "-q", "--bare", ".git/modules/lib")
            try repository.write("sub/file", "file")
            let reading = try repository.read()
            #expect(try reading.source.manifest.bytes == repository.expectedManifest())
            #expect(reading.notes == ["unresolved-submodule sub"])
            #expect(reading.source.findings.map(\.effect) == [.inconclusive])
            #expect(reading.source.submodules.map(\.isResolved) == [false])
            #expect(reading.source.submodules.map(\.commit.hex) == [commit])
        }
    }

    @Test func aSubmoduleThatLacksABlobIsAGap() throws {
        try GitRepository.with { repository in
            _ = try outer(repository)
            try repository.git("clone", "-q", "--no-hardlinks", repository.folder + "/lib", "sub")
            let module = GitRepository(path: repository.path + "/sub")
            try FileManager.default.removeItem(atPath: module.loose(try module.git("rev-parse", "HEAD:lib.c")))
            #expect(try repository.read().notes == ["unresolved-submodule sub"])
        }
    }

    @Test func aSubmoduleWithOtherBytesIsRefused() throws {
        try GitRepository.with { repository in
            _ = try outer(repository)
            try repository.git("clone", "-q", "--no-hardlinks", repository.folder + "/lib", "sub")
            let module = GitRepository(path: repository.path + "/sub")
            let other = try module.object("blob", Array("int evil\n".utf8))
            try module.replaceLoose(try module.git("rev-parse", "HEAD:lib.c"), with: other)
            #expect(try repository.refusal()?.map(\.rule) == [.objectMismatch])
        }
    }

    @Test func nestedSubmodulesAreRead() throws {
        try GitRepository.with { repository in
            let inner = try module(repository, at: repository.folder + "/inner")
            let middlePath = repository.folder + "/middle"
            try FileManager.default.createDirectory(atPath: middlePath, withIntermediateDirectories: true)
            let middle = GitRepository(path: middlePath)
            try middle.git("init", "-q")
            let middleCommit = try middle.commit([
                CommittedFile("m", "m"), CommittedFile(Array("deep".utf8), Array(inner.utf8), mode: "160000"),
            ])
            try middle.git("clone", "-q", "../inner", "deep")
            try repository.commit([
                CommittedFile("o", "o"), CommittedFile(Array("mid".utf8), Array(middleCommit.utf8), mode: "160000"),
            ])
            try FileManager.default.moveItem(atPath: middlePath, toPath: repository.path + "/mid")
            let reading = try repository.read()
            let paths = reading.text.split(separator: "\n").dropFirst().map { $0.split(separator: " ")[3] }
            #expect(paths == ["mid/deep/inner/x", "mid/deep/lib.c", "mid/m", "o"])
            #expect(reading.source.submodules.map(\.path.escaped) == ["mid", "mid/deep"])
            #expect(reading.source.submodules.map(\.isResolved) == [true, true])
        }
    }
}
