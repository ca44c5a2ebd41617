import Testing

@testable import Comparison

@Suite struct CertificateTableTests {
    /// An image without symbols that ends at a multiple of eight.
    private static func image() -> PEBytes {
        var image = PEBytes.usual()
        image.symbols = []
        image.sections[1].name = ".debug"
        image.sections[1].content += [UInt8](repeating: 0, count: 512 - image.sections[1].content.count)
        return image
    }

    private static func layout(_ image: PEBytes) throws -> (FileLayout, [UInt8]) {
        let file = image.file()
        let layout = try PELayoutTests.read(file)
        expectWhole(layout, UInt64(file.count))
        return (layout, file)
    }

    private static func reason(_ image: PEBytes, with bytes: [UInt8] = [], at offset: Int = 0) throws -> String {
        let file = image.file().with(bytes, at: offset)
        return try #require(throws: MalformedLayout.self) { try PELayoutTests.read(file) }.reason
    }

    /// Everything but the signature is the unsigned file, byte for byte.
    @Test(arguments: [100, 101, 102, 103, 104, 105, 106, 107, 300]) func isAllThatSigningAdds(_ size: Int) throws {
        var image = Self.image()
        let unsigned = image.file()
        image.certificates = PEBytes.certificate(signedMessage(size)) + PEBytes.certificate(signedMessage(size + 1))
        let (layout, signed) = try Self.layout(image)
        let signature = layout.regions.filter { $0.kind == .signature }
        let rest = layout.regions.filter { $0.kind != .signature }.flatMap {
            signed[Int($0.range.lowerBound)..<Int($0.range.upperBound)]
        }
        let place = image.certificateEntry
        #expect(rest == Array(unsigned[..<place]) + Array(unsigned[(place + 8)...]))
        #expect(signature.first?.range == UInt64(place)..<UInt64(place + 8))
        #expect(!layout.regions.contains { $0.kind == .overlay })
    }

    @Test func givesTheLengthAsSignersDoThatCountTheAlignment() throws {
        var image = Self.image()
        let message = signedMessage(98)
        #expect(message.count % 8 == 3)
        image.certificates = PEBytes.certificate(message, length: message.count + 8 + 5)
        #expect(try !Self.layout(image).0.regions.contains { $0.name == "padding behind the signature" })
    }

    /// What was hidden in a signed library in 2023: bytes behind the message, which no check of the signature sees.
    @Test func leavesHiddenBytesOut() throws {
        let message = signedMessage(98)
        var image = Self.image()
        // In the alignment, within the length of the certificate, and in long rows of zeros.
        for hidden in [
            [0, 0, 1, 0, 0], [9, 9, 9, 9, 9], [UInt8](repeating: 5, count: 4096 + 5), [UInt8](repeating: 0, count: 13),
        ] {
            image.certificates = PEBytes.certificate(message + hidden)
            let (layout, file) = try Self.layout(image)
            #expect(layout.bytes(.padding, of: file).last == hidden)
            #expect(layout.named("padding behind the signature")?.kind == .padding)
        }
        image.certificates = PEBytes.certificate(message)
        image.certificates[image.certificates.count - 1] = 1
        let (layout, file) = try Self.layout(image)
        #expect(layout.bytes(.padding, of: file).last == [0, 0, 0, 0, 1])
    }

    @Test func tellsOverlaysFromTheTable() throws {
        var image = Self.image()
        image.overlay = [UInt8](repeating: 0, count: 8)
        image.certificates = PEBytes.certificate(signedMessage(98))
        let behind = image.file() + [1, 2]
        let layout = try PELayoutTests.read(behind)
        #expect(layout.bytes(.overlay, of: behind) == [image.overlay, [1, 2]])
        // Up to seven zeros are there for the alignment.
        image.sections[1].content.removeLast(3)
        image.overlay = [0, 0, 0]
        #expect(try Self.layout(image).0.named("alignment of the certificate table")?.kind == .signature)
        image.overlay = [0, 1, 0]
        #expect(try Self.layout(image).0.named("behind the last part")?.kind == .overlay)
    }

