import Attestations
import BuildStatements
import Encodings
import TestSupport
import Testing

@testable import Comparison

/// Small inputs that would take much memory, time or output.
@Suite struct CostTests {
    private typealias Member = TarBytes.Member

    private static func archive(_ members: [Member]) -> [UInt8] { TarBytes(members: members).bytes }

    // MARK: What is listed

    /// Texts with long lines, of which many differ.
    private static func texts(_ tag: String) -> [UInt8] {
        archive(
            (0..<12).map { file in
                let lines = (0..<40).flatMap { line in
                    let start = line.isMultiple(of: 2) ? "same \(line)" : "\(tag) \(file) \(line)"
                    return Array(start.utf8) + [UInt8](repeating: 0xFF, count: 400) + [UInt8(ascii: "\n")]
                }
                return Member(name: "t\(file)", content: lines)
            }
        )
    }

    private static func listed(_ item: ComparedItem) -> (shown: Int, unlisted: Int, bytes: Int) {
        var sum = (shown: item.differences.count, unlisted: item.unlistedDifferenceCount, bytes: 0)
        for case .text(let lines)? in item.differences.map(\.view) {
            sum.bytes += lines.reduce(0) { $0 + $1.bytes.count }
        }
        for member in item.members {
            let inside = listed(member)
            sum = (sum.shown + inside.shown, sum.unlisted + inside.unlisted, sum.bytes + inside.bytes)
        }
        return sum
    }

    @Test func whatIsShownOfAllDifferencesTogetherIsLimited() throws {
        let (one, two) = (Self.texts("a"), Self.texts("b"))
        let whole = try Builds.compare(one, two)
        let cut = try Builds.compare(one, two) { $0.ceilings.listedByteCount = 40_000 }
        let (all, some) = (Self.listed(whole), Self.listed(cut))
        #expect(all.shown == 240 && all.unlisted == 0)
        #expect(some.bytes <= 40_000 && some.shown > 0 && some.shown < 60)
        #expect(some.shown + some.unlisted == 240)
        #expect(cut.account == whole.account && cut.grade == whole.grade)
        #expect(cut.members.map(\.grade) == whole.members.map(\.grade))
        #expect(cut.members.map(\.account) == whole.members.map(\.account))
        #expect(cut.text().contains("more, not listed"))
    }

    @Test func longLinesAreCut() throws {
        let item = try Builds.compare(Self.texts("a"), Self.texts("b"))
        for case .text(let lines)? in item.members.flatMap(\.differences).map(\.view) {
            #expect(lines.allSatisfy { $0.bytes.count == 200 })
        }
    }

    @Test func differencesBeyondTheCeilingCount() throws {
        let (one, two) = (Self.texts("a"), Self.texts("b"))
        let whole = try Builds.compare(one, two)
        let cut = try Builds.compare(one, two) { $0.ceilings.differences = 7 }
        let some = Self.listed(cut)
        #expect(some.shown == 7 && some.unlisted == 233)
        #expect(cut.account == whole.account && cut.grade == whole.grade)
    }

    @Test func theNamesOfAllItemsTogetherAreLimited() throws {
        func named(_ tag: String) -> [UInt8] {
            Self.archive((0..<20).map { Member(name: "\(tag)\($0)".padded(to: 90), content: [1]) })
        }
        let whole = try Builds.compare(named("a"), named("b"))
        let cut = try Builds.compare(named("a"), named("b")) { $0.ceilings.listedNameByteCount = 500 }
        #expect(whole.members.count == 40 && cut.members.count == 5)
        #expect(cut.unlistedDifferenceCount == whole.unlistedDifferenceCount + 35)
        #expect(cut.account == whole.account && cut.grade == .different)
    }

    @Test func thePlaceOfADifferenceIsCut() {
        let region = FileLayout.Region(0..<1, .header, .owner, of: String(repeating: "a", count: 180_000))
        #expect(region.place == "header owner of " + String(repeating: "a", count: 8192) + " (cut)")
        #expect(FileLayout.Region(0..<1, .section, ".text").place == "section .text")
    }

    // MARK: Output

    @Test func outputComesInPieces() throws {
        let item = try Builds.compare(Self.texts("a"), Self.texts("b"))
        var (json, text): ([[UInt8]], [[UInt8]]) = ([], [])
        item.writeJSON { json.append($0) }
        item.writeText(appendix: "the appendix") { text.append($0) }
        #expect(json.count > 1 && text.count > 1)
        #expect((json + text).allSatisfy { $0.count < 512 << 10 })
        let whole = Array(json.joined())
        #expect(try JSON(parsing: whole).compact == whole)
        let words = String(decoding: Array(text.joined()), as: UTF8.self)
        #expect(words.hasSuffix("\n\nthe appendix\n\n\(item.account.summary)\ndifferent\n"))
        #expect(words.split(separator: "\n").filter { $0.hasSuffix("  text  different") }.count == 12)
    }

    @Test func deepPathsAreCutInTheText() throws {
        func nested(_ last: UInt8) -> [UInt8] {
            (0..<30).reduce([last]) { content, _ in
                Self.archive([Member(name: String(repeating: "n", count: 99), content: content)])
            }
        }
        let item = try Builds.compare(nested(1), nested(2))
        let text = item.text()
        #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count < 1300 } && text.contains("(cut) "))
        #expect(text.hasSuffix("\ndifferent\n"))
    }
}

extension String {
    fileprivate func padded(to count: Int) -> String { self + String(repeating: "_", count: count - utf8.count) }
}
