import Encodings
import Foundation
import Testing
import TestSupport

@testable import Rebuild

/// Real sandboxes: what a build sees, what it cannot do, and how it ends.
@Suite(.enabled(if: BuildSample.hasSandbox, Comment(rawValue: BuildSample.absent)))
struct SandboxTests {
    @Test func buildsWhatTheCommandsSay() throws {
        try BuildSample.with { sample in
            let result = try sample.build("cat hello.txt > out; cat /source/hello.txt >> out")
            #expect(result.ending == .finished)
            #expect(result.failure == nil && result.doubt == nil)
            #expect(result.outputs.map(\.path.escaped) == ["out"])
            #expect(try sample.text("outputs/out") == "hello\nhello\n")
            #expect(try sample.text("build.log") == "vitrine: command 1 of 1\n")
        }
    }

    @Test func looksTheSameEveryTime() throws {
        try BuildSample.with { sample in
            let script =
                "{ env | sort; id; hostname || cat /proc/sys/kernel/hostname; pwd; umask; ls -l --time-style=full-iso hello.txt /source/hello.txt; ls -ld --time-style=full-iso /source; } > out 2>&1"
            let first = try sample.build(script, into: "first")
            let second = try sample.build(script, into: "second")
            #expect(first.failure == nil)
            let text = try sample.text("outputs/out", of: "first")
            #expect(try sample.text("outputs/out", of: "second") == text)
            #expect(first.outputs == second.outputs)
            for line in [
                "TZ=UTC", "LC_ALL=C.UTF-8", "SOURCE_DATE_EPOCH=1700000000", "PATH=/usr/bin:/bin", "build", "/build",
                "0022",
            ] {
                #expect(text.split(separator: "\n").contains(Substring(line)), "\(line) in \(text)")
            }
            #expect(text.contains("uid=1000(build) gid=1000(build) groups=1000(build)"))
        }
    }
}
