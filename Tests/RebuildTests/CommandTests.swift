import Attestations
import BuildStatements
import Encodings
import Foundation
import StatementWriting
import TestSupport
import Testing

@testable import Rebuild

/// `vitrine build` and `vitrine rebuild` as a person runs them.
@Suite(.enabled(if: BuildSample.hasSandbox, Comment(rawValue: BuildSample.absent)))
struct CommandTests {
    @Test func buildsAndRebuilds() throws {
        try Release.with("cat hello.txt > out") { release in
            let built = try release.build()
            #expect(built.status == 0, "\(built.errors)")
            let provenance = try #require(try release.statements().last)
            #expect(provenance.predicateType == Provenance.type)
            #expect(provenance.subjects.count == 1)
            // Provenance alone is a claim: it makes no pass.
            let claimed = try release.verify("built/outputs/out")
            #expect(claimed.status == 3)

            let rebuilt = try release.rebuild("built/outputs/out", ["--key", "rebuilder.key.pem"])
            #expect(rebuilt.status == 0, "\(rebuilt.errors)")
            #expect(rebuilt.text.hasPrefix("PASSED"))
            let record = try release.lastRecord()
            #expect(record.result == .reproduced)
            #expect(record.toolchain.contains { $0.name == "coreutils" })
            #expect(try TestFile.read(release.folder + "/rebuilt/rebuild.json") == record.payload)
            let later = try release.verify("built/outputs/out")
            #expect(later.status == 0)
            try release.expectNoLeftovers()
        }
    }

