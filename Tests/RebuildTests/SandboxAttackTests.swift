import Attestations
import BuildStatements
import Encodings
import Foundation
import Testing
import TestSupport

@testable import Rebuild

/// What a build, or whoever prepared the machine, may try, each with what stops or names it.
@Suite(.enabled(if: BuildSample.hasSandbox, Comment(rawValue: BuildSample.absent)))
struct SandboxAttackTests {
    /// From inside; `BuildAttackTests` has those who write from outside.
    @Test func cannotWriteToTheSealedSource() throws {
        try BuildSample.with { sample in
            let script = """
                for name in /source/hello.txt /source/new; do
                    if (echo evil > $name) 2> /dev/null; then echo "wrote $name" >> out; fi
                done
                if chmod 777 /source 2> /dev/null; then echo chmod >> out; fi
                if mv /source/hello.txt /source/old 2> /dev/null; then echo moved >> out; fi
                cat /source/hello.txt >> out
                """
            let result = try sample.build(script)
            #expect(try sample.text("outputs/out") == "hello\n")
            #expect(result.doubt == nil)
        }
    }

    /// Somebody outside writes to the source while it is built.
    @Test func noticesASourceThatChangedMeanwhile() throws {
        try BuildSample.with { sample in
            let definition = try BuildDefinition(parsing: try BuildSample.definition("cat hello.txt > out"))
            let place = try BuildPlace(try sample.sealed())
            let path = String(decoding: place.workPlace.path, as: UTF8.self) + "/source/hello.txt"
            try TestFile.write(Array("evil\n".utf8), to: path)
            let target = sample.scratch + "/result"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
            let toolchain = try place.prepare(definition.toolchain)
            // The copy for the build is compared with the manifest as it is written.
            #expect(throws: SourceNotWritten.self) {
                _ = try place.build(definition, toolchain, definition.toolchain, into: Array(target.utf8))
            }
        }
    }

    /// The same files in another directory at the path of the written source, before it is mounted.
    @Test func noticesAnotherDirectoryInThePlaceOfTheSource() throws {
        try BuildSample.with { sample in
            let definition = try BuildDefinition(parsing: try BuildSample.definition("cat /source/hello.txt > out"))
            let place = try BuildPlace(try sample.sealed())
            let toolchain = try place.prepare(definition.toolchain)
            func build(into name: String) throws -> BuildResult {
                let target = sample.scratch + "/" + name
                try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
                return try place.build(definition, toolchain, definition.toolchain, into: Array(target.utf8))
            }
            #expect(try build(into: "before").doubt == nil)
            let folder = String(decoding: place.workPlace.path, as: UTF8.self)
            let moved = try Command.run("sh", ["-c", "mv source away && cp -a away source"], in: folder)
            try #require(moved.status == 0)
            let error = #expect(throws: SandboxRefused.self) { try build(into: "moved") }
            #expect(error?.reason == "the written source was moved, and something else put in its place")
            // Put back it is the right one, and was away.
            try #require(try Command.run("sh", ["-c", "rm -r source && mv away source"], in: folder).status == 0)
            #expect(try build(into: "restored").doubt == "the source was changed while it was built")
        }
    }

    /// The names of users, which a build could copy to an output.
    @Test func noticesAccountsThatChangedMeanwhile() throws {
        try BuildSample.with { sample in
            let definition = try BuildDefinition(parsing: try BuildSample.definition("cat /etc/passwd > out"))
            let place = try BuildPlace(try sample.sealed())
            let folder = String(decoding: place.workPlace.path, as: UTF8.self)
            try TestFile.write(Array("evil:x:0:0::/:/bin/sh\n".utf8), to: folder + "/accounts/passwd")
            let target = sample.scratch + "/result"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
            let toolchain = try place.prepare(definition.toolchain)
            let result = try place.build(definition, toolchain, definition.toolchain, into: Array(target.utf8))
            #expect(result.doubt == "the names of users were changed while it was built")
        }
    }

    @Test func writesOutsideReachNothing() throws {
        try BuildSample.with { sample in
            let script = """
                for name in /usr/bin/evil /etc/evil /evil /var/tmp/evil /proc/sys/kernel/hostname /dev/evil; do
                    if (echo x > $name) 2> /dev/null; then echo "wrote $name" >> out; fi
                done
                echo done >> out
                """
            _ = try sample.build(script)
            #expect(try sample.text("outputs/out") == "done\n")
        }
    }

    /// Whatever whoever runs us has; `BuildAttackTests` has what that could do.
    @Test func inheritsNothing() throws {
        unsafe setenv("VITRINE_TEST_CFLAGS", "-DEVIL", 1)
        defer { unsafe unsetenv("VITRINE_TEST_CFLAGS") }
        try BuildSample.with { sample in
            let script = """
                env | cut -d= -f1 | sort > out
                ls -A /root /home /var/cache /var/tmp /mnt /srv /opt /usr/local 2> /dev/null >> out || true
                ls /proc/self/fd | wc -l >> out
                """
            _ = try sample.build(script)
            let lines = try sample.text("outputs/out").split(separator: "\n").map(String.init)
            #expect(
                lines.filter { $0.first?.isLetter == true && $0 == $0.uppercased() }
                    == ["LC_ALL", "PATH", "PWD", "SOURCE_DATE_EPOCH", "TZ"]
            )
            // Standard input, output and error, the directory that ls reads, and none of ours.
            #expect(lines.last?.trimmingCharacters(in: .whitespaces) == "4")
            #expect(!lines.contains { $0.contains("vitrine") })
        }
    }

    @Test func hasNoNetwork() throws {
        try BuildSample.with { sample in
            _ = try sample.build("cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' ' > out")
            #expect(try sample.text("outputs/out") == "lo\n")
        }
    }

    @Test func aBuildThatHangsIsKilled() throws {
        try BuildSample.with { sample in
            let script =
                "trap '' TERM INT HUP; (trap '' TERM; while :; do sleep 77777; done) & while :; do sleep 77777; done"
            let result = try sample.build(script, more: #","limits":{"wallSeconds":1}"#)
            #expect(result.ending == .tooLong(seconds: 1))
            #expect(result.failure == "the build did not end within 1 seconds and was killed")
            #expect(try Command.run("pgrep", ["-f", "^sleep 77777$"]).text.isEmpty)
        }
    }

    /// It never lets the log run empty, and is stopped all the same.
    @Test(.enabled(if: BuildSample.hasTrace), arguments: [false, true])
    func aBuildThatNeverStopsTalkingIsKilled(_ isTraced: Bool) throws {
        try BuildSample.with { sample in
            let more = #","limits":{"wallSeconds":2}"#
            let script = isTraced ? "while :; do : < hello.txt; done" : "yes & yes & wait"
            let result = try sample.build(script, more: more, isTraced: isTraced)
            #expect(result.ending == .tooLong(seconds: 2))
        }
    }

    @Test func aProcessThatStaysBehindIsGone() throws {
        try BuildSample.with { sample in
            let result = try sample.build("(setsid sleep 66666 > /dev/null 2>&1 &); echo x > out")
            #expect(result.ending == .finished)
            #expect(try Command.run("pgrep", ["-f", "^sleep 66666$"]).text.isEmpty)
        }
    }

    @Test func aBuildThatForksWithoutEndIsHeld() throws {
        try BuildSample.with { sample in
            let script = "f() { sleep 55555 & f; }; f"
            let more = #","limits":{"wallSeconds":10,"processes":300}"#
            let result = try sample.build(script, more: more)
            #expect(result.ending != .finished)
            #expect(try sample.text("build.log").contains("Cannot fork"))
            #expect(try Command.run("pgrep", ["-f", "^sleep 55555$"]).text.isEmpty)
        }
    }

    @Test(arguments: ["/build/big", "/tmp/big", "/dev/shm/big"])
    func aBuildThatFillsTheDiskIsHeld(_ path: String) throws {
        try BuildSample.with { sample in
            let more = #","limits":{"diskBytes":1000000}"#
            let result = try sample.build("echo x > out; head -c 3000000 /dev/zero > \(path)", more: more)
            #expect(result.ending == .failed(status: 1) || result.ending == .killed(signal: SIGXFSZ))
            #expect(result.failure != nil)
        }
    }

    /// A file of holes is small in the sandbox and large outside.
    @Test func outputsAreNotLargerThanTheLimit() throws {
        try BuildSample.with { sample in
            let more = #","limits":{"diskBytes":1000000}"#
            let script = "for n in 1 2 3 4; do truncate -s 900000 out/$n; done"
            let result = try sample.build("mkdir out; \(script)", more: more)
            #expect(result.ending == .finished)
            #expect(result.failure?.contains("the outputs are larger than 1000000 bytes") == true)
        }
    }

    @Test func aMissingOutputIsNamed() throws {
        try BuildSample.with { sample in
            let result = try sample.build("echo only this > other", outputs: ["out", "dir/lib"])
            #expect(result.ending == .finished)
            #expect(result.failure == "out: was not made; dir/lib: was not made")
        }
    }

    @Test(arguments: [("ln -s /etc/passwd out", "cannot open"), ("mkfifo out", "is neither file nor directory")])
    func anOutputThatLeadsOutsideIsNotTaken(_ script: String, _ reason: String) throws {
        try BuildSample.with { sample in
            let result = try sample.build(script)
            #expect(result.outputs.isEmpty)
            #expect(result.failure?.contains(reason) == true, "\(result.failure ?? "")")
        }
    }

    @Test func linksWithinTheBuildDirectoryAreFollowed() throws {
        try BuildSample.with { sample in
            let script = "mkdir -p x/debug; echo 1 > x/debug/tool; ln -s debug x/current; ln -s tool x/debug/link"
            let result = try sample.build(script, outputs: ["x/current/tool", "x/debug"])
            #expect(result.failure == nil)
            #expect(result.outputs.map(\.path.escaped) == ["x/current/tool", "x/debug/tool"])
            let link = sample.scratch + "/result/outputs/x/debug/link"
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "tool")
        }
    }

    @Test func aCommandIsNeverABuiltInOfTheShell() throws {
        try BuildSample.with { sample in
            let text = String(decoding: try BuildSample.definition("echo x > out"), as: UTF8.self)
            let changed = text.replacingOccurrences(of: #""commands":["#, with: #""commands":[["cd","/"],"#)
            let definition = try BuildDefinition(parsing: Array(changed.utf8))
            let place = try BuildPlace(try sample.sealed())
            let target = sample.scratch + "/result"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
            let toolchain = try place.prepare(definition.toolchain)
            let result = try place.build(definition, toolchain, definition.toolchain, into: Array(target.utf8))
            #expect(result.ending == .failed(status: 127))
            #expect(try sample.text("build.log").hasPrefix("vitrine: command 1 of 2\n"))
        }
    }

    @Test func theLogHasACeiling() throws {
        try BuildSample.with { sample in
            let count = BuildLog.ceiling + 1_000_000
            let result = try sample.build("head -c \(count) /dev/zero; echo x > out")
            #expect(result.log.size == BuildLog.ceiling)
            // The first line is the name of the command.
            #expect(result.droppedLogCount == 1_000_000 + UInt64("vitrine: command 1 of 1\n".utf8.count))
            #expect(result.failure == nil)
        }
    }

    @Test func nothingStaysBehind() throws {
        try BuildSample.with { sample in
            let definition = try BuildDefinition(parsing: try BuildSample.definition("echo x > out; exit 3"))
            var path = ""
            do {
                let place = try BuildPlace(try sample.sealed())
                path = String(decoding: place.workPlace.path, as: UTF8.self)
                #expect(FileManager.default.fileExists(atPath: path))
                let target = sample.scratch + "/result"
                try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
                let toolchain = try place.prepare(definition.toolchain)
                let result = try place.build(definition, toolchain, definition.toolchain, into: Array(target.utf8))
                #expect(result.ending == .failed(status: 3))
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
