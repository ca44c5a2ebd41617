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

/// What a repository is told about, and what ends the reading.
@Suite struct RepositoryTruthTests {
    private func commit(_ repository: GitRepository) throws -> String {
        let first = try repository.commit([CommittedFile("a", "a\n"), CommittedFile("b", "b\n")])
        let second = try repository.commit([CommittedFile("a", "a\n"), CommittedFile("b", "b\n"), CommittedFile("c")])
        try repository.git("reset", "-q", "--hard")
        #expect(try repository.read().notes.isEmpty)
        return first == second ? "" : second
    }

    private func found(_ repository: GitRepository) throws -> [String] {
        try repository.read().source.findings.map {
            "\($0.rule.rawValue) \($0.effect.rawValue) \($0.escapedPath ?? $0.found ?? "")"
        }
    }

    @Test func replaceRefs() throws {
        try GitRepository.with { repository in
            let id = try commit(repository)
            try repository.git("replace", id, "HEAD~1")
            let note = "replace-ref fails refs/replace/\(id)"
            let reading = try repository.read()
            #expect(try found(repository) == [note])
            // The replacement is not what is read.
            #expect(reading.commit.hex == id && reading.source.manifest.count == 3)
            try repository.git("pack-refs", "--all")
            #expect(try found(repository) == [note])
        }
    }

    @Test(arguments: [
        ("info/grafts", "graft"), ("objects/info/alternates", "alternates"), ("info/attributes", "info-attributes"),
        ("info/exclude", "info-exclude"),
    ])
    func filesWithLines(_ file: String, _ rule: String) throws {
        try GitRepository.with { repository in
            let id = try commit(repository)
            try repository.write(".git/\(file)", "# a comment\n\n  # another\n")
            #expect(try found(repository) == [])
            let line = file == "info/grafts" ? id : "/nowhere"
            try repository.write(".git/\(file)", "# a comment\n\(line)\n/second \u{1B}[2J\n")
            #expect(try found(repository) == ["\(rule) notice \(file): \(line) (and 1 more)"])
        }
    }

    @Test func shallow() throws {
        try GitRepository.with { repository in
            let id = try commit(repository)
            try repository.git("clone", "-q", "--depth=1", "file://\(repository.path)", repository.folder + "/clone")
            let clone = GitRepository(path: repository.folder + "/clone")
            #expect(try found(clone) == ["shallow notice shallow: \(id)"])
        }
    }

    @Test func indexFlags() throws {
        try GitRepository.with { repository in
            _ = try commit(repository)
            try repository.git("update-index", "--assume-unchanged", "a")
            try repository.git("update-index", "--skip-worktree", "b", "c")
            let notes = ["skip-worktree notice b", "skip-worktree notice c", "assume-unchanged notice a"]
            #expect(try found(repository) == notes)
            try repository.git("update-index", "--index-version", "4")
            #expect(try found(repository) == notes)
            try repository.git("update-index", "--split-index")
            let split = "the index cannot be read: it is split, and its flags stand in another file"
            #expect(try found(repository) == ["skip-worktree notice \(split)"])
            try repository.write(".git/index", "nonsense")
            let nonsense = "the index cannot be read: not an index of version 2, 3 or 4"
            #expect(try found(repository) == ["skip-worktree notice \(nonsense)"])
        }
    }
}

/// Repositories that do not give the tree their ids promise, or give none.
@Suite struct RefusalTests {
    private func rules(_ findings: [Finding]?) -> [String]? {
        findings?.map { "\($0.rule.rawValue) \($0.effect.rawValue) \($0.escapedPath ?? "-")" }
    }

    @Test(arguments: [ObjectReader.direct, .library]) func swappedBlobs(_ reader: ObjectReader) throws {
        try GitRepository.with { repository in
            try repository.commit([CommittedFile("d/good", "good\n"), CommittedFile("other", "evil\n")])
            let good = try repository.git("rev-parse", "HEAD:d/good")
            try repository.replaceLoose(good, with: try repository.git("rev-parse", "HEAD:other"))
            #expect(try rules(repository.refusal { $0.reader = reader }) == ["object-mismatch fails d/good"])
        }
    }

    @Test func swappedTreesAndCommits() throws {
        try GitRepository.with { repository in
            let id = try repository.commit([CommittedFile("d/a", "a"), CommittedFile("e/b", "b")])
            let (d, e) = (try repository.git("rev-parse", "HEAD:d"), try repository.git("rev-parse", "HEAD:e"))
            let other = try repository.commit([CommittedFile("x")], branch: "other")
            try repository.replaceLoose(d, with: e)
            #expect(try rules(repository.refusal()) == ["object-mismatch fails d"])
            try repository.replaceLoose(id, with: other)
            // libgit2 reads the commit when it resolves the revision, and refuses it there.
            #expect(throws: (any Error).self) { try repository.read() }
        }
    }

