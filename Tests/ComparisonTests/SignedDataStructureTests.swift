import Testing

@testable import Comparison

@Suite struct SignedDataStructureTests {
    private static let signer = MessageBytes.signer([1, 2, 3])
    private static let certificate = der(0x30, der(0x30), MessageBytes.algorithm, der(0x03, [0, 1]))

    private static func isSignature(_ content: [UInt8]) throws -> Bool {
        let message = MessageBytes.message(content)
        let reader = LayoutReader(BytesInMemory(message), format: "test")
        return try reader.signedDataLength(in: 0..<UInt64(message.count)) == UInt64(message.count)
    }

    @Test func readsWhatSignersWrite() throws {
        let attribute = der(0xA1, der(0x30, [0x06, 1, 0x2A], der(0x31, der(0x04, [1]))))
        let lists = der(0xA0, Self.certificate, Self.certificate) + der(0xA1, Self.certificate)
        #expect(try Self.isSignature(MessageBytes.content(Self.signer)))
        #expect(try Self.isSignature(MessageBytes.content(Self.signer, lists: lists)))
        #expect(try Self.isSignature(MessageBytes.content(MessageBytes.signer([1], unsigned: attribute) + Self.signer)))
    }

    @Test func refusesWhatIsNoSignedData() throws {
        let noise = (0..<200).map { UInt8($0 % 251) }
        let certificate = Self.certificate
        let refused: [[UInt8]] = [
            [], noise, der(0x04, noise), MessageBytes.content([]), MessageBytes.content(der(0x30)),
            MessageBytes.content(Self.signer) + [5, 0], MessageBytes.content(Self.signer) + der(0x04, noise),
            MessageBytes.content(Self.signer, lists: der(0xA0, der(0x04, noise))),
            MessageBytes.content(Self.signer, lists: der(0xA0, der(0x30, noise))),
            MessageBytes.content(Self.signer, lists: der(0xA1, certificate) + der(0xA0, certificate)),
            MessageBytes.content(Self.signer, lists: der(0xA0, certificate) + der(0xA0, certificate)),
            MessageBytes.content(Self.signer, lists: der(0xA2, certificate)),
            MessageBytes.content(MessageBytes.signer([1], unsigned: der(0x04, noise))),
            MessageBytes.content(MessageBytes.signer([1], unsigned: der(0xA1, der(0x30, noise)))),
            MessageBytes.content((0..<5).flatMap { _ in Self.signer }),
            MessageBytes.content(MessageBytes.signer([UInt8](repeating: 1, count: 8193))),
            MessageBytes.content(Self.signer, lists: der(0xA0, (0..<33).flatMap { _ in certificate })),
        ]
        for (index, content) in refused.enumerated() { #expect(try !Self.isSignature(content), "case \(index)") }
    }

    @Test func refusesAMessageThatIsTooLong() throws {
        // Four signatures of 8 KiB, and certificates until there are too many bytes.
        func content(_ count: Int) -> [UInt8] {
            let long = der(0x30, der(0x30), MessageBytes.algorithm, der(0x03, [UInt8](repeating: 0, count: count)))
            return MessageBytes.content(Self.signer, lists: der(0xA0, long))
        }
        #expect(try Self.isSignature(content(65_000)))
        #expect(try !Self.isSignature(content(65_536)))
    }

    @Test func refusesEveryLengthThatDoesNotNest() throws {
        let message = MessageBytes.message(MessageBytes.content(Self.signer, lists: der(0xA0, Self.certificate)))
        #expect(SignedDataStructure.holds(message))
        // 30, its length, the identifier, A0, its length, 30, its length, then version 1 of SignedData.
        for place in [1, 14, 16, 18, 21, 23, message.count - 4] {
            for change: UInt8 in [1, 2, 0x80, 0xFF] {
                #expect(!SignedDataStructure.holds(message.with([message[place] ^ change], at: place)), "byte \(place)")
            }
        }
        #expect(!SignedDataStructure.holds(message + [0]) && !SignedDataStructure.holds(Array(message.dropLast())))
    }

    @Test func endsOnDeepNesting() {
        var deep: [UInt8] = []
        for _ in 0..<2000 { deep = der(0x30, deep) }
        let elements = DERElement.all(deep[...])
        #expect(elements?.first?.isWellNested() == false)
    }
}
