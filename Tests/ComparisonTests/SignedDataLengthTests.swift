import Testing

@testable import Comparison

@Suite struct SignedDataLengthTests {
    @Test(arguments: [45, 50, 100, 200, 300, 60_000]) func readsTheLengthOfAMessage(_ size: Int) {
        let message = signedMessage(size)
        #expect(SignedDataLength.message(message) == UInt64(message.count))
        #expect(SignedDataLength.message(message + [1, 2, 3]) == UInt64(message.count))
    }

    @Test func refusesAnyOtherWrapping() {
        let message = signedMessage(300)
        // 30 82 xx xx, the identifier, A0 82 xx xx, 30 82 xx xx: every bit of it counts.
        for index in 0..<23 {
            for bit in 0..<8 {
                let changed = message.with([message[index] ^ 1 << UInt8(bit)], at: index)
                #expect(SignedDataLength.message(changed) == nil, "bit \(bit) of byte \(index)")
            }
        }
        for end in 0..<23 { #expect(SignedDataLength.message(message[..<end]) == nil) }
    }

    @Test(
        arguments: [
            [0x30, 0x80], [0x30, 0x81, 0x7F], [0x30, 0x82, 0x00, 0x80], [0x30, 0x85, 1, 0, 0, 0, 0], [0x31, 0x01],
            [0x30],
            [0x30, 0x82, 0x01], [],
        ] as [[UInt8]]
    )
    func refusesLengthsThatAreNotDER(_ bytes: [UInt8]) {
        #expect(SignedDataLength.element(0x30, bytes[...]) == nil)
    }

    @Test func readsLengths() throws {
        for (bytes, header, length) in [
            ([0x30, 0x7F], 2, 0x7F), ([0x30, 0x81, 0x80], 3, 0x80),
            ([0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], 6, 0xFFFF_FFFF),
        ] as [([UInt8], Int, UInt64)] {
            let element = try #require(SignedDataLength.element(0x30, bytes[...]))
            #expect(element.headerCount == header && element.length == length)
        }
    }
}