    @Test func countsOtherCertificatesAsOverlay() throws {
        var image = Self.image()
        let message = signedMessage(98)
        for kind: UInt64 in [1, 0x0EF1] {
            image.certificates = PEBytes.certificate(message, kind: kind)
            #expect(try Self.layout(image).0.named("certificate 0 of an unknown kind")?.kind == .overlay)
        }
    }

    @Test func doesNotTakeMoreForSignaturesThanSignaturesTake() throws {
        var image = Self.image()
        image.certificates = (0..<5).flatMap { PEBytes.certificate(signedMessage(100 + $0)) }
        let many = try Self.layout(image).0
        #expect(many.named("certificate 3")?.kind == .signature)
        #expect(many.named("certificate 4 beyond what signatures take")?.kind == .overlay)
        let bits = der(0x03, [UInt8](repeating: 0, count: 50_000))
        let long = der(0xA0, der(0x30, der(0x30), MessageBytes.algorithm, bits))
        let message = MessageBytes.message(MessageBytes.content(MessageBytes.signer([1]), lists: long))
        image.certificates = (0..<3).flatMap { _ in PEBytes.certificate(message) }
        let large = try Self.layout(image).0
        #expect(large.named("certificate 1")?.kind == .signature)
        #expect(large.named("certificate 2 beyond what signatures take")?.kind == .overlay)
    }

    @Test func refusesMessagesThatOnlyBeginLikeOne() throws {
        var image = Self.image()
        image.certificates = PEBytes.certificate(MessageBytes.message([UInt8](repeating: 0xA5, count: 300)))
        #expect(try Self.reason(image) == "certificate 0 is no signed PKCS#7 message")
    }

    @Test func refusesTablesThatDoNotHoldTogether() throws {
        var image = Self.image()
        let entry = image.certificateEntry
        let unaligned = "the certificate table is empty or not aligned"
        // Half an entry would be bytes that nothing explains.
        #expect(try Self.reason(image, with: [8], at: entry) == unaligned)
        #expect(try Self.reason(image, with: [8], at: entry + 4) == unaligned)
        let start = image.file().count
        let message = signedMessage(98)
        image.certificates = PEBytes.certificate(message)
        let size = image.certificates.count
        #expect(try Self.reason(image, with: [UInt8(start & 0xFF) + 4], at: entry) == unaligned)
        #expect(try Self.reason(image, with: [0, 2, 0, 0], at: entry).contains("certificate"))
        #expect(
            try Self.reason(image, with: [UInt8(size + 8)], at: entry + 4).hasPrefix("the certificate table reaches")
        )
        #expect(
            try Self.reason(image, with: [UInt8(size - 8)], at: entry + 4)
                == "certificate 0 does not fit into the table"
        )
        for length in [0, 8, size + 1, 1 << 24] {
            image.certificates = PEBytes.certificate(message, length: length)
            #expect(try Self.reason(image) == "certificate 0 does not fit into the table")
        }
        image.certificates = PEBytes.certificate(message, length: message.count + 7)
        #expect(try Self.reason(image) == "certificate 0 is no signed PKCS#7 message")
        image.certificates = PEBytes.certificate([0x30, 3, 2, 1, 1])
        #expect(try Self.reason(image) == "certificate 0 is no signed PKCS#7 message")
        image.certificates = PEBytes.certificate(message) + [0, 0, 0, 0, 0, 0, 0, 0]
        #expect(try Self.reason(image) == "certificate 1 is too short")
        // A table over a section.
        image.certificates = []
        image.sections[1].content.replaceSubrange(64..<64 + size, with: PEBytes.certificate(message))
        image.directories[4] = (1024 + 64, UInt64(size))
        #expect(try Self.reason(image) == ".debug and certificate 0 share bytes")
    }
}
