import Attestations
import Testing

@testable import Comparison

@Suite struct CodeSignatureTests {
    private static func layout(_ signature: [UInt8]) throws -> (FileLayout, [UInt8], MachOBytes) {
        var object = MachOBytes()
        object.signature = signature
        let file = object.file()
        let layout = try MachOLayoutTests.read(file)
        expectWhole(layout, UInt64(file.count))
        return (layout, file, object)
    }

    private static func reason(_ signature: [UInt8]) throws -> String {
        try #require(throws: MalformedLayout.self) { _ = try layout(signature) }.reason
    }

    /// The layout of a file that is signed by what `make` gives for the size of its code.
    private static func signed(_ make: (Int) -> [UInt8]) throws -> (FileLayout, [UInt8]) {
        let file = MachOBytes().signed(make).file()
        let layout = try MachOLayoutTests.read(file)
        expectWhole(layout, UInt64(file.count))
        return (layout, file)
    }

    private static func rest(_ make: (Int) -> [UInt8]) throws -> [UInt8] {
        let (layout, file) = try signed(make)
        return layout.regions.filter { $0.kind != .signature }.flatMap {
            file[Int($0.range.lowerBound)..<Int($0.range.upperBound)]
        }
    }

    /// Two signers, signatures of different sizes: everything else is the same.
    @Test func isAllThatDiffersBetweenSigners() throws {
        let first = try Self.rest {
            MachOBytes.superBlob([(0, MachOBytes.codeDirectory(size: $0)), (2, [7])], gap: [0, 0, 0, 0])
        }
        let second = try Self.rest {
            let directory = MachOBytes.codeDirectory(size: $0, fill: 9, team: "TEAM")
            let zeros = [UInt8](repeating: 0, count: 900)
            return MachOBytes.superBlob([(0, directory), (0x10000, [8, 8])], reserved: zeros)
        }
        #expect(first == second)
    }

    @Test func leavesHiddenBytesOut() throws {
        let (layout, file, _) = try Self.layout(MachOBytes.superBlob([(2, [1])], gap: [5, 6], reserved: [0, 0, 9]))
        #expect(layout.bytes(.padding, of: file).suffix(2) == [[5, 6], [0, 0, 9]])
    }

    @Test func countsWhatTellsHowToRunAsContent() throws {
        let (layout, _) = try Self.signed {
            MachOBytes.superBlob([(0, MachOBytes.codeDirectory(size: $0)), (5, [2]), (7, [3]), (0x77, [3])])
        }
        for name in ["entitlements", "entitlements in DER", "slot 119 of the code signature"] {
            #expect(layout.named(name)?.kind == .section && layout.named("slot of \(name)")?.kind == .header)
        }
        #expect(layout.named("code directory")?.kind == .signature)
        for name in ["flags", "platform", "rights", "identifier"] {
            #expect(layout.named("\(name) of the code directory")?.kind == .header)
        }
    }

    @Test func otherFlagsOrEntitlementsAreDifferent() throws {
        func file(_ flags: UInt64, _ slot: UInt64, _ changes: [Int: UInt8] = [:]) -> [UInt8] {
            MachOBytes().signed {
                let directory = MachOBytes.codeDirectory(size: $0, flags: flags, changes)
                return MachOBytes.superBlob([(0, directory), (slot, [1, 2])])
            }.file()
        }
        let plain = file(0, 5)
        #expect(try Builds.compare(plain, file(0x12000, 5)).grade == .different)
        #expect(try Builds.compare(plain, file(0, 7)).grade == .different)
        // The platform and the last byte of the flags of the executable segment.
        #expect(try Builds.compare(plain, file(0, 5, [38: 1])).grade == .different)
        #expect(try Builds.compare(plain, file(0, 5, [87: 2])).grade == .different)
        // A hash is what the signature is about.
        #expect(try Builds.compare(plain, file(0, 5, [100: 2])).grade == .identicalOutsideSignature)
    }

    /// The entries of content stand at other places of the index then.
    @Test func moreSlotsOfSignersAreNoOtherOrder() throws {
        func file(_ more: [(UInt64, [UInt8])]) -> [UInt8] {
            MachOBytes().signed {
                MachOBytes.superBlob([(0, MachOBytes.codeDirectory(size: $0))] + more, reserved: [])
            }.file()
        }
        let (one, other) = (file([(5, [1]), (0x10000, [1])]), file([(2, [3]), (5, [1]), (0x10000, [1, 2])]))
        let item = try Builds.compare(one, other)
        #expect(item.grade == .identicalOutsideSignature, "\(item.places)")
    }

