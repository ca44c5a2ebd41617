import SampleReports
import Testing

@testable import ReportPages

/// What others wrote must neither act in a page nor hide in it.
@Suite struct VisibleTextTests {
    private func text(_ text: String, marked: Bool = true) -> String {
        var output: [UInt8] = []
        VisibleText.append(text, to: &output, marked: marked)
        return String(decoding: output, as: UTF8.self)
    }

    private func line(_ bytes: [UInt8], isChanged: Bool = false) -> String {
        var output: [UInt8] = []
        VisibleText.append(line: bytes, to: &output, isChanged: isChanged)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func escapesWhatHTMLReads() {
        #expect(text("</script>") == "&lt;/script&gt;")
        #expect(text("a & \"b\" 'c'") == "a &amp; &quot;b&quot; &#39;c&#39;")
        #expect(line(Array("</script> & \"'".utf8)) == "&lt;/script&gt; &amp; &quot;&#39;")
    }

    @Test func spellsOutEverythingButPrintableASCIIInNames() {
        #expect(text("a\u{202E}b") == "a<i>&lt;U+202E&gt;</i>b")
        #expect(
            text("\n\u{0}\u{7F}\u{1F600}", marked: false) == "&lt;U+000A&gt;&lt;U+0000&gt;&lt;U+007F&gt;&lt;U+1F600&gt;"
        )
        #expect(text("\u{0430}") == "<i>&lt;U+0430&gt;</i>")
    }

    @Test(arguments: [
        "\u{202E}", "\u{2066}", "\u{200B}", "\u{200D}", "\u{FEFF}", "\u{00AD}", "\u{00A0}", "\u{3164}", "\u{2800}",
        "\u{2028}", "\u{001B}", "\u{000D}", "\u{0301}", "\u{E000}", "\u{E0041}", "\u{FE0F}", "\u{115F}", "\u{FFFF}",
    ])
    func spellsOutWhatHasNoInk(_ character: String) throws {
        let scalar = try #require(character.unicodeScalars.first)
        #expect(line(Array("a\(character)b".utf8)) == "a<i>&lt;\(VisibleText.name(of: scalar))&gt;</i>b")
    }

    @Test func showsLettersOfAnyScriptAndNamesThemWhereTheyChanged() {
        #expect(line(Array("p\u{0430}y".utf8)) == "p<u>\u{0430}</u>y")
        #expect(line(Array("p\u{0430}y".utf8), isChanged: true) == "p<u>\u{0430}</u>y <small>U+0430</small>")
        #expect(
            line(Array("\u{0430}\u{0430}\u{0431}".utf8), isChanged: true)
                == "<u>\u{0430}\u{0430}\u{0431}</u> <small>U+0430 U+0431</small>"
        )
        let many = String(String.UnicodeScalarView((0x4E00..<0x4E10).compactMap(Unicode.Scalar.init)))
        #expect(line(Array(many.utf8), isChanged: true).hasSuffix("U+4E07 and more</small>"))
    }

    @Test func spellsOutBytesThatAreNoUTF8() {
        #expect(line([0x61, 0xFF, 0x62]) == "a<i>&lt;0xFF&gt;</i>b")
        // An overlong slash, half a surrogate pair, a character that ends early.
        #expect(line([0xC0, 0xAF]) == "<i>&lt;0xC0&gt;</i><i>&lt;0xAF&gt;</i>")
        #expect(line([0xED, 0xA0, 0x80]) == "<i>&lt;0xED&gt;</i><i>&lt;0xA0&gt;</i><i>&lt;0x80&gt;</i>")
        #expect(line([0xE2, 0x80]) == "<i>&lt;0xE2&gt;</i><i>&lt;0x80&gt;</i>")
    }

    @Test func showsTabsAndTrailingSpaces() {
        #expect(line(Array("\ta b  ".utf8)) == "<i>\u{21E5}</i>\ta b<i>\u{B7}</i><i>\u{B7}</i>")
        #expect(line([]) == "")
    }

    @Test func cutsLongLinesBetweenCharacters() {
        let short = [UInt8](repeating: 0x61, count: VisibleText.maximumLineByteCount)
        #expect(line(short) == String(decoding: short, as: UTF8.self))
        #expect(line(short + [0x62]).hasSuffix("a <small>1 more bytes not shown</small>"))
        let cut = [UInt8](repeating: 0x61, count: VisibleText.maximumLineByteCount - 1) + Array("\u{0431}".utf8)
        #expect(!line(cut).contains("0xD0"))
    }

    @Test func keepsNamesShort() {
        #expect(Spelling.name(Array("a b/\u{E9}".utf8)) == "a%20b/%C3%A9")
        for name in HostileSample.names + [[UInt8](repeating: 0xE2, count: 1_000_000)] {
            let shown = Spelling.name(name)
            #expect(shown.utf8.count <= Spelling.maximumNameCount + 40)
            #expect(shown.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        }
    }

    @Test func groupsDigits() {
        #expect([0, 999, 1000, 41_233_120].map { Spelling.number($0) } == ["0", "999", "1,000", "41,233,120"])
        #expect(Spelling.number(UInt64.max) == "18,446,744,073,709,551,615")
    }
}
