import Attestations
import BuildStatements

/// The one line of an accounting: how much was reproduced, and how much nothing explains.
struct AccountingLine {
    /// The bytes by class.
    let account: ByteAccount

    /// The line, as `99.98 % of 41,233,120 bytes reproduced, 0 unexplained`.
    var words: String {
        guard account.total > 0 else { return "No shipped bytes were compared" }
        let total = Spelling.bytes(account.total)
        return "\(percentage(.reproduced)) of \(total) reproduced, \(Spelling.number(account.unexplained)) unexplained"
    }

    /// Whether all bytes are of `class`, and there are any.
    func isAll(_ class: ByteAccount.Class) -> Bool {
        account[`class`] > 0 && ByteAccount.Class.allCases.allSatisfy { $0 == `class` || account[$0] == 0 }
    }

    /// The share of a class, as `99.98 %`; cut, never rounded up, and `100.00 %` only where there is nothing else.
    func percentage(_ class: ByteAccount.Class) -> String {
        if isAll(`class`) { return "100.00 %" }
        let share = hundredths(account[`class`], of: account.total)
        if share == 0, account[`class`] > 0 { return "under 0.01 %" }
        let digits = share % 100
        return "\(share / 100).\(digits < 10 ? "0" : "")\(digits) %"
    }

    /// The share in hundredths of a percent; at most 9,999, since the whole was told apart before.
    private func hundredths(_ part: UInt64, of total: UInt64) -> UInt64 {
        guard total > 0, part < total else { return total > 0 ? 9_999 : 0 }
        // The product needs 128 bits; the quotient is below 10,000 since the part is below the total.
        return min(9_999, total.dividingFullWidth(part.multipliedFullWidth(by: 10_000)).quotient)
    }
}