    @Test func takesNothingOfAnotherStructureForASignature() throws {
        // The number of pages, the size of the code and of hashes, the place of hashes, a list of pages, the version.
        for (place, byte) in [(31, 9), (35, 1), (36, 20), (37, 9), (19, 1), (47, 1), (9, 3), (23, 90), (63, 1)] {
            let (layout, _) = try Self.signed {
                MachOBytes.superBlob([(0, MachOBytes.codeDirectory(size: $0, [place: UInt8(byte)]))])
            }
            #expect(layout.named("code directory, of another structure")?.kind == .section, "byte \(place)")
        }
        // No magic of the slot, and more bytes than a signature takes.
        let (wrong, _, _) = try Self.layout(MachOBytes.superBlob([(2, [1]), (0x10000, [1])]).with([9], at: 28))
        #expect(wrong.named("requirements, of another structure")?.kind == .section)
        // And there is no code directory: what is signed is no code.
        #expect(wrong.named("signature of the code directory, of no code")?.kind == .section)
        let long = [UInt8](repeating: 7, count: 65_536)
        let (large, _, _) = try Self.layout(MachOBytes.superBlob([(0x10000, long)]))
        #expect(large.named("signature of the code directory, of another structure")?.kind == .section)
    }

    @Test func refusesTwoBlobsOfOneSlot() throws {
        let reason = try Self.reason(MachOBytes.superBlob([(5, [1]), (5, [2])]))
        #expect(reason == "two blobs in slot 5 of the code signature")
    }

    @Test func takesTheSizesOfLinkEditOnlyWhereTheyFollow() throws {
        let (layout, file, object) = try Self.layout(MachOBytes.superBlob([(0, [1, 2, 3])]))
        let segment = object.segmentStarts[1]
        #expect(layout.named("file size of __LINKEDIT")?.range == UInt64(segment + 48)..<UInt64(segment + 56))
        #expect(layout.named("memory size of __LINKEDIT")?.kind == .signature)
        func memorySize(_ bytes: [UInt8]) throws -> FileLayout.Region? {
            try MachOLayoutTests.read(file.with(bytes, at: segment + 32)).named("memory size of __LINKEDIT")
        }
        #expect(try memorySize([0, 0x10]) != nil && memorySize([0, 0x40]) != nil)
        #expect(try memorySize([1, 0x10]) == nil && memorySize([0, 0x20]) == nil)
        // A segment that goes on behind the signature.
        let longer = file.with([UInt8(object.linkEditSize) + 1], at: segment + 48) + [0]
        #expect(try MachOLayoutTests.read(longer).named("file size of __LINKEDIT") == nil)
    }

    @Test func refusesSuperBlobsThatDoNotHoldTogether() throws {
        let good = MachOBytes.superBlob([(0, [1, 2, 3]), (2, [4])])
        let noBlob = "the code signature is no SuperBlob that fits"
        #expect(try Self.reason([]) == "the code signature is too short")
        #expect(try Self.reason(good.with([0xFB], at: 0)) == noBlob)
        #expect(try Self.reason(good.with([UInt8(good.count + 1)], at: 7)) == noBlob)
        #expect(try Self.reason(good.with([27], at: 7)) == noBlob)
        #expect(try Self.reason(good.with([1, 0, 0], at: 9)) == noBlob)
        #expect(
            try Self.reason(good.with([UInt8(good.count - 7)], at: 19)) == "a blob of the code signature does not fit"
        )
        #expect(
            try Self.reason(good.with([0xFF, 0xFF, 0xFF, 0xFF], at: 16)) == "a blob of the code signature does not fit"
        )
        // The first blob's own length: too short, and over the second.
        #expect(try Self.reason(good.with([7], at: 28 + 7)) == "a blob of the code signature does not fit")
        #expect(try Self.reason(good.with([12], at: 28 + 7)) == "blobs of the code signature share bytes")
        #expect(try Self.reason(good.with([0], at: 19)) == "blobs of the code signature share bytes")
    }

    /// Where code is mapped, what is called a signature could be code.
    @Test func refusesASignatureOutsideLinkEdit() throws {
        var object = MachOBytes()
        object.text = MachOBytes.superBlob([(0, [1, 2, 3])])
        object.signature = object.text
        let file = object.file()
        #expect(throws: Never.self) { try MachOLayoutTests.read(file) }
        let command = [0x1D, 0, 0, 0, 16, 0, 0, 0] as [UInt8]
        let place = try #require(file.indices.first { file[$0...].starts(with: command) })
        for start in [object.textStart, object.linkEditStart - object.text.count] {
            let moved = file.with([UInt8(start & 0xFF), UInt8(start >> 8)], at: place + 8)
            let error = #expect(throws: MalformedLayout.self) { try MachOLayoutTests.read(moved) }
            #expect(error?.reason == "the code signature is not in __LINKEDIT")
        }
    }

    @Test func refusesTwoSignatures() throws {
        var object = MachOBytes()
        object.signature = MachOBytes.superBlob([(0, [1])])
        var second = ByteWriter()
        second.u32(0x1D, 16, UInt64(object.signatureStart), 4)
        object.commands = [second.bytes]
        let error = #expect(throws: MalformedLayout.self) { try MachOLayoutTests.read(object.file()) }
        #expect(error?.reason == "two code signatures")
    }
}
