import Attestations
import BuildStatements
import Testing

@testable import ReportPages

/// The line for a minister never says more than was reproduced.
@Suite struct AccountingLineTests {
    private func line(_ reproduced: UInt64, signature: UInt64 = 0, unexplained: UInt64 = 0) -> AccountingLine {
        var account = ByteAccount()
        account.reproduced = reproduced
        account.signature = signature
        account.unexplained = unexplained
        return AccountingLine(account: account)
    }

    @Test func saysHowMuchWasReproduced() {
        #expect(line(41_224_874, signature: 8_246).words == "99.98 % of 41,233,120 bytes reproduced, 0 unexplained")
        #expect(line(1).words == "100.00 % of 1 byte reproduced, 0 unexplained")
        #expect(line(0, unexplained: 5).words == "0.00 % of 5 bytes reproduced, 5 unexplained")
        #expect(line(0).words == "No shipped bytes were compared")
    }

    private static let nearlyAll: [(UInt64, UInt64)] = [
        (1_000_000_000, 1), (.max - 1, 1), (.max, 1), (.max, .max), (9_999, 1), (99_999, 1),
    ]

    @Test(arguments: nearlyAll)
    func neverRoundsUp(_ reproduced: UInt64, _ unexplained: UInt64) {
        let words = line(reproduced, unexplained: unexplained).words
        #expect(!words.contains("100.00 %"))
        #expect(words.hasSuffix("\(Spelling.number(unexplained)) unexplained"))
        #expect(!line(reproduced, signature: 1).words.contains("100.00 %"))
    }

    @Test func neverRoundsAwayWhatIsThere() {
        #expect(line(1_000_000_000, unexplained: 1).percentage(.unexplained) == "under 0.01 %")
        #expect(line(1, unexplained: 1).percentage(.unexplained) == "50.00 %")
        #expect(line(1).percentage(.unexplained) == "0.00 %")
        #expect(line(2_999, unexplained: 7_001).percentage(.reproduced) == "29.99 %")
    }
}
