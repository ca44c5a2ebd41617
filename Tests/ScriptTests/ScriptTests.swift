import Foundation
import TestSupport
import Testing

/// Each file in `Scripts` is a test of the built programs.
///
/// They run side by side.
@Suite struct ScriptTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts")

    static let names: [String] = {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return found.filter { $0.hasSuffix(".txt") }.sorted()
    }()

    static let programs = URL(filePath: BuiltPrograms.folder)

    @Test(arguments: names) func holds(_ name: String) throws {
        for program in ["vitrine", "vitrine-verify"] {
            try #require(
                FileManager.default.isExecutableFile(atPath: Self.programs.appending(path: program).path),
                "\(program) is not built in \(Self.programs.path); build it, or set VITRINE_BIN"
            )
        }
        let text = ScriptRunner.text(try Data(contentsOf: Self.folder.appending(path: name)))
        let runner = try ScriptRunner(try Script(name: name, text: text), programs: Self.programs)
        do {
            try runner.run()
        } catch let failure as ScriptFailure {
            Issue.record("\(name):\(failure.line): \(failure.reason)\n\(runner.transcript)")
        }
    }

    @Test func thereAreScripts() {
        #expect(Self.names.count >= 8)
    }

    // MARK: The language itself

    @Test func wordsAndFiles() throws {
        let script = try Script(name: "", text: "# note\n\nwrite a 'it''s  one' ''\n-- a/b --\nx\n\n-- c --\n")
        #expect(script.commands.map(\.words) == [["write", "a", "it's  one", ""]])
        #expect(script.commands.map(\.line) == [3])
        #expect(script.files.map(\.name) == ["a/b", "c"])
        #expect(script.files.map(\.content) == ["x\n\n", ""])
        #expect(throws: ScriptFailure.self) { try Script(name: "", text: "write 'a") }
    }

    @Test(arguments: [
        "sh -c 'echo out; echo err >&2; exit 3'", "exit 2 false", "! true", "no-such-program",
        "exists a", "! exists b", "cmp b c", "! cmp b b", "mode 600 c", "mode 600 a", "grep x b", "stdout x",
        "cd nowhere", "sh -c 'kill -9 $$'",
        "! stdout '^$'", "cmp b absent",
    ])
    func refuses(_ line: String) throws {
        let script = try Script(name: "", text: "true\n\(line)\n-- b --\nB\n-- c --\nC\n")
        let runner = try ScriptRunner(script, programs: Self.programs)
        let failure = try #require(throws: ScriptFailure.self) { try runner.run() }
        #expect(failure.line == 2)
    }

    @Test func accepts() throws {
        let commands = """
            exit 3 sh -c 'printf ''one\\ntwo\\n''; echo err >&2; exit 3'
            stdout '^two$'
            ! stdout three
            stderr '^err$'
            save copy
            cmp stdout copy
            cmp copy b
            ! cmp copy c
            append c D
            grep '^D' c
            stdin b
            cat
            cmp stdout b
            env NAME value
            sh -c 'test $NAME = value && mkdir below && chmod 700 below'
            mode 700 below
            cd below
            exists ../b
            ! exists b
            """
        let script = try Script(name: "", text: commands + "\n-- b --\none\ntwo\n-- c --\nC\n")
        let runner = try ScriptRunner(script, programs: Self.programs)
        #expect(throws: Never.self) { try runner.run() }
    }
}