    @Test func aBadResultIsSignedToo() throws {
        try Release.with("cat hello.txt > out") { release in
            try release.write("hello\nevil\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--key", "rebuilder.key.pem", "--html", "page.html"])
            #expect(rebuilt.status == 1)
            #expect(rebuilt.text.hasPrefix("FAILED"))
            let record = try release.lastRecord()
            #expect(record.result == .different)
            #expect(record.account.unexplained == 5)
            #expect(release.has("page.html"))
        }
    }

    @Test func nothingIsBuiltOfASourceThatIsNotVerified() throws {
        try Release.with("cat hello.txt > out; echo ran > /source/../tmp/x") { release in
            try release.write("hello\n", to: "out")
            try release.write("evil\n", to: "source/hello.txt")
            let count = try release.statements().count
            let rebuilt = try release.rebuild("out", ["--key", "rebuilder.key.pem"])
            #expect(rebuilt.status == 1)
            #expect(rebuilt.errors.contains("not built: the source is not verified"))
            #expect(!release.has("rebuilt"))
            #expect(try release.statements().count == count)
            try release.expectNoLeftovers()
            let built = try release.build()
            #expect(built.status == 1)
            #expect(built.errors.contains("the source is not that of the evidence"))
            #expect(!release.has("built"))
        }
    }

    @Test func anotherKeyThanTheTrustedOneBuildsNothing() throws {
        try Release.with("cat hello.txt > out") { release in
            try release.write("hello\n", to: "out")
            let rebuilt = try release.run([
                "rebuild", "manifests/p/1", "--source", "source", "--directory", "--shipped", "out", "--trust",
                "rebuilder.pub.pem", "--out", "rebuilt",
            ])
            #expect(rebuilt.status == 1)
            #expect(!release.has("rebuilt"))
        }
    }

    @Test func aMissingOutputIsNotRebuildableWithTheLog() throws {
        try Release.with("echo trouble; exit 7") { release in
            try release.write("hello\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--key", "rebuilder.key.pem"])
            #expect(rebuilt.status == 3)
            #expect(rebuilt.errors.contains("not-rebuildable: a command ended with status 7"))
            let log = try TestFile.read(release.folder + "/rebuilt/build.log")
            #expect(String(decoding: log, as: UTF8.self) == "vitrine: command 1 of 1\ntrouble\n")
            let record = try release.lastRecord()
            #expect(record.result == .notRebuildable && record.log?.size == UInt64(log.count))
        }
    }

    @Test func aShippedFileThatNoOutputIsCalledBecomesUnexplained() throws {
        try Release.with("cat hello.txt > out") { release in
            try release.makeDirectory("ship")
            try release.write("hello\n", to: "ship/out")
            try release.write("extra", to: "ship/extra")
            let rebuilt = try release.rebuild("ship")
            #expect(rebuilt.status == 1)
            #expect(rebuilt.text.contains("extra"))
        }
    }

    @Test func aDeclaredFileOfOthersIsExplained() throws {
        let firmware = Array("firmware".utf8)
        let hex = try Command.run("sha256sum", [], input: firmware).text.prefix(64)
        try Release.with("cat hello.txt > out", more: #","thirdParty":[{"name":"f","sha256":"\#(hex)"}]"#) { release in
            try release.makeDirectory("ship")
            try release.write("hello\n", to: "ship/out")
            try TestFile.write(firmware, to: release.folder + "/ship/firmware.bin")
            let rebuilt = try release.rebuild("ship")
            #expect(rebuilt.status == 0, "\(rebuilt.text)")
        }
    }

    /// A toolchain directory that is, or holds, what was shipped makes a copy look like a rebuild.
    @Test(.enabled(if: BuildSample.hasTrace && getuid() == 0, "needs strace, a sandbox, and root"))
    func whatWasShippedIsNoToolchain() throws {
        try BuildSample.withToolDirectory(["blob": "payload\n"]) { tool, toolchain in
            let bytes = try BuildSample.definition("cat \(tool)/blob > out", toolchain: toolchain)
            try Release.with("true") { release in
                try release.write(String(decoding: bytes, as: UTF8.self), to: "definition.json")
                let options = ["--definition", "definition.json", "--trace"]
                let overlap = try release.rebuild(tool + "/blob", options)
                #expect(overlap.status == 2 && overlap.errors.contains("overlaps with"), "\(overlap.errors)")
                try release.write("payload\n", to: "out")
                let copied = try release.rebuild("out", options)
                #expect(copied.status == 3, "\(copied.text) \(copied.errors)")
                #expect(copied.errors.contains("which has the SHA-256 of the shipped out"))
            }
        }
    }

    @Test func anEmptyFileCannotBeDeclaredAsSomebodyElses() throws {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        let declared = #","thirdParty":[{"name":"e","sha256":"\#(empty)"}]"#
        try Release.with("cat hello.txt > out", more: declared) { release in
            try release.makeDirectory("ship")
            try release.write("hello\n", to: "ship/out")
            try release.write("", to: "ship/py.typed")
            let rebuilt = try release.rebuild("ship")
            #expect(rebuilt.status == 1 && rebuilt.text.contains("rebuild-differs: py.typed"), "\(rebuilt.text)")
        }
    }

    @Test func aLinkAmongTheOutputsIsTold() throws {
        try Release.with("mkdir out; cat hello.txt > out/file; ln -s /etc/shadow out/lnk") { release in
            let built = try release.build()
            #expect(built.status == 0, "\(built.errors)")
            #expect(built.text.contains("link      out/lnk -> /etc/shadow"))
        }
    }

    @Test func resultsAreNeverOverwritten() throws {
        try Release.with("cat hello.txt > out") { release in
            try release.write("hello\n", to: "out")
            try release.write("mine", to: "rebuilt")
            let rebuilt = try release.rebuild("out")
            #expect(rebuilt.status == 1)
            #expect(try TestFile.read(release.folder + "/rebuilt") == Array("mine".utf8))
        }
    }

    /// A root file system without libfaketime: what was not varied is told, and is no reason to fail.
    @Test func aClockThatCannotBeVariedIsTold() throws {
        try TemporaryDirectory.with { folder in
            let toolchain = BuildSample.toolchain(try BuildSample.makeRoot(in: folder), in: folder)
            try Release.with("cat hello.txt > out", toolchain: toolchain) { release in
                try release.write("hello\n", to: "out")
                let rebuilt = try release.rebuild("out", ["--vary", "--html", "page.html"])
                #expect(rebuilt.status == 0, "\(rebuilt.errors)\(rebuilt.text)")
                #expect(rebuilt.errors.contains("not varied: clock: the toolchain is a root file system"))
                #expect(!rebuilt.errors.contains("no output depends on time, clock"))
                #expect(rebuilt.text.contains("build-varies"))
                let page = String(decoding: try TestFile.read(release.folder + "/page.html"), as: UTF8.self)
                #expect(page.contains("? not tried"))
            }
        }
    }

    @Test(arguments: [
        ("cat /proc/sys/kernel/hostname > out", "host name"), ("pwd > out", "build path"), ("id -u > out", "user"),
        ("echo $LC_ALL > out", "locale"), ("echo $TZ > out", "time zone"), ("nproc > out", "processor count"),
    ])
    func variationNamesWhatChangesAnOutput(_ script: String, _ name: String) throws {
        // Shipped as the fixed surroundings make it: reproduced, and still no status 0.
        guard name != "processor count" || ProcessInfo.processInfo.processorCount > 1 else { return }
        try Release.with(script) { release in
            let built = try release.build()
            #expect(built.status == 0, "\(built.errors)")
            let rebuilt = try release.rebuild("built/outputs/out", ["--vary"])
            #expect(rebuilt.text.hasPrefix("INCONCLUSIVE"))
            #expect(rebuilt.text.contains("inconclusive: build-varies"))
            #expect(rebuilt.status == 3)
            #expect(rebuilt.errors.contains("varied: \(name) alone: out differs"), "\(rebuilt.errors)")
            let blamed = rebuilt.errors.split(separator: "\n").filter { $0.contains(" alone: ") }
            #expect(blamed.count == 1)
        }
    }

    @Test func aSecondToolchainIsCompared() throws {
        let packages = try BuildSample.packages()
        try Release.with("cat hello.txt > out", more: #","secondToolchain":\#(packages)"#) { release in
            try release.write("hello\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--second-toolchain"])
            #expect(rebuilt.status == 0, "\(rebuilt.errors)")
            #expect(rebuilt.errors.contains("second toolchain: every output is identical"))
        }
        let second = packages.dropLast() + #","environment":{"CC":"clang"}}"#
        try Release.with("echo ${CC:-gcc} > out", more: #","secondToolchain":\#(second)"#) { release in
            try release.write("hello\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--second-toolchain"])
            #expect(rebuilt.errors.contains("second toolchain: out differs"))
            #expect(rebuilt.text.hasPrefix("FAILED") && rebuilt.text.contains("fails: toolchains-disagree"))
            #expect(rebuilt.status == 1)
        }
        try Release.with("cat hello.txt > out") { release in
            try release.write("hello\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--second-toolchain", "--key", "rebuilder.key.pem"])
            #expect(rebuilt.status == 2)
            // What the first build came to is told all the same.
            #expect(try release.statements().last.flatMap { try RebuildRecord($0) }?.result == .reproduced)
        }
    }

    @Test func aPackageInAnotherVersionIsNamed() throws {
        try Release.with("cat hello.txt > out") { release in
            try release.write("hello\n", to: "out")
            let path = release.folder + "/definition.json"
            let text = String(decoding: try BuildSample.definition("cat hello.txt > out"), as: UTF8.self)
            let range = try #require(text.range(of: #""dash","version":""#))
            try TestFile.write(Array(text.replacingCharacters(in: range, with: #""dash","version":"0"#).utf8), to: path)
            let rebuilt = try release.rebuild("out", ["--definition", "definition.json"])
            #expect(rebuilt.status == 2)
            #expect(rebuilt.errors.contains("dash: version differs: declared 0"))
            try release.expectNoLeftovers()
        }
    }

    @Test(arguments: ["INT", "TERM", "HUP"]) func interruptedItLeavesNothing(_ signal: String) throws {
        try Release.with("trap '' INT TERM HUP; echo started; exec sleep 33333") { release in
            let script = """
                "$0" build source --directory --evidence manifests/p/1 --key rebuilder.key.pem --out built & p=$!
                for i in $(seq 300); do
                    if grep -qs started .vitrine-*.tmp/build.log; then break; fi
                    sleep 0.1
                done
                kill -\(signal) $p
                wait $p
                """
            let ended = try Command.run("sh", ["-c", script, Release.program], in: release.folder)
            #expect(ended.status == 2, "\(ended.errors)")
            #expect(ended.errors.contains("vitrine: interrupted"))
            #expect(!release.has("built"))
            try release.expectNoLeftovers()
            // The system ends the last of them a moment after us.
            let gone = "for i in $(seq 100); do pgrep -f '^sleep 33333$' > /dev/null || exit 0; sleep 0.1; done; exit 1"
            #expect(try Command.run("sh", ["-c", gone]).status == 0)
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can become somebody else"))
    func anOrdinaryUserRebuilds() throws {
        try Release.with("cat hello.txt > out; id -u >> out") { release in
            try release.write("hello\n1000\n", to: "out")
            #expect(try Command.run("chown", ["-R", "65534:65534", release.folder]).status == 0)
            let words = [
                "--reuid", "65534", "--regid", "65534", "--clear-groups", Release.program, "rebuild", "manifests/p/1",
                "--source", "source", "--directory", "--shipped", "out", "--trust", "release.pub.pem", "--out",
                "rebuilt",
            ]
            let rebuilt = try Command.run("setpriv", words, in: release.folder)
            #expect(rebuilt.status == 0, "\(rebuilt.errors)")
        }
    }

    private static let canForbidNamespaces: Bool = {
        let words = ["-Ur", "sh", "-c", "echo 0 > /proc/sys/user/max_user_namespaces"]
        return (try? Command.run("unshare", words))?.status == 0
    }()

    @Test(.enabled(if: canForbidNamespaces, "no namespace to forbid others in"))
    func whereUserNamespacesAreRefusedTheSettingIsNamed() throws {
        try Release.with("cat hello.txt > out") { release in
            try release.write("hello\n", to: "out")
            let script = """
                echo 0 > /proc/sys/user/max_user_namespaces
                exec "$0" rebuild manifests/p/1 --source source --directory --shipped out --trust release.pub.pem --out r
                """
            let ended = try Command.run("unshare", ["-Ur", "sh", "-c", script, Release.program], in: release.folder)
            #expect(ended.status == 2)
            #expect(
                ended.errors.contains("user namespaces are forbidden: user.max_user_namespaces is 0"),
                "\(ended.errors)"
            )
            try release.expectNoLeftovers()
        }
    }
}
