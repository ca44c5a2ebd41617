import Encodings
import Foundation
import Testing

@testable import Rebuild

/// `vitrine.build.json`: the example of its page, and what is refused.
struct BuildDefinitionTests {
    private static let minimal = """
        {"format":"vitrine-build/v1","commands":[["make"]],"outputs":["tool"],\
        "toolchain":{"debianPackages":[{"name":"make","version":"4.3-4.1"}]}}
        """

    private static let page: String = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = folder.appendingPathComponent("docs/formats/build-definition.md")
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }()

    @Test func readsTheExampleOfItsPage() throws {
        let parts = BuildDefinitionTests.page.components(separatedBy: "```json\n")
        try #require(parts.count > 1)
        let example = parts[1].components(separatedBy: "```")[0]
        let definition = try BuildDefinition(parsing: Array(example.utf8))
        #expect(definition.commands.count == 2)
        #expect(definition.outputs.map(\.escaped) == ["build/boot", "build/boot.conf"])
        #expect(definition.secondToolchain?.environment.map(\.name) == ["CC"])
        #expect(definition.limits.wallSeconds == 1800 && definition.limits.processes == 4096)
        #expect(definition.thirdParty.count == 1)
    }

    @Test func hasDefaults() throws {
        let definition = try BuildDefinition(parsing: Array(BuildDefinitionTests.minimal.utf8))
        #expect(definition.limits == BuildDefinition.Limits())
        #expect(definition.environment.isEmpty && definition.secondToolchain == nil)
        #expect(definition.sourceDateEpoch == nil)
    }

    @Test(arguments: [
        (#""vitrine-build/v1""#, #""vitrine-build/v2""#), (#"[["make"]]"#, "[]"), (#"[["make"]]"#, "[[]]"),
        (#"[["make"]]"#, #"[[""]]"#), (#"[["make"]]"#, #"[["a\u0000b"]]"#), (#"[["make"]]"#, #"["make"]"#),
        (#"["tool"]"#, "[]"), (#"["tool"]"#, #"["/tool"]"#), (#"["tool"]"#, #"["../tool"]"#),
        (#"["tool"]"#, #"["a","a"]"#), (#"["tool"]"#, #"["a","a/b"]"#), (#"["tool"]"#, #"["a b"]"#),
        (#""toolchain":{"#, #""toolchain":{"x":1,"#), (#""commands""#, #""unknown":1,"commands""#),
        (#""commands""#, #""environment":{"TZ":"UTC"},"commands""#),
        (#""commands""#, #""environment":{"1A":"x"},"commands""#),
        (#""commands""#, #""environment":{"A-B":"x"},"commands""#),
        (#""commands""#, #""environment":{"A":1},"commands""#),
        (#""commands""#, #""limits":{"wallSeconds":0},"commands""#),
        (#""commands""#, #""limits":{"wallSeconds":604801},"commands""#),
        (#""commands""#, #""limits":{"memory":1},"commands""#),
        (#""commands""#, #""sourceDateEpoch":-1,"commands""#),
        (#""commands""#, #""thirdParty":[{"name":"x","sha256":"00"}],"commands""#),
        (#"{"debianPackages":[{"name":"make","version":"4.3-4.1"}]}"#, "{}"),
        (#"[{"name":"make","version":"4.3-4.1"}]"#, "[]"), (#""name":"make""#, #""name":"Make""#),
        (#""name":"make""#, #""name":"../x""#), (#"4.3-4.1"#, "4.3 4"), (#"4.3-4.1"#, #"4\u0011"#),
        (
            #"{"debianPackages":[{"name":"make","version":"4.3-4.1"}]}"#,
            #"{"rootFileSystem":{"path":"relative","treeRoot":"00"}}"#
        ),
        (
            #""name":"make","version":"4.3-4.1"}"#,
            #""name":"make","version":"4.3-4.1"},{"name":"make","version":"4.4"}"#
        ),
    ])
    func refuses(_ change: (part: String, by: String)) {
        let text = BuildDefinitionTests.minimal.replacingOccurrences(of: change.part, with: change.by)
        #expect(text != BuildDefinitionTests.minimal)
        #expect(throws: MalformedBuildDefinition.self) { _ = try BuildDefinition(parsing: Array(text.utf8)) }
    }

    @Test func refusesEveryTruncation() {
        let bytes = Array(BuildDefinitionTests.minimal.utf8)
        for end in bytes.indices {
            #expect(throws: MalformedBuildDefinition.self) { _ = try BuildDefinition(parsing: Array(bytes[..<end])) }
        }
    }
}
