import Testing

@testable import Comparison

@Suite struct ModuleSignatureTests {
    private static let trailer = Array("~Module signature appended~\n".utf8)

    private static func module() -> [UInt8] {
        var elf = ELFBytes.usual()
        elf.type = 1
        elf.sections.append(.init(name: ".gnu.linkonce.this_module", type: 1, content: [1, 2, 3, 4]))
        return elf.file()
    }

    private static func information(_ length: Int, _ head: [UInt8] = [0, 0, 2, 0, 0, 0, 0, 0]) -> [UInt8] {
        head + [UInt8(length >> 24), UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)]
    }

    @Test func isExactlyWhatItsLengthSays() throws {
        let module = Self.module()
        let message = signedMessage(300)
        let signed = module + message + Self.information(message.count) + Self.trailer
        let layout = try ELFLayoutTests.read(signed)
        expectWhole(layout, UInt64(signed.count))
        #expect(layout.bytes(.signature, of: signed).flatMap { $0 } == Array(signed.dropFirst(module.count)))
        #expect(!layout.regions.contains { $0.kind == .overlay })
    }

    @Test func leavesHiddenBytesOut() throws {
        let module = Self.module()
        let message = signedMessage(300)
        // Before the signature, and behind the message within its length.
        let signed = module + [7, 7] + message + [8, 8, 8] + Self.information(message.count + 3) + Self.trailer
        let layout = try ELFLayoutTests.read(signed)
        #expect(layout.bytes(.overlay, of: signed) == [[7, 7]])
        #expect(layout.bytes(.padding, of: signed).last == [8, 8, 8])
        // Behind the trailer nothing is a signature.
        let behind = module + message + Self.information(message.count) + Self.trailer + [1]
        #expect(try ELFLayoutTests.read(behind).bytes(.signature, of: behind).isEmpty)
    }

    @Test func isNoBytesThatOnlyBeginLikeOne() throws {
        for content in [[UInt8](repeating: 0xA5, count: 300), [UInt8](repeating: 0, count: 70_000)] {
            let message = MessageBytes.message(content)
            let signed = Self.module() + message + Self.information(message.count) + Self.trailer
            #expect(throws: MalformedLayout.self) { try ELFLayoutTests.read(signed) }
        }
    }

    @Test func isNoneBehindOtherFiles() throws {
        var elf = ELFBytes.usual()
        let message = signedMessage(300)
        let behind = message + Self.information(message.count) + Self.trailer
        let program = elf.file()
        let layout = try ELFLayoutTests.read(program + behind)
        #expect(layout.bytes(.overlay, of: program + behind) == [behind])
    }

    @Test func refusesOtherKindsAndLengths() {
        let module = Self.module()
        let message = signedMessage(300)
        for index in 0..<8 {
            var head: [UInt8] = [0, 0, 2, 0, 0, 0, 0, 0]
            head[index] ^= 1
            let signed = module + message + Self.information(message.count, head) + Self.trailer
            #expect(throws: MalformedLayout.self) { try ELFLayoutTests.read(signed) }
        }
        for length in [0, message.count - 1, message.count + 1, message.count + 100, 1 << 31] {
            let signed = module + message + Self.information(length) + Self.trailer
            #expect(throws: MalformedLayout.self) { try ELFLayoutTests.read(signed) }
        }
        #expect(throws: MalformedLayout.self) { try ELFLayoutTests.read(module + Self.trailer) }
    }

    @Test func endsWhateverTheFileIs() {
        let message = signedMessage(200)
        let signed = Self.module() + message + Self.information(message.count) + Self.trailer
        survives(signed, ELFLayoutTests.read, seed: 3, randomCases: 2000)
    }
}
