import Attestations
import BuildStatements
import Comparison
import Foundation
import SampleReports
import TestSupport
import Testing

@testable import ReportPages

/// Whole pages.
@Suite struct ReportPageTests {
    private static let checker =
        String(#filePath.dropLast("ReportPagesTests/ReportPageTests.swift".count))
        + "Pages/wellformed.py"

    private func text(_ page: ReportPage) -> String { String(decoding: page.bytes, as: UTF8.self) }

    private func problems(_ bytes: [UInt8]) throws -> Command {
        try TemporaryDirectory.with { directory in
            try TestFile.write(bytes, to: directory + "/page.html")
            return try Command.run("python3", ["-B", ReportPageTests.checker, directory + "/page.html"])
        }
    }

    @Test(arguments: SampleReport.allCases)
    func isWellFormedAndSelfContained(_ sample: SampleReport) throws {
        let bytes = sample.page.bytes
        #expect(bytes.count <= 20_000_000)
        let result = try problems(bytes)
        #expect(result.status == 0, "\(result.text) \(result.errors)")
    }

    @Test(arguments: [
        ("<main>", "<main><script>1</script>", "element script"),
        ("<main>", "<main><img src=\"http://192.0.2.1/\">", "element img"),
        ("<main>", "<main><p style=\"color:red\">x</p>", "attribute style of p"),
        ("<main>", "<main><p onclick=\"1\">x</p>", "attribute onclick of p"),
        ("<main>", "<main><p>", "</main> closes ['p']"),
        ("<main>", "<main><h4>x</h4>", "h4 after h2"),
        ("<main>", "<main>\u{202E}", "the character U+202E"),
        (" lang=\"en\"", "", "no language"),
        ("default-src &#39;none&#39;", "default-src *", "policy"),
        ("<th scope=\"col\">", "<th>", "th without scope"),
        ("color-scheme: light dark;", "background: url(http://192.0.2.1/);", "refers to something"),
    ])
    func theCheckerRefusesBadPages(_ old: String, _ new: String, _ words: String) throws {
        let good = text(SampleReport.good.page)
        let range = try #require(good.range(of: old))
        let result = try problems(Array(good.replacingCharacters(in: range, with: new).utf8))
        #expect(result.status == 1)
        #expect(result.text.contains(words), "\(result.text)")
    }

    @Test(arguments: SampleReport.allCases.filter { $0 != .huge })
    func sameInputGivesTheSameBytes(_ sample: SampleReport) {
        #expect(sample.page.bytes == sample.page.bytes)
    }

    @Test func hostileNamesStayText() {
        let page = text(SampleReport.hostile.page)
        for tag in ["<script", "<img", "<b>", "</style><style", "onerror=\"", "onmouseover='"] {
            #expect(!page.contains(tag), "\(tag)")
        }
        #expect(page.contains("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(page.contains("invoice%E2%80%AEfdp.exe"))
        #expect(!page.unicodeScalars.contains("\u{202E}"))
    }

    @Test func aListThatIsCutSaysSo() {
        let page = text(SampleReport.huge.page)
        #expect(page.contains("more not shown"))
        // 20,000 sealed files were never opened; the count is told in full.
        #expect(page.contains("20,000"))
        // 15,000 opened files are of each class.
        #expect(page.contains("15,000"))
    }

    @Test func differencesThatAreNotListedAreCounted() throws {
        let difference = ByteDifference(
            place: "somewhere",
            range: 0..<1,
            byteCount: 1,
            accountedAs: .unexplained,
            cause: .unknown
        )
        let item = SampleReport.item(
            "a",
            size: 1000,
            grade: .different,
            account: SampleReport.account(0, unexplained: 1000),
            differences: Array(repeating: difference, count: RowCeiling.differences.count + 30),
            unlisted: 12
        )
        let page = text(ReportPage(title: "x", items: [item], command: []))
        #expect(page.contains("42 more not shown"))
        #expect(page.components(separatedBy: "somewhere").count - 1 == RowCeiling.differences.count)
    }

    @Test func theWorstStandsFirst() throws {
        func item(_ name: String, _ unexplained: UInt64) -> ComparedItem {
            SampleReport.item(
                name,
                size: 100,
                grade: .different,
                account: SampleReport.account(100 - unexplained, unexplained: unexplained)
            )
        }
        let items = [item("few", 1), item("most", 90), item("some", 40)]
        #expect(DifferingItem.all(in: items).map(\.path) == ["most", "some", "few"])
    }

    @Test func findsWhatDiffersInsideContainers() {
        let inner = SampleReport.item(
            "b c",
            size: 5,
            grade: .different,
            account: SampleReport.account(4, unexplained: 1)
        )
        let missing = ComparedItem(
            name: Array("gone".utf8),
            format: "data",
            presence: .onlyRebuilt,
            shipped: nil,
            rebuilt: .init(size: 1, digest: SampleReport.digest(1)),
            grade: .different,
            account: ByteAccount()
        )
        let outer = SampleReport.item("a.deb", size: 5, grade: .different, members: [inner, missing])
        #expect(DifferingItem.all(in: [outer]).map(\.path) == ["a.deb > b%20c", "a.deb > gone"])
        let page = text(ReportPage(title: "x", items: [outer], command: []))
        #expect(page.contains("only in the rebuild"))
    }

    @Test func marksExactlyTheDifferingBytes() {
        let view = ByteDifference.View.hex(
            shippedOffset: 16,
            shipped: [1, 2, 3, 0x41],
            rebuiltOffset: 16,
            rebuilt: [1, 9, 8, 0x41, 5]
        )
        var markup = Markup()
        DifferenceView.write(view, to: &markup)
        let page = String(decoding: markup.bytes, as: UTF8.self)
        #expect(page.contains("<td class=\"digits\">01 <mark>02 03</mark> 41</td>"))
        #expect(page.contains("<td class=\"digits\">01 <mark>09 08</mark> 41 <mark>05</mark></td>"))
        #expect(page.contains("<td class=\"offset\">00000010</td>"))
    }

    @Test func showsWhatTheBuildTriedEvenWhereNoFileIsListed() {
        let tried = BuildObservations(networkAttempts: ["connect to 192.0.2.7"])
        #expect(text(ReportPage(title: "x", items: [], observations: tried, command: [])).contains("192.0.2.7"))
        #expect(!text(ReportPage(title: "x", items: [], command: [])).contains("What the build read"))
    }

    @Test func quotesTheCommandForAShell() {
        let page = text(ReportPage(title: "x", items: [], command: ["vitrine", "it's", "", "a b", "$(id)"]))
        #expect(page.contains("vitrine &#39;it&#39;\\&#39;&#39;s&#39; &#39;&#39; &#39;a b&#39; &#39;$(id)&#39;"))
    }
}
