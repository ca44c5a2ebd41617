import Disclosures
import Encodings
import Foundation
import Merkle
import MerkleProofs
import PureSHA256
import SourceManifest
import Testing

/// The examples of docs/formats are made here once more and must be the same bytes.
@Suite struct DocumentTests {
    /// The examples of a page: what stands between lines of three backquotes.
    private func examples(_ page: String) throws -> [String] {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 {
            folder.deleteLastPathComponent()
        }
        let data = try Data(contentsOf: folder.appendingPathComponent("docs/formats/\(page).md"))
        let parts = ("\n" + String(decoding: data, as: UTF8.self)).components(separatedBy: "\n```\n")
        return parts.indices.filter { $0 % 2 == 1 }.map { parts[$0] + "\n" }
    }

    private func manifest() throws -> Manifest {
        var writer = ManifestWriter()
        for entry in try [
            Samples.entry("README.md", "Read me.\n"),
            Samples.entry("build.sh", "#!/bin/sh\nmake\n", mode: .executable),
            Samples.entry("caf%C3%A9.txt", "open\n"),
            Samples.entry("latest", "src/main.c", mode: .symbolicLink),
            Samples.entry("src-old/main.c", "int main(void) { return 1; }\n"),
            Samples.entry("src/main.c", "int main(void) { return 0; }\n"),
            Samples.entry("vendor/zlib", String(repeating: "5", count: 40), mode: .submodule),
        ] {
            try writer.append(entry)
        }
        return writer.finish()
    }

    private func secretFile() throws -> SecretFile {
        try SecretFile(
            secret: #require(BlindingSecret(Array(0..<32))),
            decoys: 1,
            details: .object([.init("entries", .integer(7))]),
            manifest: manifest()
        )
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func manifestPage() throws {
        var hasher = PureSHA256()
        let manifest = try manifest()
        let first = manifest.entry(at: 0).line
        #expect(
            try examples("manifest") == [
                text(manifest.bytes), manifest.root(using: &hasher).hex + "\n",
                leafHash(of: first.span, using: &hasher).hex + "\n",
            ]
        )
        #expect(try Manifest(parsing: Array(examples("manifest")[0].utf8)) == manifest)
    }

    @Test func blindedPage() throws {
        var hasher = PureSHA256()
        let file = try secretFile()
        let blinded = try file.blinded(using: &hasher)
        #expect(
            try examples("blinded") == [
                text(blinded.bytes), blinded.root(using: &hasher).hex + "\n", text(file.bytes),
                file.detailsCommitment(using: &hasher).hex + "\n",
            ]
        )
        #expect(try SecretFile(parsing: Array(examples("blinded")[2].utf8)).bytes == file.bytes)
    }

    @Test func disclosurePage() throws {
        var hasher = PureSHA256()
        let file = try secretFile()
        let manifest = file.manifest
        let tree = manifest.tree(using: &hasher)
        let items = try ["README.md", "sr", "src"].map { try manifest.disclose(Samples.path($0), tree: tree) }
        let open = Disclosure(form: .open, envelopes: [], items: items)
        let blinded = try file.blinded(using: &hasher)
        let blindedTree = blinded.tree(using: &hasher)
        let opened = Disclosure(
            form: .blinded,
            envelopes: [],
            items: try file.disclose(Samples.path("README.md"), of: blinded, tree: blindedTree, using: &hasher)
        )
        #expect(try examples("disclosure") == [text(open.bytes), text(opened.bytes)])
        let read = try examples("disclosure").map { try Disclosure(parsing: Array($0.utf8)) }
        try read[0].check(size: UInt64(manifest.count), root: tree.root, using: &hasher)
        try read[1].check(size: UInt64(blinded.count), root: blindedTree.root, using: &hasher)
    }
}
