import SourceManifest
import Testing

@testable import Rebuild

/// Lines of strace, as it writes them and as it never does.
struct TraceLineTests {
    private func line(_ text: String) -> TraceLine? { TraceLine(Array(text.utf8)[...]) }

    @Test func readsACall() {
        let text = #"28419 openat(AT_FDCWD</tmp>, "b\n c\303\251\"", O_WRONLY|O_CREAT, 0666) = 3</tmp/b\n c\303\251\">"#
        let line = line(text)
        #expect(line?.process == 28419)
        guard case .call(name: "openat", let arguments, result: .success(let path))? = line?.content else {
            Issue.record("\(String(describing: line))")
            return
        }
        #expect(path == Array("/tmp/b\n cé\"".utf8))
        #expect(arguments.count == 4)
        #expect(TraceArguments.string(arguments[1]) == Array("b\n cé\"".utf8))
        #expect(TraceArguments.path(arguments[0]) == Array("/tmp".utf8))
        #expect(TraceArguments.has("O_CREAT", arguments[2]))
        #expect(!TraceArguments.has("O_CR", arguments[2]))
    }

    @Test func readsFailuresAndPieces() {
        let failed = #"7 execve("/a", ["a", "(b)", ...], 0x55 /* 2 vars */) = -1 ENOENT (No such file)"#
        #expect(
            line(failed)?.content
                == .call(
                    name: "execve",
                    arguments: [
                        Array(#""/a""#.utf8), Array(#"["a", "(b)", ...]"#.utf8), Array("0x55 /* 2 vars */".utf8),
                    ],
                    result: .failure
                )
        )
        #expect(
            line(#"7 openat(3</d>, "x" <unfinished ...>"#)?.content == .unfinished(Array(#"openat(3</d>, "x""#.utf8))
        )
        #expect(
            line(#"7 <... openat resumed>, O_RDONLY) = 4</d/x>"#)?.content
                == .resumed(Array(", O_RDONLY) = 4</d/x>".utf8))
        )
        #expect(line("7 +++ exited with 0 +++")?.content == .event)
        #expect(
            line("7 exit_group(0) = ?")?.content
                == .call(name: "exit_group", arguments: [Array("0".utf8)], result: .failure)
        )
    }

    @Test(arguments: [
        "", "7", "7 ", "x open() = 0", "12345678901 open() = 0", "7 open", "7 open(", #"7 open("a) = 3"#,
        "7 open(a = 3",
        "7 open() 3", "7 open() = ", "7 open() = x", "7 open(]) = 3", #"7 open() = 3</a\9>"#, #"7 open() = 3</a\777>"#,
        "7 open() = 3</a", "7 <... resumed>) = 3", "7 <... open>) = 3",
    ])
    func refuses(_ text: String) {
        #expect(line(text) == nil)
    }

    @Test func aCutTraceTellsSo() {
        var events = TraceEvents(buildPath: "/build")
        events.add(Array(#"1 execve("/usr/bin/bwrap", ["bwrap"], 0x1 /* 0 vars */) = 0"#.utf8)[...])
        events.finish()
        #expect(events.gap == "strace told of no command")
        var nonsense = TraceEvents(buildPath: "/build")
        nonsense.add(Array("strace: something".utf8)[...])
        nonsense.finish()
        #expect(nonsense.gap == "a line of strace that cannot be read")
    }

    /// A name that the build gave somewhere explains nothing outside of what it can write to.
    @Test func onlyTheBuildDirectoryHoldsProducts() throws {
        var events = TraceEvents(buildPath: "/build")
        for text in [
            #"1 execve("/usr/bin/bwrap", [], 0x1 /* 0 vars */) = 0"#, #"2 execve("/bin/sh", [], 0x1 /* 0 vars */) = 0"#,
            #"2 openat(AT_FDCWD</usr/share/info>, "x", O_RDONLY) = -1 ENOENT (No such file or directory)"#,
            #"3 rename("a", "evil") = 0"#, #"3 rename("a", "../../share") = 0"#, #"3 rename("a", "own") = 0"#,
            #"2 openat(AT_FDCWD</usr/share/info>, "evil", O_RDONLY) = 3</usr/share/info/evil>"#,
            #"2 openat(AT_FDCWD</build>, "own", O_RDONLY) = 3</build/own>"#,
        ] {
            events.add(Array(text.utf8)[...])
        }
        events.finish()
        #expect(events.gap == nil)
        let definition = try BuildDefinition(parsing: try BuildSample.definition("true"))
        try BuildSample.with { sample in
            let toolchain = try BuildPlace(try sample.sealed()).prepare(definition.toolchain)
            let report = TraceReport(events, ManifestWriter().finish(), toolchain, buildPath: "/build")
            #expect(report.unexplained.map(\.path) == [Array("/usr/share/info/evil".utf8)])
            #expect(report.files.contains { $0.path == Array("/build/own".utf8) && $0.origin == .produced })
        }
    }

    @Test func followsAChildThatHasNotSaidWhereItIs() {
        var events = TraceEvents(buildPath: "/build")
        for text in [
            #"1 execve("/usr/bin/bwrap", [], 0x1 /* 0 vars */) = 0"#, #"2 openat(AT_FDCWD</>, "x", O_RDONLY) = 3</x>"#,
            #"2 execve("/bin/sh", [], 0x1 /* 0 vars */) = 0"#, #"2 chdir("sub") = 0"#,
            #"3 execve("./tool", [], 0x1 /* 0 vars */) = 0"#,
        ] {
            events.add(Array(text.utf8)[...])
        }
        #expect(events.opened.isEmpty, "what the sandbox opens is not what the build opens")
        #expect(events.started.isSuperset(of: ["/build/tool", "/build/sub/tool"].map { Array($0.utf8) }))
    }
}
