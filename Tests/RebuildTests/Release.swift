import Attestations
import BuildStatements
import Encodings
import Foundation
import StatementWriting
import TestSupport
import Testing

@testable import Rebuild

/// A release in a directory: a sealed source, keys, and the program that is tested.
struct Release {
    static let program = BuiltPrograms.path("vitrine")
    /// Where everything is; the program runs there.
    let folder: String

    /// Seals a source with this definition as version 1 of `p`, and passes the release to `body`.
    static func with(
        _ script: String,
        toolchain: String? = nil,
        environment: String = #"{"PATH":"/usr/bin:/bin"}"#,
        more: String = "",
        files: [String: String] = ["hello.txt": "hello\n"],
        _ body: (Release) throws -> Void
    ) throws {
        let bytes = try BuildSample.definition(
            script,
            toolchain: toolchain,
            environment: environment,
            more: more
        )
        let definition = String(decoding: bytes, as: UTF8.self)
        try BuildSample.with(files.merging([BuildDefinition.fileName: definition]) { $1 }) { sample in
            let release = Release(folder: sample.scratch)
            for name in ["release", "rebuilder"] {
                #expect(try release.run(["key", "new", "--out", name, "--no-passphrase"]).status == 0)
            }
            try release.seal()
            try body(release)
        }
    }

    /// Runs the program, with these variables beside those of the tests.
    func run(_ arguments: [String], under variables: [String] = []) throws -> Command {
        try Command.run("env", variables + [Release.program] + arguments, in: folder)
    }

    /// Seals the source as it is now.
    func seal(_ product: String = "p", _ version: String = "1") throws {
        let sealed = try run([
            "seal", "source", "--directory", "--product", product, "--version", version, "--key", "release.key.pem",
        ])
        try #require(sealed.status == 0, "\(sealed.errors)")
    }

    /// Builds, with the provenance signed by the rebuilder.
    func build(_ release: String = "p/1", out: String = "built") throws -> Command {
        try run([
            "build", "source", "--directory", "--evidence", "manifests/\(release)", "--key", "rebuilder.key.pem",
            "--out", out,
        ])
    }

    /// Rebuilds what was shipped.
    func rebuild(
        _ shipped: String,
        _ more: [String] = [],
        of release: String = "p/1",
        out: String = "rebuilt",
        under variables: [String] = []
    ) throws -> Command {
        let trust = more.contains("--policy") ? [] : ["--trust", "release.pub.pem"]
        let words = [
            "rebuild", "manifests/\(release)", "--source", "source", "--directory", "--shipped", shipped, "--out", out,
        ]
        return try run(words + trust + more, under: variables)
    }

    /// Judges what was shipped by the evidence, where the rebuilder is trusted.
    func verify(_ shipped: String, of release: String = "p/1", _ policy: String? = nil) throws -> Command {
        let trust = ["--trust", "release.pub.pem", "--rebuilder", "rebuilder.pub.pem"]
        let words = ["verify", "manifests/\(release)", "--source", "source", "--directory", "--build", shipped]
        return try run(words + (policy.map { ["--policy", $0] } ?? trust))
    }

    /// The envelopes of the evidence, line by line.
    func envelopes(of release: String = "p/1") throws -> [Substring] {
        try read("manifests/\(release)/attestations.intoto.jsonl").split(separator: "\n")
    }

    /// Adds envelopes to the evidence.
    func append(_ envelopes: some Sequence<Substring>, to release: String) throws {
        let path = "manifests/\(release)/attestations.intoto.jsonl"
        try write(try read(path) + envelopes.map { $0 + "\n" }.joined(), to: path)
    }

    /// The statements of the evidence, in their order.
    func statements(of release: String = "p/1") throws -> [Statement] {
        let lines = try TestFile.read("\(folder)/manifests/\(release)/attestations.intoto.jsonl")
        return try EnvelopeLines(parsing: lines).envelopes.map { try Statement(parsing: $0.payload) }
    }

    /// The last statement of the evidence, which must be a rebuild record.
    func lastRecord(of release: String = "p/1") throws -> RebuildRecord {
        try #require(try statements(of: release).last.flatMap { try RebuildRecord($0) })
    }

    /// A file, as text.
    func read(_ path: String) throws -> String {
        String(decoding: try TestFile.read(folder + "/" + path), as: UTF8.self)
    }

    func write(_ text: String, to path: String) throws {
        try TestFile.write(Array(text.utf8), to: folder + "/" + path)
    }

    func makeDirectory(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: folder + "/" + path, withIntermediateDirectories: true)
    }

    func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: folder + "/" + path) }

    /// What a command that ended must not leave.
    func expectNoLeftovers() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(!names.contains { $0.hasPrefix(".vitrine") })
    }
}
