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

/// The awkward trees of the third-party vectors as commits: git's ids, and the root of the same files on disk.
@Suite struct AwkwardCommitTests {
    struct Tree: Decodable, Sendable, CustomTestStringConvertible {
        struct File: Decodable, Sendable {
            let path_b64: Data
            let kind: String
            let mode: String?
            let content_b64: Data
        }

        let name: String
        let files: [File]
        let git_tree_sha1: String
        var testDescription: String { name }
    }

    static let path = "trees/trees.json"

    static var trees: [Tree] {
        guard Vectors.has(path), let bytes = try? Vectors.bytes(path) else { return [] }
        return (try? JSONDecoder().decode([Tree].self, from: Data(bytes))) ?? []
    }

    private func committed(_ file: Tree.File) -> CommittedFile {
        // git keeps one execute bit, the owner's: 0654 is a plain file.
        let mode = file.kind == "symlink" ? "120000" : file.mode == "755" ? "100755" : "100644"
        return CommittedFile(Array(file.path_b64), Array(file.content_b64), mode: mode)
    }

    @Test(.enabled(if: Vectors.has(path), "\(Vectors.absent)"), arguments: trees)
    func commitAndDirectoryAgree(_ vector: Tree) throws {
        try GitRepository.with { repository in
            try repository.commit(vector.files.map(committed))
            let reading = try repository.read()
            #expect(reading.source.git?.tree.hex == vector.git_tree_sha1)
            #expect(reading.source.git?.swhid == Text("swh:1:dir:" + vector.git_tree_sha1))
            #expect(try reading.source.manifest.bytes == repository.expectedManifest())
            #expect(try repository.read { $0.reader = .library }.source.manifest == reading.source.manifest)
            // git writes every one of these trees to disk; only the top-level .git is left out of the directory.
            try repository.git("reset", "-q", "--hard")
            let directory = try DirectorySource.read(Array(repository.path.utf8), ReadingOptions())
            #expect(directory.manifest == reading.source.manifest)
        }
    }

    @Test(.enabled(if: Vectors.has(path), "\(Vectors.absent)"))
    func thereAreTrees() {
        #expect(AwkwardCommitTests.trees.count == 6)
    }
}
