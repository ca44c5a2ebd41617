import Attestations
import BuildStatements
import TestSupport
import Testing

@testable import Comparison

@Suite struct TextTests {
    /// The least number of lines that differ, by the table that everyone trusts.
    private static func least(_ old: [UInt32], _ new: [UInt32]) -> Int {
        var row = Array(0...new.count)
        for (i, line) in old.enumerated() {
            var next = [i + 1]
            for (j, other) in new.enumerated() {
                next.append(line == other ? row[j] : min(row[j + 1], next[j]) + 1)
            }
            row = next
        }
        return row[new.count]
    }

    @Test func differencesAreRightAndLeast() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<400 {
            let old = (0..<Int.random(in: 0..<14, using: &random)).map { _ in UInt32.random(in: 0..<4, using: &random) }
            let new = (0..<Int.random(in: 0..<14, using: &random)).map { _ in UInt32.random(in: 0..<4, using: &random) }
            let hunks = LineDifference(old, new).hunks
            var (built, place) = ([UInt32](), 0)
            for hunk in hunks {
                built += old[place..<hunk.old.lowerBound] + new[hunk.new]
                place = hunk.old.upperBound
            }
            built += old[place...]
            #expect(built == new)
            #expect(hunks.reduce(0) { $0 + $1.old.count + $1.new.count } == Self.least(old, new))
        }
    }

    @Test func aDifferenceBeyondTheCeilingIsOneStretch() {
        let (old, new) = ((0..<3000).map { UInt32($0) }, (0..<3000).map { UInt32(10_000 + $0) })
        #expect(LineDifference([7] + old + [8], [7] + new + [8]).hunks == [.init(old: 1..<3001, new: 1..<3001)])
    }

    private static func compare(_ shipped: String, _ rebuilt: String) throws -> ComparedItem {
        let item = try Builds.compare(Array(shipped.utf8), Array(rebuilt.utf8))
        #expect(item.format == "text" && item.grade == .different)
        #expect(item.account.total == UInt64(shipped.utf8.count))
        return item
    }

    @Test func linesAreNamedAndCounted() throws {
        let item = try Self.compare("a\nb\nc\n", "a\nB\nc\nd\n")
        #expect(item.places == ["line 2", "line 4 of the rebuild"])
        #expect(item.account.unexplained == 2 && item.account.reproduced == 4)
    }

    @Test(arguments: [
        ("built 2024-03-01 on a\n", "built 2024-03-02 on a\n", ByteDifference.Cause.timestamp),
        ("from /build/x1/main.c\n", "from /build/x2/main.c\n", .path),
        ("c\na\nb\n", "b\nc\na\n", .order), ("B\na\n", "a\nB\n", .locale), ("one\n", "two\n", .unknown),
    ]) func causesAreGuessed(_ shipped: String, _ rebuilt: String, _ cause: ByteDifference.Cause) throws {
        #expect(try Self.compare(shipped, rebuilt).causes == [cause])
    }

    @Test func theEndOfTheLastLineCounts() throws {
        #expect(try Self.compare("a\nb", "a\nb\n").account.unexplained == 1)
        #expect(try Self.compare("a\r\nb\n", "a\nb\n").account.unexplained == 3)
    }
}