    @Test(arguments: [ObjectReader.direct, .library]) func missingObjects(_ reader: ObjectReader) throws {
        try GitRepository.with { repository in
            try repository.commit([CommittedFile("d/a", "a"), CommittedFile("d/b", "b"), CommittedFile("c", "c")])
            try FileManager.default.removeItem(atPath: repository.loose(repository.git("rev-parse", "HEAD:d/a")))
            #expect(try rules(repository.refusal { $0.reader = reader }) == ["missing-object inconclusive d/a"])
            try FileManager.default.removeItem(atPath: repository.loose(repository.git("rev-parse", "HEAD:d")))
            #expect(try rules(repository.refusal { $0.reader = reader }) == ["missing-object inconclusive d"])
        }
    }

    @Test func malformedTreesAreNamed() throws {
        try GitRepository.with { repository in
            let blob = try repository.object("blob", Array("x".utf8))
            let id = try #require(Hex.decode(Array(blob.utf8)))
            let entry = { (mode: String, name: String) in Array("\(mode) \(name)\0".utf8) + id }
            for (content, path, found) in [
                (entry("100664", "a"), "a", "a mode git does not write: 100664"), (entry("100644", ".."), "..", ""),
                (entry("100644", "b") + entry("100644", "a"), "a", "entries out of order"),
                (entry("100644", "a") + entry("100644", "a"), "a", "a name twice"),
                (entry("120000", ".gitmodules"), ".gitmodules", ""), (entry("100644", "a/b"), "a/b", ""),
                (Array(entry("100644", "a").dropLast()), "", "an entry is cut off"),
            ] {
                let inner = try repository.object("tree", content)
                let outer = try repository.object(
                    "tree",
                    Array("40000 sub\0".utf8) + (Hex.decode(Array(inner.utf8)) ?? [])
                )
                try repository.commit(tree: outer)
                let finding = try #require(try repository.refusal()?.first)
                #expect(finding.rule == .malformedTree && finding.effect == .fails)
                #expect(finding.escapedPath == "sub/" + path)
                #expect(finding.found?.hasPrefix(found) == true)
            }
        }
    }

    @Test func aTreeBombIsCountedNotWritten() throws {
        try GitRepository.with { repository in
            var id = try repository.object("blob", Array("x".utf8))
            for level in 0..<30 {
                let mode = level == 0 ? "100644" : "40000"
                let target = Hex.decode(Array(id.utf8)) ?? []
                id = try repository.object(
                    "tree",
                    Array("\(mode) a\0".utf8) + target + Array("\(mode) b\0".utf8) + target
                )
            }
            try repository.commit(tree: id)
            let finding = try #require(try repository.refusal()?.first)
            #expect(finding.rule == .malformedTree)
            #expect(finding.found == "more than 2000000 entries when expanded")
        }
    }

    @Test func chainsOfTagsEnd() throws {
        try GitRepository.with { repository in
            var id = try repository.commit([CommittedFile("a")])
            var kind = "commit"
            var ids: [String] = []
            for number in 1...33 {
                let text = "object \(id)\ntype \(kind)\ntag t\(number)\ntagger A <a@b> 1 +0000\n\nm\n"
                id = try repository.object("tag", Array(text.utf8))
                kind = "tag"
                ids.append(id)
            }
            #expect(try repository.read(ids[31]).source.git?.tag?.object.hex == ids[31])
            #expect(try rules(repository.refusal(ids[32])) == ["object-mismatch fails -"])
        }
    }

    @Test func treesAndBlobsAreNoCommits() throws {
        try GitRepository.with { repository in
            try repository.commit([CommittedFile("a")])
            for revision in ["HEAD:a", "HEAD^{tree}"] {
                #expect(try rules(repository.refusal(revision)) == ["object-mismatch fails -"])
            }
        }
    }

    @Test func unknownRevisions() throws {
        try GitRepository.with { repository in
            #expect(throws: RevisionUnknown.self) { try repository.read() }
            try repository.commit([CommittedFile("a")])
            for revision in ["nowhere", "HEAD~1", "", "HEAD@{5}", "\u{1B}[2J", String(repeating: "0", count: 40)] {
                let error = #expect(throws: RevisionUnknown.self, "\(revision)") { try repository.read(revision) }
                #expect(error?.revision == Array(revision.utf8))
                #expect(error?.description.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } == true)
            }
        }
    }

    @Test func otherPlacesAreNoRepositories() throws {
        try GitRepository.with { repository in
            try repository.commit([CommittedFile("a")])
            try repository.write("directory/file", "")
            for place in ["/nowhere", "/directory", "/directory/file"] {
                let error = #expect(throws: RepositoryRefused.self) { try repository.read(at: repository.path + place) }
                #expect(error?.refusal == .noRepository, "\(place): \(error?.description ?? "")")
            }
        }
    }

    @Test func aSHA256RepositoryIsNamed() throws {
        try GitRepository.with(["--object-format=sha256"]) { repository in
            let error = #expect(throws: RepositoryRefused.self) { try repository.read() }
            #expect(error?.refusal == .sha256Repository)
            #expect(error?.description.contains("libgit2 1.6") == true)
        }
    }
}
