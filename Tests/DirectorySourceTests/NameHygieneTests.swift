import DirectorySource
import Encodings
import Testing
import Verification

/// Names that mislead or collide, and names that only look as if they did.
struct NameHygieneTests {
    private func findings(_ names: [[UInt8]]) -> [String] {
        var hygiene = NameHygiene()
        for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) { hygiene.add(name) }
        return hygiene.finish().map { "\($0.rule.rawValue) \($0.escapedPath ?? "-") \($0.found ?? "-")" }
    }

    private func findings(_ names: [String]) -> [String] { findings(names.map { Array($0.utf8) }) }

    @Test func caseCollidesWithinOneDirectoryOnly() {
        #expect(findings(["a/README", "a/readme", "b/Readme"]) == ["case-collision a/readme also README"])
        #expect(findings(["a/README", "b/readme", "readme"]) == [])
    }

    @Test func everySpellingAfterTheFirstCollides() {
        #expect(
            findings(["ab", "aB", "Ab", "AB", "abc"]) == [
                "case-collision Ab also AB", "case-collision aB also AB", "case-collision ab also AB",
            ]
        )
    }

    @Test func directoriesCollideOnce() {
        #expect(findings(["Dir/a", "Dir/b", "dir/a", "dir/b"]) == ["case-collision dir also Dir"])
        #expect(findings(["Dir/a", "dir"]) == ["case-collision dir also Dir"])
    }

    @Test func aNameBeginningWithAnothersIsNoCollision() {
        #expect(findings(["a", "a-b", "a.c/x", "ab", "b/A", "b/a0", "c/b/a"]) == [])
    }

    @Test func normalFormsCollide() {
        #expect(findings(["e\u{301}", "\u{E9}"]) == ["normalization-collision %C3%A9 also e%CC%81"])
        #expect(findings(["E\u{301}", "\u{E9}"]) == ["case-collision %C3%A9 also E%CC%81"])
        #expect(findings(["K", "\u{212A}"]) == ["normalization-collision %E2%84%AA also K"])
        #expect(findings(["k", "\u{212A}"]) == ["case-collision %E2%84%AA also k"])
        #expect(findings(["a;", "a\u{37E}"]) == ["normalization-collision a%CD%BE also a;"])
    }

    @Test func bytesThatAreNotTextCollideWithNothing() {
        #expect(findings([[0xE9], [0xC3, 0xA9], [0xC9]]) == [])
    }

    @Test(arguments: ["a\u{7}", "\u{7F}", "x\u{85}", "a\nb", "\u{1B}[31m"])
    func controlCharacters(_ name: String) {
        #expect(findings([name]).map { $0.prefix(9) } == ["control-c"])
    }

    @Test(arguments: ["\u{202E}", "a\u{2066}", "\u{200F}b", "\u{61C}", "\u{202A}x\u{202C}"])
    func bidirectionalControls(_ name: String) {
        #expect(findings([name]).map { $0.prefix(9) } == ["bidi-char"])
    }

    @Test(arguments: ["\u{A0}", "\u{2028}", "\u{200D}", "\u{5D0}", "a b", "~"])
    func otherCharactersAreNot(_ name: String) {
        #expect(findings([name]) == [])
    }

    @Test func aDirectorysNameIsReportedOnce() {
        #expect(findings(["\u{202E}/a", "\u{202E}/b"]) == ["bidi-character-in-name %E2%80%AE -"])
    }

    @Test func veryManyEndInACount() {
        let names = (0..<1200).map { "\u{1}\($0)" }
        #expect(findings(names).count == 1001)
        #expect(findings(names).last == "control-character-in-name - 200 more paths like this")
    }
}
