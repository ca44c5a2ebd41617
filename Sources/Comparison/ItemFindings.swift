import Attestations
import BuildStatements

/// What is known of an item while it is compared: the grade so far, the account so far, the differences so far.
struct ItemFindings {
    private let listCeiling: Int

    /// The worst grade so far.
    private(set) var grade = Grade.identical
    /// The bytes counted so far.
    private(set) var account = ByteAccount()
    /// The differences so far, as many as are listed.
    private(set) var differences: [ByteDifference] = []
    /// The differences that are not listed.
    private(set) var unlistedCount = 0
    /// What is inside and differs, as far as it is listed.
    var members: [ComparedItem] = []

    /// Nothing found yet, and at most `listCeiling` differences listed.
    init(listCeiling: Int) {
        self.listCeiling = listCeiling
    }

    /// Counts bytes that both sides have.
    mutating func reproduce(_ count: UInt64) {
        tally(count, .reproduced)
    }

    /// Counts a difference and what it does to the grade.
    mutating func add(_ difference: ByteDifference, _ grade: Grade) {
        self.grade = min(self.grade, grade)
        tally(difference.byteCount, difference.accountedAs)
        if differences.count < listCeiling {
            differences.append(difference)
        } else {
            unlistedCount += 1
        }
    }

    /// Counts an item inside, without naming it.
    mutating func fold(_ grade: Grade, _ account: ByteAccount) {
        self.grade = min(self.grade, grade)
        self.account.add(account)
        if grade != .identical { unlistedCount += 1 }
    }

    /// Counts and names an item inside.
    mutating func add(_ member: ComparedItem) {
        grade = min(grade, member.grade)
        account.add(member.account)
        members.append(member)
    }

    /// Counts all `count` shipped bytes as a file of others, and keeps the grade and what it is made of.
    mutating func declareThirdParty(_ count: UInt64) {
        account = ByteAccount()
        tally(count, .thirdParty)
        differences = differences.map { $0.accounted(as: .thirdParty) }
        members = []
    }

    private mutating func tally(_ count: UInt64, _ class: ByteAccount.Class) {
        var more = ByteAccount()
        more[`class`] = count
        account.add(more)
    }
}

extension ByteDifference {
    /// The same difference, with its bytes in another class.
    fileprivate func accounted(as class: ByteAccount.Class) -> ByteDifference {
        ByteDifference(
            place: place,
            range: range,
            byteCount: byteCount,
            accountedAs: `class`,
            cause: cause,
            fix: fix,
            view: view
        )
    }
}
