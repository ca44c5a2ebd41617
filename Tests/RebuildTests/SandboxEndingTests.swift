import Attestations
import BuildStatements
import Encodings
import Foundation
import TestSupport
import Testing

@testable import Rebuild

/// How the end of a build is told: what is no fault of the build is never called one.
@Suite(.enabled(if: BuildSample.hasSandbox, Comment(rawValue: BuildSample.absent)))
struct SandboxEndingTests {
    @Test func anUnknownStatusIsNoEnding() throws {
        #expect(throws: SandboxRefused.self) { try Sandbox.ending(of: nil) }
        #expect(throws: SandboxRefused.self) { try Sandbox.ending(of: -1) }
        #expect(try Sandbox.ending(of: 0) == .finished)
        #expect(try Sandbox.ending(of: 3 << 8) == .failed(status: 3))
        #expect(try Sandbox.ending(of: 137 << 8) == .killed(signal: SIGKILL))
        #expect(try Sandbox.ending(of: SIGSEGV) == .killed(signal: SIGSEGV))
    }

    /// Shells and daemons leave it so; the system then tells nobody how a process ended.
    @Test func aCallerThatIgnoresItsChildrenChangesNothing() throws {
        try Release.with("cat hello.txt > out") { release in
            try release.write("hello\n", to: "out")
            let rebuilt = try release.rebuild(
                "out",
                ["--key", "rebuilder.key.pem"],
                under: ["--ignore-signal=CHLD"]
            )
            #expect(rebuilt.status == 0, "\(rebuilt.errors)\(rebuilt.text)")
            #expect(try release.lastRecord().result == .reproduced)
        }
    }

    /// A caller may have less processor time than the build may use: that is no fault of the build.
    @Test func aCallerWithLittleTimeIsRefused() throws {
        try Release.with("cat hello.txt > out") { release in
            try release.write("hello\n", to: "out")
            let count = try release.statements().count
            let rebuilt = try Self.rebuild(release, under: "ulimit -t 3599")
            #expect(rebuilt.status == 2)
            #expect(
                rebuilt.errors.contains(
                    "only 3599 seconds of processor time are allowed here, and the build may use 3600"
                ),
                "\(rebuilt.errors)"
            )
            #expect(try release.statements().count == count)
        }
    }

    /// Rebuilds and signs, where a shell has set a limit before.
    private static func rebuild(_ release: Release, under limit: String) throws -> Command {
        let words = [
            "-c", "\(limit); exec \"$0\" \"$@\"", Release.program, "rebuild", "manifests/p/1", "--source", "source",
            "--directory", "--shipped", "out", "--trust", "release.pub.pem", "--out", "rebuilt", "--key",
            "rebuilder.key.pem",
        ]
        return try Command.run("sh", words, in: release.folder)
    }

    // MARK: Processor time

    @Test(.enabled(if: BuildSample.hasTrace), arguments: [false, true])
    func aBuildThatBurnsProcessorTimeIsKilled(_ isTraced: Bool) throws {
        try BuildSample.with { sample in
            let more = #","limits":{"cpuSeconds":1,"wallSeconds":60}"#
            let result = try sample.build("while :; do :; done", more: more, isTraced: isTraced)
            #expect(result.ending == .killed(signal: SIGKILL))
            #expect(result.failure == "a command was killed by signal 9")
        }
    }

    /// No process of the build needs a second, and strace needs several.
    @Test(.enabled(if: BuildSample.hasTrace)) func theTimeOfStraceIsNotThatOfTheBuild() throws {
        try BuildSample.with { sample in
            let script = """
                opening() { i=0; while [ $i -lt 2000 ]; do : < hello.txt; i=$((i + 1)); done; }
                for n in $(seq 30); do (opening); done
                echo x > out
                """
            let result = try sample.build(script, more: #","limits":{"cpuSeconds":1}"#, isTraced: true)
            #expect(result.ending == .finished, "\(result.failure ?? "")")
            #expect(result.doubt == nil, "\(result.doubt ?? "")")
        }
    }

    // MARK: The log

    /// What is said between two readings of a trace must fit: 64 KiB every 10 ms would be all that a build could say.
    @Test(.enabled(if: BuildSample.hasTrace && Command.find("perl") != nil, "needs strace, a sandbox, and perl"))
    func theLogHoldsAMebibyteAtOnce() throws {
        try BuildSample.with { sample in
            // F_GETPIPE_SZ of linux/fcntl.h.
            let script = #"perl -e 'print fcntl(STDERR, 1032, 0), "\n"' > out"#
            _ = try sample.build(script, isTraced: true)
            #expect(try sample.text("outputs/out") == "1048576\n")
        }
    }

    // MARK: What the system takes

    /// The kernel takes 131,072 bytes of one, its NUL included, and one variable here is called `V0`.
    @Test func aVariableThatIsTooLongIsNamed() throws {
        #expect(try Self.refusal(variables: [131_068]) == nil)
        let reason = "the variable V0 is longer than the system takes: 131072 bytes"
        #expect(try Self.refusal(variables: [131_069]) == reason)
    }

    @Test func commandsThatAreTooLongAreNamed() throws {
        let reason = try #require(try Self.refusal(": \(String(repeating: "x", count: 131_072))"))
        #expect(reason.hasPrefix("the commands are longer than the system takes: 131"), "\(reason)")
    }

    /// Where the stack may be small, the system takes a quarter of that of everything together.
    @Test func allThatIsTooLongTogetherIsNamed() throws {
        let values = (0..<7).map { #","V\#($0)":"\#(String(repeating: "x", count: 130_000))""# }.joined()
        let environment = #"{"PATH":"/usr/bin:/bin"\#(values)}"#
        try Release.with("cat hello.txt > out", environment: environment) { release in
            try release.write("hello\n", to: "out")
            let rebuilt = try Self.rebuild(release, under: "ulimit -s 2048")
            #expect(rebuilt.status == 2)
            let reason = "the commands and variables together are longer than the system takes: "
            #expect(rebuilt.errors.contains(reason), "\(rebuilt.errors)")
            #expect(rebuilt.errors.contains(" bytes of commands and 910"), "\(rebuilt.errors)")
        }
    }

    /// Why a build with variables of these lengths is not started; nil where it is, and ends well.
    private static func refusal(_ script: String = ":", variables: [Int] = []) throws -> String? {
        try BuildSample.with { sample in
            let values = variables.enumerated().map { #","V\#($0)":"\#(String(repeating: "x", count: $1))""# }
            let environment = #"{"PATH":"/usr/bin:/bin"\#(values.joined())}"#
            let bytes = try BuildSample.definition("\(script); echo x > out", environment: environment)
            let definition = try BuildDefinition(parsing: bytes)
            let place = try BuildPlace(try sample.sealed())
            let target = sample.scratch + "/result"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
            let toolchain = try place.prepare(definition.toolchain)
            do {
                let result = try place.build(definition, toolchain, definition.toolchain, into: Array(target.utf8))
                #expect(result.failure == nil, "\(result.failure ?? "")")
                return nil
            } catch let error as SandboxRefused {
                return error.reason
            }
        }
    }
}
