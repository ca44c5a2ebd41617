import Attestations
import BuildStatements
import TestSupport
import Testing

@testable import Comparison

@Suite struct SignedImageTests {
    /// An image that ends at a multiple of eight.
    private static func image() -> PEBytes {
        var image = PEBytes.usual()
        image.symbols = []
        image.sections[1].name = ".debug"
        image.sections[1].content += [UInt8](repeating: 0, count: 512 - image.sections[1].content.count)
        return image
    }

    private static func signed(_ size: Int, hidden: [UInt8] = []) -> PEBytes {
        var image = image()
        image.certificates = PEBytes.certificate(signedMessage(size) + hidden)
        return image
    }

    @Test(arguments: [100, 101, 107, 300]) func aSignatureIsAllThatMayDiffer(_ size: Int) throws {
        let (signed, unsigned) = (Self.signed(size).file(), Self.image().file())
        for (one, other) in [(signed, unsigned), (unsigned, signed), (signed, Self.signed(size + 9).file())] {
            let item = try Builds.compare(one, other)
            #expect(item.grade == .identicalOutsideSignature && item.account.unexplained == 0)
            #expect(item.account.total == UInt64(one.count) && item.causes == [.signature])
        }
    }

    @Test func howManySignaturesThereAreDoesNotMatter() throws {
        var twice = Self.signed(100)
        twice.certificates += PEBytes.certificate(signedMessage(60))
        let item = try Builds.compare(twice.file(), Self.signed(103).file())
        #expect(item.grade == .identicalOutsideSignature && item.account.unexplained == 0)
    }

    /// Eight bytes that locate nothing could hold anything.
    @Test func aPlaceOfNoSignatureMustBeEmpty() throws {
        let unsigned = Self.image().file()
        let entry = Self.image().certificateEntry
        for (offset, byte) in [(0, 8), (4, 1), (7, 255)] {
            var garbage = unsigned
            garbage[entry + offset] = UInt8(byte)
            #expect(try Builds.compare(garbage, unsigned).grade == .different)
            #expect(try Builds.compare(unsigned, garbage).grade == .different)
            #expect(try Builds.compare(garbage, Self.signed(100).file()).grade == .different)
        }
    }

    @Test func whatHidesBesideASignatureIsDifferent() throws {
        let unsigned = Self.image().file()
        let hidden = [
            Self.signed(98, hidden: [0, 0, 1, 0, 0]).file(), Self.signed(98, hidden: [9, 9, 9, 9, 9]).file(),
            Self.signed(98).file() + [1], Self.signed(98).file() + [UInt8](repeating: 0, count: 4096),
        ]
        for file in hidden {
            let item = try Builds.compare(file, unsigned)
            #expect(item.grade == .different && item.account.total == UInt64(file.count))
        }
    }

    @Test func aChangedByteIsDifferentWhateverIsSigned() throws {
        var random = SeededGenerator(seed: 2)
        let (signed, unsigned) = (Self.signed(100).file(), Self.image().file())
        for _ in 0..<60 {
            var changed = signed
            let place = Int.random(in: 0..<unsigned.count, using: &random)
            let entry = Self.image().certificateEntry
            guard !(entry..<entry + 8).contains(place) else { continue }
            changed[place] ^= UInt8.random(in: 1...255, using: &random)
            #expect(try Builds.compare(changed, unsigned).grade == .different, "byte \(place)")
        }
    }

    @Test func onlyTheRightChecksumIsExplained() throws {
        var image = Self.signed(100)
        image.checksumValue = 0x1234_5678
        let item = try Builds.compare(image.file(), Self.image().file())
        #expect(item.grade == .different && item.account.unexplained > 0)
    }

    /// Where nothing was signed, nobody sets the checksum afterwards.
    @Test func aChecksumIsExplainedBySigningOnly() throws {
        let zero = Self.image().file()
        var right = Self.image()
        var sum = 0
        for place in stride(from: 0, to: zero.count, by: 2) { sum += Int(zero[place]) + Int(zero[place + 1]) << 8 }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        right.checksumValue = UInt64(sum + zero.count)
        #expect(try PELayout.layout(of: BytesInMemory(right.file())).named("checksum")?.kind == .checksum)
        let item = try Builds.compare(right.file(), zero)
        #expect(item.grade == .different && item.account.unexplained > 0)
        #expect(try Builds.compare(Self.signed(100).file(), right.file()).grade == .identicalOutsideSignature)
    }

    @Test func anOverlayIsTheSameWhetherSignedOrNot() throws {
        var (signed, unsigned) = (Self.signed(100), Self.image())
        (signed.overlay, unsigned.overlay) = (Array("installer data..".utf8), Array("installer data..".utf8))
        #expect(try Builds.compare(signed.file(), unsigned.file()).grade == .identicalOutsideSignature)
        // Behind the table it is not what a check of the signature would see.
        signed.overlay = []
        let behind = signed.file() + unsigned.overlay
        #expect(try Builds.compare(behind, unsigned.file()).grade == .different)
    }

    @Test func aByteInThePaddingOfASectionIsDifferent() throws {
        let plain = Self.image().file()
        let layout = try PELayout.layout(of: BytesInMemory(plain))
        let padding = try #require(layout.regions.first { $0.kind == .padding })
        var hidden = plain
        hidden[Int(padding.range.lowerBound)] ^= 1
        let item = try Builds.compare(hidden, plain)
        #expect(item.grade == .different && item.account.unexplained == 1)
        #expect(item.places.contains { $0.contains("padding") })
    }
}
