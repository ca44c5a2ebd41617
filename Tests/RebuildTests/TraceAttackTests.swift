import BuildStatements
import Foundation
import Testing
import TestSupport

@testable import Rebuild

/// How a build may try to read what the trace does not name, by lines as strace writes them.
struct TraceAttackTests {
    private static func events(_ lines: [String], memory: TraceAllowance = .init()) -> TraceEvents {
        var events = TraceEvents(buildPath: "/build", memory: memory)
        let start = [
            #"1 execve("/usr/bin/bwrap", ["a"], 0x1 /* 1 var */) = 0"#, #"1 execve("/bin/sh", ["sh"], 0x1) = 0"#,
        ]
        for line in start + lines { events.add(Array(line.utf8)[...]) }
        events.finish()
        return events
    }

    private static func texts(_ paths: some Collection<[UInt8]>) -> [String] {
        paths.map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    @Test(arguments: [
        #"2 openat(AT_FDCWD</build>, "/usr/x/secret", O_RDONLY|O_CREAT, 0600) = 3</usr/x/secret>"#,
        #"2 rename("/build/a", "/build/link/../../usr") = 0"#,
        #"2 rename("/build/a", "/usr") = 0"#,
        #"2 truncate("/usr/x/secret", 0) = 0"#,
        #"2 truncate("/usr", 0) = 0"#,
    ])
    func nothingIsMadeElsewhere(_ line: String) {
        let events = TraceAttackTests.events([line, #"2 open("/usr/x/secret", O_RDONLY) = 3</usr/x/secret>"#])
        #expect(events.gap == nil)
        #expect(TraceAttackTests.texts(events.opened) == ["/usr/x/secret"])
        #expect(events.readAfterWriting.isEmpty)
    }

    private static let own = #"2 bind(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="/tmp/d/s"}, 110) = 0"#
    private static func connect(_ path: String, _ result: String = "0") -> String {
        #"3 connect(4<socket:[2]>, {sa_family=AF_UNIX, sun_path=\#(path)}, 110) = \#(result)"#
    }

    @Test(arguments: [
        ([connect(#""/usr/x/s""#)], ["/usr/x/s"]),
        ([connect(#""/tmp/d/s""#)], ["/tmp/d/s"]),
        ([own, connect(#""/tmp/d/s""#)], []),
        ([connect(#""/usr/x/s""#, "-1 ENOENT (No such file or directory)")], []),
        ([connect(#"@"abstract""#)], []),
        (
            [
                #"2 bind(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="/build/d/s"}, 110) = 0"#,
                connect(#""/build/d/s""#),
            ], ["/build/d/s"]
        ),
        ([own, #"2 symlink("/usr/x/s", "/tmp/d/s") = 0"#, connect(#""/tmp/d/s""#)], ["/tmp/d/s"]),
        ([own, connect(#""/tmp/d/s""#), #"2 symlinkat("/usr/x", AT_FDCWD</tmp>, "d") = 0"#], ["/tmp/d/s"]),
        ([own, #"2 rename("/tmp/e", "/tmp/d") = 0"#, connect(#""/tmp/d/s""#)], ["/tmp/d/s"]),
        ([#"3 sendto(4<socket:[2]>, "x", 1, 0, {sa_family=AF_UNIX, sun_path="/usr/x/s"}, 110) = 1"#], ["/usr/x/s"]),
        (
            [#"3 sendmsg(4<socket:[2]>, {msg_name={sa_family=AF_UNIX, sun_path="/usr/x/s"}, msg_flags=0}, 0) = 1"#],
            ["/usr/x/s"]
        ),
    ])
    func foreignSocketsAreNamed(_ lines: [String], _ foreign: [String]) {
        let events = TraceAttackTests.events(lines)
        #expect(events.gap == nil)
        #expect(TraceAttackTests.texts(events.sockets.foreign) == foreign)
    }

    @Test(arguments: [
        connect("???"),
        #"2 sendmmsg(3<socket:[1]>, [{msg_hdr={msg_name=NULL}}, {msg_hdr={msg_name={sa_family=AF_UNIX, sun_path="/tmp/s"}}}], 2, 0) = 2"#,
        #"2 sendmmsg(3<socket:[1]>, [{msg_hdr={msg_name=NULL}}, ...], 40, 0) = 40"#,
    ])
    func aSocketWithoutAReadableNameIsAGap(_ line: String) {
        #expect(TraceAttackTests.events([line]).gap != nil)
    }

    /// What is kept for a while only is not counted for ever.
    @Test func aLongTraceIsNoGap() {
        let lines = (0..<100).flatMap { number in
            [#"2 chdir("/build/a" <unfinished ...>"#, "2 <... chdir resumed>) = 0", #"2 chdir("/build/b") = 0"#]
        }
        #expect(TraceAttackTests.events(lines, memory: .init(bytes: 2000)).gap == nil)
    }

    /// Many directories, then many children that have not said where they are.
    @Test func manyGuessesAreAGap() {
        let moves =
            (0..<200).map { #"2 chdir("/build/\#($0)") = 0"# } + (10..<40).map { #"\#($0) rename("a", "b") = 0"# }
        #expect(TraceAttackTests.events(moves).gap == nil)
        let bounded = TraceAttackTests.events(moves, memory: .init(bytes: 1 << 20, guesses: 5000))
        #expect(bounded.gap == "too many names that may stand for many files")
        #expect(
            TraceAttackTests.events(moves, memory: .init(bytes: 1000)).gap == "more names and calls than can be kept"
        )
    }

    /// A program of a package that is installed and not in the closure, by every way that hides its name: a link, the
    /// first line of a script, another name of the root, a working directory that another thread changed.
    @Test(
        .enabled(if: BuildSample.hasTrace),
        arguments: [
            "cp /usr/bin/strace out", "ln -s /usr/bin/strace /tmp/cat; /tmp/cat -V > out",
            "printf '#!/usr/bin/strace -V\\n' > run; chmod +x run; ./run > out",
            "/proc/self/root/usr/bin/strace -V > out", "cd /usr/bin; ./strace -V > /build/out",
        ]
    )
    func onlyTheClosureIsThere(_ script: String) throws {
        try BuildSample.with { sample in
            #expect(try sample.build("sed -n 1p hello.txt > out", isTraced: true, into: "own").doubt == nil)
            let result = try sample.build(script, isTraced: true)
            #expect(result.failure != nil)
            let log = try sample.text("build.log")
            #expect(log.contains("not found") || log.contains("No such file"), "\(log)")
        }
    }

    /// As strace really writes it.
    @Test(.enabled(if: BuildSample.hasTrace && Command.find("python3") != nil))
    func realSocketsAreSeen() throws {
        let script = """
            import socket
            for path in '/tmp/own', '/build/other':
                server = socket.socket(socket.AF_UNIX)
                server.bind(path)
                server.listen()
                socket.socket(socket.AF_UNIX).connect(path)
            """
        try BuildSample.with(["try.py": script]) { sample in
            let result = try sample.build("python3 -S try.py; echo x > out", packages: ["python3"], isTraced: true)
            #expect(result.failure == nil && result.trace?.gap == nil)
            let unexplained = TraceAttackTests.texts(result.trace?.unexplained.map(\.path) ?? [])
            #expect(unexplained.contains("/build/other") && !unexplained.contains("/tmp/own"))
        }
    }

    @Test(.enabled(if: BuildSample.hasSandbox))
    func emptyDirectoriesCountAndHolesStay() throws {
        try BuildSample.with { sample in
            let more = #","limits":{"diskBytes":100000000}"#
            let script = "mkdir out; truncate -s 90000000 out/hole; echo x >> out/hole"
            let result = try sample.build(script, more: more)
            #expect(result.failure == nil && result.outputs.first?.content.size == 90_000_002)
            let path = sample.scratch + "/result/outputs/out/hole"
            #expect(try Command.run("cksum", [path]).text.split(separator: " ").dropFirst().first == "90000002")
            let blocks = try Command.run("stat", ["-c", "%b", path]).text.trimmingCharacters(
                in: .whitespacesAndNewlines
            )
            #expect(try #require(Int(blocks)) < 10_000)
        }
        try BuildSample.with { sample in
            let script = "mkdir out; cd out; seq 3000 | xargs mkdir"
            let result = try sample.build(script, more: #","limits":{"diskBytes":1000000}"#)
            #expect(result.failure?.contains("the outputs are larger than 1000000 bytes") == true)
        }
    }
}
