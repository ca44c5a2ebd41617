import Attestations
import Digests
import Encodings
import Foundation
import SigningKeys
import SourceManifest
import TestSupport
import Testing

/// The built program, run on files.
@Suite struct VitrineVerifyTests {
    static let keys: [PrivateKey] = (0..<2).compactMap { _ in try? PrivateKey.generate(.ed25519) }

    /// The program beside the one that runs the tests.
    static let program: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folder = URL(fileURLWithPath: own).deletingLastPathComponent()
        return folder.appendingPathComponent("vitrine-verify").path
    }()

    /// Makes a source, its evidence and public keys in `folder`.
    static func seal(_ folder: String) throws {
        let files = FileManager.default
        for name in ["source", "source/src", "evidence"] {
            try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        var writer = ManifestWriter()
        for (path, content) in [("README.md", "hello\n"), ("src/boot.c", "int main;\n")] {
            let bytes = Array(content.utf8)
            try TestFile.write(bytes, to: "\(folder)/source/\(path)")
            try writer.append(
                Entry(
                    mode: .file,
                    size: UInt64(bytes.count),
                    digest: SHA256.digest(of: bytes),
                    path: try TreePath(Array(path.utf8))
                )
            )
        }
        let manifest = writer.finish()
        var hasher = SHA256()
        let predicate = SourceManifestPredicate(
            release: try #require(ReleaseName(product: "boot", version: "1.2")),
            treeRoot: manifest.root(using: &hasher),
            entries: UInt64(manifest.count),
            view: .directory,
            content: .open(SourceDetails(entries: UInt64(manifest.count), bytes: manifest.totalSize), reused: nil),
            sealedOn: try #require(Timestamp("2026-11-23T22:00:00Z")),
            requiredSigners: keys.map(\.publicKey.keyID)
        )
        let statement = SourceStatement(
            manifestDigest: SHA256.digest(of: manifest.bytes),
            predicate: try #require(predicate)
        )
        let envelope = try Envelope(signing: statement.payload, with: keys)
        try TestFile.write(manifest.bytes, to: "\(folder)/evidence/source.manifest")
        try TestFile.write(EnvelopeLines.line(of: envelope), to: "\(folder)/evidence/attestations.intoto.jsonl")
        for (index, key) in keys.enumerated() {
            try TestFile.write(key.publicKey.pem, to: "\(folder)/\(index).pub.pem")
        }
    }

    static func run(_ arguments: [String], in folder: String) throws -> Command {
        try Command.run("env", [program] + arguments, in: folder)
    }

    static let usual = ["evidence", "--source", "source", "--trust", "0.pub.pem"]

    @Test func endsWithTheStatusOfTheVerdict() throws {
        try TemporaryDirectory.with { folder in
            try Self.seal(folder)
            let passed = try Self.run(Self.usual + ["--trust", "1.pub.pem", "--threshold", "2"], in: folder)
            #expect(passed.status == 0)
            #expect(passed.text.hasPrefix("PASSED: boot 1.2"))
            #expect(passed.errors.isEmpty)
            // One key given twice is one key.
            #expect(try Self.run(Self.usual + ["--trust", "0.pub.pem", "--threshold=2"], in: folder).status == 1)
            try TestFile.write(Array("Hello\n".utf8), to: "\(folder)/source/README.md")
            let failed = try Self.run(Self.usual, in: folder)
            #expect(failed.status == 1)
            #expect(failed.text.contains("content-differs: README.md"))
            try FileManager.default.removeItem(atPath: "\(folder)/evidence/attestations.intoto.jsonl")
            try TestFile.write(Array("hello\n".utf8), to: "\(folder)/source/README.md")
            #expect(try Self.run(Self.usual, in: folder).status == 3)
        }
    }

    @Test func writesOneJSONObject() throws {
        try TemporaryDirectory.with { folder in
            try Self.seal(folder)
            let command = try Self.run(Self.usual + ["--json"], in: folder)
            #expect(command.status == 0)
            #expect(try JSON(parsing: Array(command.text.utf8))["verdict"] == .string("passed"))
            #expect(try Self.run(Self.usual + ["--quiet"], in: folder).text.split(separator: "\n").count == 1)
        }
    }

    @Test(arguments: [
        [], ["evidence"], ["evidence", "--source", "source"], ["--source", "source", "--trust", "0.pub.pem"],
        usual + ["--threshold", "0"], usual + ["--threshold", "x"], usual + ["--threshold", "+1"], usual + ["x"],
        usual + ["--unknown"], usual + ["--json=1"], usual + ["--trust"], usual + ["--policy", "p"],
        usual + ["--quiet", "--verbose"], usual + ["--source", "source"], usual + ["--trust", "missing.pem"],
        usual + ["--trust", "source/README.md"], usual + ["--secret", "missing"],
        ["missing", "--source", "source", "--trust", "0.pub.pem"],
        ["evidence", "--source", "no", "--trust", "0.pub.pem"],
        ["evidence", "--source", "source", "--policy", "source/README.md"],
        ["evidence", "--trust=", "--source=source"],
        usual + ["--build"], usual + ["--build", "missing"], usual + ["--rebuilder", "1.pub.pem"],
        usual + ["--rebuilder-threshold", "1"], usual + ["--build", "source", "--rebuilder", "missing"],
        usual + ["--build", "source", "--rebuilder-threshold", "0"],
        usual + ["--build", "source", "--rebuilder-threshold", "1", "--rebuilder-threshold", "1"],
        ["evidence", "--source", "source", "--policy", "p", "--build", "source", "--rebuilder", "1.pub.pem"],
    ])
    func saysWhenItCouldNotLook(_ arguments: [String]) throws {
        try TemporaryDirectory.with { folder in
            try Self.seal(folder)
            let command = try Self.run(arguments, in: folder)
            #expect(command.status == 2)
            #expect(command.output.isEmpty)
            #expect(command.errors.hasPrefix("vitrine-verify: "))
        }
    }

    @Test func aPassThatCannotBeWrittenIsNoPass() throws {
        try TemporaryDirectory.with { folder in
            try Self.seal(folder)
            let words = ([Self.program] + Self.usual).joined(separator: " ")
            for redirection in ["> /dev/full", ">&-"] {
                #expect(try Command.run("sh", ["-c", "\(words) \(redirection)"], in: folder).status == 2)
            }
            let pipe = "trap '' PIPE; { sleep 0.2; \(words) --verbose; echo $? >&2; } | true"
            #expect(try Command.run("sh", ["-c", pipe], in: folder).errors.hasSuffix("2\n"))
        }
    }

    @Test func helpShowsAnExample() throws {
        try TemporaryDirectory.with { folder in
            let command = try Self.run(["--help"], in: folder)
            #expect(command.status == 0 && command.text.contains("example: vitrine-verify "))
            #expect(try Self.run(["--version"], in: folder).text.hasPrefix("vitrine-verify "))
        }
    }
}
