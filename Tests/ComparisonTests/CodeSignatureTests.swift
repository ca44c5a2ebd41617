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

    /// Two signers, signatures of different sizes: everything else is the same.
    @Test func isAllThatDiffersBetweenSigners() throws {
        func rest(_ signature: [UInt8]) throws -> [UInt8] {
            let (layout, file, _) = try Self.layout(signature)
            return layout.regions.filter { $0.kind != .signature }.flatMap {
                file[Int($0.range.lowerBound)..<Int($0.range.upperBound)]
            }
        }
        let first = MachOBytes.superBlob([(0, [1, 2, 3]), (2, [7])], gap: [0, 0, 0, 0])
        let second = MachOBytes.superBlob(
            [(0, [3, 2, 1]), (0x10000, [8, 8])],
            reserved: [UInt8](repeating: 0, count: 900)
        )
        #expect(try rest(first) == rest(second))
    }

    @Test func leavesHiddenBytesOut() throws {
        let (layout, file, _) = try Self.layout(MachOBytes.superBlob([(0, [1])], gap: [5, 6], reserved: [0, 0, 9]))
        #expect(layout.bytes(.padding, of: file).suffix(2) == [[5, 6], [0, 0, 9]])
    }

    @Test func countsEntitlementsAsContent() throws {
        let (layout, _, _) = try Self.layout(MachOBytes.superBlob([(0, [1]), (5, [2]), (0x77, [3])]))
        #expect(layout.named("entitlements")?.kind == .section)
        #expect(layout.named("slot 119 of the code signature")?.kind == .section)
        #expect(layout.named("code directory")?.kind == .signature)
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
