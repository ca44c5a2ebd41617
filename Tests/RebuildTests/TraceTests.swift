import Attestations
import BuildStatements
import Encodings
import Foundation
import Testing
import TestSupport

@testable import Rebuild

/// What a build really opened, by real strace.
@Suite(.enabled(if: BuildSample.hasTrace, "strace or a sandbox is not here"))
struct TraceTests {
    @Test func tellsWhereEveryFileComesFrom() throws {
        let files = ["a.txt": "a\n", "b.txt": "b\n", "dir/c d.txt": "c\n", "never.txt": "n\n"]
        try BuildSample.with(files) { sample in
            let script = "cat a.txt /source/b.txt > mid; cd dir; cat 'c d.txt' ../mid > ../out"
            let result = try sample.build(script, isTraced: true)
            let trace = try #require(result.trace)
            #expect(trace.gap == nil && result.doubt == nil)
            let origins = Dictionary(
                trace.files.map { (String(decoding: $0.path, as: UTF8.self), $0.origin) },
                uniquingKeysWith: { first, _ in first }
            )
            #expect(origins["/build/a.txt"] == .sealed)
            #expect(origins["/source/b.txt"] == .sealed)
            #expect(origins["/build/dir/c d.txt"] == .sealed)
            #expect(origins["/build/mid"] == .produced)
            guard case .toolchain(name: "coreutils", version: _)? = origins["/usr/bin/cat"],
                case .toolchain(name: "libc6", version: _)? = origins["/usr/lib/x86_64-linux-gnu/libc.so.6"],
                case .toolchain(name: "dash", version: _)? = origins["/usr/bin/dash"]
            else {
                Issue.record("\(origins)")
                return
            }
            #expect(trace.neverOpened.map(\.escaped) == ["never.txt"])
            #expect(trace.counts.openedSource == 3 && trace.counts.unexplained == 0)
            #expect(
                trace.files.allSatisfy { file in
                    if case .toolchain = file.origin { file.digest != nil } else { true }
                }
            )
        }
    }

    /// The kernel reads the first line of a script, and no call of the build tells of that.
    @Test func theInterpreterOfASealedScriptIsListed() throws {
        try BuildSample.with(["run": "#!/usr/bin/mawk -f\nBEGIN { print 1 }\n"]) { sample in
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: sample.source + "/run")
            let result = try sample.build("./run > out", isTraced: true)
            #expect(result.doubt == nil && result.failure == nil, "\(result.failure ?? "")")
            let file = result.trace?.files.first { $0.path == Array("/usr/bin/mawk".utf8) }
            guard case .toolchain(name: "mawk", version: _)? = file?.origin else {
                Issue.record("\(String(describing: result.trace?.files))")
                return
            }
        }
    }

    /// A sealed file that the build changes is not the sealed file when it is read again.
    @Test func aChangedSourceFileIsAProduct() throws {
        try BuildSample.with { sample in
            let result = try sample.build("echo more >> hello.txt; cat hello.txt > out", isTraced: true)
            let file = result.trace?.files.first { $0.path == Array("/build/hello.txt".utf8) }
            #expect(file?.origin == .produced)
        }
    }

    @Test(.enabled(if: Command.find("perl") != nil)) func listsNetworkAttempts() throws {
        try BuildSample.with { sample in
            let script =
                #"perl -e 'use Socket; socket(S, PF_INET, SOCK_STREAM, 0); "#
                + #"connect(S, sockaddr_in(80, inet_aton("10.1.2.3")))' || true; echo x > out"#
            let result = try sample.build(script, packages: ["perl"], isTraced: true)
            let attempts = result.trace?.networkAttempts.map { String(decoding: $0, as: UTF8.self) }
            #expect(attempts?.count == 1)
            #expect(attempts?.first?.contains(#"sin_addr=inet_addr("10.1.2.3")"#) == true)
        }
    }

    /// Nothing that the build does can write into the trace.
    @Test func theBuildCannotReachTheTrace() throws {
        try BuildSample.with { sample in
            let script = """
                for fd in /proc/self/fd/*; do (echo '1 openat(' > $fd) 2> /dev/null || true; done
                ls -l /proc/self/fd > out
                """
            let result = try sample.build(script, isTraced: true)
            #expect(result.trace?.gap == nil)
            #expect(try !sample.text("outputs/out").contains("vitrine"))
        }
    }

    @Test func aTimeoutIsNamedWithTraceToo() throws {
        try BuildSample.with { sample in
            let result = try sample.build("sleep 44444", more: #","limits":{"wallSeconds":1}"#, isTraced: true)
            #expect(result.ending == .tooLong(seconds: 1))
            #expect(try Command.run("pgrep", ["-f", "sleep 44444"]).text.isEmpty)
        }
    }
}
