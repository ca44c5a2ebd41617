import ArchiveWorker
import Attestations
import BuildStatements
import ChildProcesses
import Foundation
import TestSupport
import Testing

@testable import Comparison

@Suite struct HostileTests {
    private static let usual = TarBytes.usual

    private static func gzip(_ bytes: [UInt8]) throws -> [UInt8] { try Packed.by("gzip -n -c", bytes) }

    private static func reason(_ item: ComparedItem?) -> String? {
        item?.differences.first { $0.place.hasPrefix("it cannot be opened: ") }?.place
    }

    @Test func whatIsCutOffIsComparedAsBytes() throws {
        let xz = try Packed.by("xz -c", usualLong)
        let zip = try Packed.zip([("a", usualLong)])
        for whole in [Self.usual.bytes, try Self.gzip(usualLong), xz, zip] {
            for end in stride(from: 1, to: whole.count, by: max(1, whole.count / 23)) {
                let item = try Builds.compare(Array(whole[..<end]), whole)
                #expect(item.grade == .different && item.account.total > 0)
            }
        }
    }

    private var usualLong: [UInt8] { (0..<9000).flatMap { Array("row \($0)\n".utf8) } }

    @Test func everyDamagedByteIsSeen() throws {
        var random = SeededGenerator(seed: 5)
        let wholes = [try Self.gzip(Self.usual.bytes), try Packed.zip([("a", Array(usualLong[..<2000])), ("b", [1])])]
        for whole in wholes {
            for _ in 0..<40 {
                var damaged = whole
                damaged[Int.random(in: 0..<whole.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                #expect(try Builds.compare(damaged, whole).grade < .identicalOutsideSignature)
                #expect(try Builds.compare(whole, damaged).grade < .identicalOutsideSignature)
            }
        }
    }

    @Test func bombsAreNotOpened() throws {
        let zeros = [UInt8](repeating: 0, count: 3 << 20)
        let (bomb, other) = (try Self.gzip(zeros), try Self.gzip(zeros + [1]))
        let ratio = try Builds.compare(bomb, other) { $0.ceilings.expansionFloor = 1 << 20 }
        #expect(Self.reason(ratio)?.contains("too large for its size") == true && ratio.grade == .different)
        #expect(ratio.account.total == UInt64(bomb.count))
        #expect(Self.reason(try Builds.compare(bomb, other)) == nil)
        let total = try Builds.compare(bomb, other) { $0.ceilings.expandedByteCount = 1 << 20 }
        #expect(Self.reason(total)?.contains("together") == true)
        let temporary = try Builds.compare(bomb, other) { $0.ceilings.temporaryByteCount = 1 << 20 }
        #expect(Self.reason(temporary)?.contains("temporary") == true)
        let zips = (try Packed.zip([("z", zeros)]), try Packed.zip([("z", zeros + [1])]))
        let zip = try Builds.compare(zips.0, zips.1) { $0.ceilings.expansionFloor = 1 << 20 }
        #expect(Self.reason(zip)?.contains("too large for its size") == true)
    }

    @Test func tooManyMembersAreNotOpened() throws {
        let changed = Self.usual.with(3) { $0.content[0] ^= 1 }
        let item = try Builds.compare(changed.bytes, Self.usual.bytes) { $0.ceilings.members = 3 }
        #expect(item.grade == .different && item.places.contains { $0.contains("two readings") })
        let zips = (try Packed.zip([("a", [1]), ("b", [1])]), try Packed.zip([("a", [1]), ("b", [2])]))
        let zip = try Builds.compare(zips.0, zips.1) { $0.ceilings.members = 1 }
        #expect(Self.reason(zip)?.contains("more than 1 members") == true)
    }

    @Test func fiftyDeepIsNamed() throws {
        func nested(_ seed: UInt8) -> [UInt8] {
            (0..<50).reduce([seed, 2, 3]) { content, _ in Packed.storedGzip(content) }
        }
        let item = try Builds.compare(nested(1), nested(9))
        var (inner, depth) = (item, 0)
        while let next = inner.members.first { (inner, depth) = (next, depth + 1) }
        #expect(depth == 32 && Self.reason(inner)?.contains("nested deeper than 32") == true)
        #expect(item.grade == .different && item.account.unexplained > 0)
    }

    @Test func listsAreLimitedAndNothingIsLost() throws {
        let many = (0..<40).map { TarBytes.Member(name: "m\($0)", content: [UInt8($0), 1]) }
        let (one, two) = (
            TarBytes(members: many),
            TarBytes(
                members: many.map {
                    var other = $0
                    other.content[1] = 2
                    return other
                }
            )
        )
        let item = try Builds.compare(one.bytes, two.bytes) { $0.ceilings.items = 5 }
        #expect(item.members.count == 5 && item.unlistedDifferenceCount == 35 && item.account.unexplained == 40)
        let few = try Builds.compare(one.bytes, two.bytes) { $0.ceilings.differences = 7 }
        #expect(few.account.unexplained == 40 && few.grade == .different)
    }

    // MARK: Readers that fail

    /// A program of the shell that stands in for the reader.
    private func compare(
        with script: String,
        patience: Int = 60,
        _ files: ([UInt8], [UInt8])? = nil
    ) throws -> ComparedItem {
        try TemporaryDirectory.with { folder in
            let program = folder + "/reader"
            try TestFile.write(Array("#!/bin/sh\n\(script)\n".utf8), to: program)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            let files = try files ?? (Self.gzip([1]), Self.gzip([2]))
            return try Builds.compare(files.0, files.1) {
                ($0.executable, $0.patience) = (Array(program.utf8), patience)
            }
        }
    }

    /// A member, and then three bytes of content in a frame that promises more.
    private static let begun = #"printf '\001\112\0\0\0'; head -c 74 /dev/zero"#

    @Test(arguments: [
        ("exit 0", WorkerEnding.exited(status: 0)), ("exit 3", .exited(status: 3)),
        ("kill -9 $$", .killed(signal: 9)), (begun + "; kill -9 $$", .killed(signal: 9)),
        (#"printf '\011\0\0\0\0'"#, .nonsense("a frame that cannot be")),
        (#"printf '\002\0\0\0\377'"#, .nonsense("a frame that cannot be")),
        (#"printf '\001\001\0\0\0\1'"#, .nonsense("a member that cannot be")),
    ]) func aReaderThatFailsIsNoGrade(_ script: String, _ ending: WorkerEnding) throws {
        let failure = #expect(throws: ArchiveReaderFailure.self) { try self.compare(with: script) }
        #expect(failure?.ending == ending)
    }

    /// What libarchive reads otherwise than we do may be what is unpacked.
    @Test func twoReadingsOfOneArchiveMustAgree() throws {
        let files = (Self.usual.with(1) { $0.time = 2000 }.bytes, Self.usual.bytes)
        #expect(try Builds.compare(files.0, files.1).grade == .contentsIdentical)
        let item = try compare(with: #"printf '\003\0\0\0\0'"#, files)
        #expect(item.grade == .different && item.places.contains { $0.contains("two readings of this archive") })
    }

    @Test func aReaderThatStallsIsKilled() throws {
        let failure = #expect(throws: ArchiveReaderFailure.self) {
            try self.compare(with: "exec cat /dev/zero > /dev/null", patience: 1)
        }
        #expect(failure?.ending == .stalled(seconds: 1))
    }

    @Test func aProgramThatIsNotThereIsNoGrade() throws {
        #expect(throws: ArchiveReaderFailure.self) {
            try Builds.compare(try Self.gzip([1]), try Self.gzip([2])) { $0.executable = Array("/nonexistent".utf8) }
        }
    }

    @Test func aTemporaryDirectoryThatIsNotThereIsNoGrade() throws {
        #expect(throws: SpoolFailure.self) {
            try Builds.compare(try Self.gzip([1]), try Self.gzip([2])) {
                $0.temporaryDirectory = Array("/nonexistent".utf8)
            }
        }
    }
}
