import Attestations
import BuildStatements
import Digests
import Foundation
import TestSupport
import Testing

@testable import Comparison

@Suite struct ByteTests {
    @Test func identicalFilesAreNotHashedUnlessAsked() throws {
        var random = SeededGenerator(seed: 7)
        let bytes = random.bytes(600_000)
        let item = try Builds.compare(bytes, bytes)
        #expect(item.grade == .identical && item.account.reproduced == 600_000 && item.account.total == 600_000)
        #expect(item.shipped?.size == 600_000 && item.shipped?.digest == nil)
        let hashed = try Builds.compare(bytes, bytes) { $0.hashesIdenticalContent = true }
        #expect(hashed.shipped?.digest == SHA256.digest(of: bytes))
    }

    @Test(arguments: [0, 1, 262_143, 262_144, 599_999]) func oneByteIsFoundWhereverItIs(_ place: Int) throws {
        var random = SeededGenerator(seed: 7)
        let shipped = random.bytes(600_000)
        var rebuilt = shipped
        rebuilt[place] ^= 1
        let item = try Builds.compare(shipped, rebuilt)
        // The pass that hashes what it compares finds it as well.
        #expect(try Builds.compare(shipped, rebuilt) { $0.hashesIdenticalContent = true }.grade == .different)
        let difference = try #require(item.differences.first)
        #expect(item.grade == .different && item.differences.count == 1)
        #expect(difference.range == UInt64(place)..<UInt64(place + 1) && difference.byteCount == 1)
        #expect(
            item.shipped?.digest == SHA256.digest(of: shipped) && item.rebuilt?.digest == SHA256.digest(of: rebuilt)
        )
        guard case .hex(let offset, let left, _, let right)? = difference.view else {
            Issue.record("no view")
            return
        }
        #expect(left[place - Int(offset)] == shipped[place] && right[place - Int(offset)] == rebuilt[place])
    }

    @Test func whatOnlyOneSideHasAtItsEndIsDifferent() throws {
        var random = SeededGenerator(seed: 7)
        let bytes = random.bytes(5000)
        let longer = try Builds.compare(bytes + [0], bytes)
        #expect(longer.grade == .different && longer.account.unexplained == 1 && longer.account.total == 5001)
        let shorter = try Builds.compare(bytes, bytes + [0])
        #expect(shorter.grade == .different && shorter.account.unexplained == 0 && shorter.account.total == 5000)
    }

    @Test func everyShippedByteIsCountedOnce() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<40 {
            let shipped = random.bytes(Int.random(in: 0..<3000, using: &random))
            var rebuilt = shipped
            for _ in 0..<Int.random(in: 0..<6, using: &random) where !rebuilt.isEmpty {
                let place = Int.random(in: 0..<rebuilt.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: rebuilt[place] = 0
                case 1: rebuilt.remove(at: place)
                default: rebuilt.insert(9, at: place)
                }
            }
            let item = try Builds.compare(shipped, rebuilt)
            #expect(item.account.total == UInt64(shipped.count))
            #expect((item.grade == .identical) == (shipped == rebuilt))
        }
    }

    @Test func declaredFilesOfOthersCountAsThat() throws {
        let (shipped, rebuilt) = (Array("theirs\n".utf8), Array("ours\n".utf8))
        let digest = SHA256.digest(of: shipped)
        let item = try Builds.compare(shipped, rebuilt) { $0.declaredDigests = [digest] }
        #expect(item.account.thirdParty == 7 && item.account.total == 7)
        // It is explained, and still not what was rebuilt.
        #expect(item.grade == .different)
        #expect(try Builds.compare(shipped, shipped) { $0.declaredDigests = [digest] }.account.thirdParty == 7)
        #expect(
            try Builds.compare(shipped, rebuilt) { $0.declaredDigests = [SHA256.digest(of: rebuilt)] }
                .account.thirdParty == 0
        )
    }

    @Test(arguments: [
        (UInt64(0), UInt64(0), "no bytes were shipped, 0 unexplained"),
        (41_233_119, 0, "100.00 % of 41,233,119 bytes reproduced, 0 unexplained"),
        (41_233_119, 1, "99.99 % of 41,233,120 bytes reproduced, 1 unexplained"),
        (0, 1_000, "0.00 % of 1,000 bytes reproduced, 1,000 unexplained"),
        (UInt64.max - 1, 1, "99.99 % of 18,446,744,073,709,551,615 bytes reproduced, 1 unexplained"),
    ]) func theLineForTheMinisterIsNeverRoundedUp(_ reproduced: UInt64, _ unexplained: UInt64, _ line: String) {
        var account = ByteAccount()
        (account.reproduced, account.unexplained) = (reproduced, unexplained)
        #expect(account.summary == line)
    }
}
