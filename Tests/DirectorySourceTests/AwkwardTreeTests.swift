import Digests
import Encodings
import Foundation
import SourceManifest
import TestSupport
import Testing
import Verification

/// The awkward trees of the third-party vectors, written to disk and read back.
struct AwkwardTreeTests {
    struct Tree: Decodable, Sendable, CustomTestStringConvertible {
        struct File: Decodable, Sendable {
            let path_b64: Data
            let kind: String
            let mode: String?
            let content_b64: Data
            let sha256: String
        }

        let name: String
        let files: [File]
        var testDescription: String { name }
    }

    static let path = "trees/trees.json"

    static var trees: [Tree] {
        guard Vectors.has(path), let bytes = try? Vectors.bytes(path) else { return [] }
        return (try? JSONDecoder().decode([Tree].self, from: Data(bytes))) ?? []
    }

    @Test(.enabled(if: Vectors.has(path), "\(Vectors.absent)"), arguments: trees)
    func readsEveryFileOf(_ vector: Tree) throws {
        try SourceTree.with { tree in
            for file in vector.files {
                if file.kind == "symlink" {
                    try tree.link(Array(file.path_b64), to: Array(file.content_b64))
                } else {
                    let mode = try #require(mode_t(file.mode ?? "", radix: 8))
                    try tree.file(Array(file.path_b64), Array(file.content_b64), mode: mode)
                }
            }
            let expected = vector.files.map { file in
                // git keeps one execute bit, the owner's: 0654 is a plain file.
                let mode = file.kind == "symlink" ? "120000" : file.mode == "755" ? "100755" : "100644"
                let path = String(decoding: TreePath.escape(Array(file.path_b64)), as: UTF8.self)
                return (Array(file.path_b64), "\(mode) \(file.content_b64.count) \(file.sha256) \(path)")
            }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
            #expect(try tree.read().lines == expected.map(\.1))
        }
    }

    @Test(.enabled(if: Vectors.has(path), "\(Vectors.absent)"))
    func thereAreTrees() {
        #expect(AwkwardTreeTests.trees.count == 6)
    }
}
