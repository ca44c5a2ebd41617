import BuildStatements
import Encodings
import Foundation
import TestSupport
import Testing

@testable import Rebuild

/// What can be rebuilt beside a sealed directory: a confidential release, and a commit with a submodule.
@Suite(.enabled(if: BuildSample.hasSandbox, Comment(rawValue: BuildSample.absent)))
struct SourceKindTests {
    /// The names of a confidential release are in its secret; without that nobody knows what would be built.
    @Test func aConfidentialReleaseIsRebuiltWithItsSecret() throws {
        try Release.with("cat hello.txt > out") { release in
            let sealed = try release.run([
                "seal", "source", "--directory", "--product", "c", "--version", "1", "--key", "release.key.pem",
                "--confidential",
            ])
            #expect(sealed.status == 0, "\(sealed.errors)")
            let built = try release.build("c/1")
            #expect(built.status == 0, "\(built.errors)")
            let with = try release.rebuild("built/outputs/out", ["--key", "rebuilder.key.pem"], of: "c/1")
            #expect(with.status == 0, "\(with.text)\(with.errors)")
            #expect(try release.lastRecord(of: "c/1").result == .reproduced)

            try release.write("HELLO\n", to: "built/outputs/out")
            let altered = try release.rebuild("built/outputs/out", of: "c/1", out: "altered")
            #expect(altered.status == 1)
            #expect(altered.text.contains("fails: rebuild-differs: out"))

            let kept = URL(fileURLWithPath: release.folder + "/kept")
            try FileManager.default.moveItem(
                at: URL(fileURLWithPath: release.folder + "/manifests/c/1.secret"),
                to: kept
            )
            let without = try release.rebuild("built/outputs/out", of: "c/1", out: "without")
            #expect(without.status == 3)
            #expect(without.text.contains("inconclusive: secret-missing"))
            #expect(without.errors.contains("not built: the source is not verified"))
            #expect(!release.has("without"))
        }
    }

    /// The files of a submodule whose objects are at hand are built like any other; without them nothing is built.
    @Test func aCommitWithASubmoduleIsRebuilt() throws {
        try Release.with("cat hello.txt lib/lib.txt > out") { release in
            let script = """
                set -e; export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always
                export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
                git init -q lib; echo lib > lib/lib.txt; git -C lib add .; git -C lib commit -qm lib
                git init -q source; git -C source submodule -q add "$PWD/lib" lib
                git -C source add .; git -C source commit -qm source; git clone -q --bare source bare.git
                """
            let made = try release.shell(script)
            try #require(made.status == 0, "\(made.errors)")
            let sealed = try release.run([
                "seal", "source", "--product", "s", "--version", "1", "--key", "release.key.pem",
            ])
            #expect(sealed.status == 0, "\(sealed.errors)")
            try release.write("hello\nlib\n", to: "out")
            let whole = try release.rebuildCommit("source")
            #expect(whole.status == 0, "\(whole.text)\(whole.errors)")
            #expect(try release.read("from-source/outputs/out") == "hello\nlib\n")

            // The clone has not the objects of the submodule.
            let gap = try release.rebuildCommit("bare.git")
            #expect(gap.status == 3)
            #expect(gap.text.contains("inconclusive: unresolved-submodule: lib"))
            #expect(gap.errors.contains("not built: the source is not verified"))
            #expect(!release.has("from-bare.git"))
        }
    }
}

extension Release {
    fileprivate func shell(_ script: String) throws -> Command {
        try Command.run("sh", ["-c", script], in: folder)
    }

    fileprivate func rebuildCommit(_ repository: String) throws -> Command {
        try run([
            "rebuild", "manifests/s/1", "--source", repository, "--shipped", "out", "--trust", "release.pub.pem",
            "--out", "from-\(repository)",
        ])
    }
}
