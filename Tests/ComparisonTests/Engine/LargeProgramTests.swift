import Attestations
import BuildStatements
import Digests
import Encodings
import TestSupport
import Testing

@testable import Comparison

/// Programs whose code directories have more hashes than the ceiling of a signature lets through unread.
@Suite struct LargeProgramTests {
    /// A program of 18 MB without a signature.
    private static let object: MachOBytes = {
        var object = MachOBytes()
        (object.room, object.text) = (40, [UInt8](repeating: 0x90, count: 18_000_000))
        return object
    }()
    private static let unsigned = object.file()

    /// The program with a signature that has the hashes of its pages.
    private static func signed(message: Int = 900) throws -> [UInt8] {
        let make = MachOSigner.certified(text: object.linkEditStart, message: message)
        var file = try MachOSigner().sign(unsigned, make)
        let end = (unsigned.count + 15) / 16 * 16
        let directory = try #require(
            try MachOLayoutTests.read(file).regions.first { $0.name.hasPrefix("code directory") }
        )
        let length = BinaryFields(file[Int(directory.range.lowerBound)...].prefix(8), isBigEndian: true).offset32(4)
        var place = Int(directory.range.lowerBound) + Int(length) - (end + 4095) / 4096 * 32
        for start in stride(from: 0, to: end, by: 4096) {
            let hash = SHA256.digest(of: Array(file[start..<min(end, start + 4096)])).bytes
            file.replaceSubrange(place..<place + 32, with: hash)
            place += 32
        }
        return file
    }

    @Test func hashesOfPagesMayBeAsManyAsThereArePages() throws {
        let signed = try Self.signed()
        let layout = try MachOLayoutTests.read(signed)
        let hashes = try #require(layout.named("right page hashes of the code directory")?.range)
        #expect(hashes.count > SignedDataStructure.totalByteCeiling)
        for (one, other) in [
            (signed, Self.unsigned), (Self.unsigned, signed), (signed, try Self.signed(message: 9000)),
        ] {
            let item = try Builds.compare(one, other)
            #expect(item.grade == .identicalOutsideSignature && item.account.unexplained == 0, "\(item.places)")
        }
        // One bit of the first hash, of a middle one and of the last.
        for place in [hashes.lowerBound, hashes.lowerBound + 70_000, hashes.upperBound - 1].map(Int.init) {
            let changed = signed.with([signed[place] ^ 1], at: place)
            #expect(try MachOLayoutTests.read(changed).named("right page hashes of the code directory") == nil)
            #expect(try Builds.compare(changed, Self.unsigned).grade == .different, "byte \(place)")
        }
        // A page that is not the one that was hashed, and one that is changed on both sides.
        let place = Self.object.textStart + 9_000_000
        let changed = signed.with([0], at: place)
        #expect(try Builds.compare(changed, Self.unsigned).grade == .different)
        #expect(try Builds.compare(changed, Self.unsigned.with([0], at: place)).grade == .different)
    }

    @Test func whatIsNoHashKeepsToTheCeiling() throws {
        #expect(try Builds.compare(try Self.signed(message: 66_000), Self.unsigned).grade == .different)
        let make = MachOSigner.certified(text: Self.object.linkEditStart)
        let wrong = try MachOSigner().sign(Self.unsigned, make)
        #expect(try Builds.compare(wrong, Self.unsigned).grade == .different)
    }
}
