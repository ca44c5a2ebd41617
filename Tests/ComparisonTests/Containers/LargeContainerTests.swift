import TestSupport
import Testing

@testable import Comparison

/// Containers of a hundred thousand members: read about once, in a time that no quadratic walk would keep to.
@Suite struct LargeContainerTests {
    static let count = 100_000

    /// Counts the bytes that are read of a file in memory.
    final class CountedBytes: RandomAccessBytes {
        let content: BytesInMemory
        private(set) var readCount: UInt64 = 0

        init(_ bytes: [UInt8]) { content = BytesInMemory(bytes) }

        var count: UInt64 { content.count }

        func bytes(_ range: Range<UInt64>) throws -> [UInt8] {
            readCount += UInt64(range.count)
            return try content.bytes(range)
        }
    }

    /// Each member is called `member-` and six digits, and holds one byte.
    static func tar() throws -> [UInt8] {
        var header = Array(try TarLayoutTests.small()[..<512])
        header.replaceSubrange(0..<13, with: "member-000000".utf8)
        header.replaceSubrange(124..<135, with: "00000000001".utf8)
        TarLayoutTests.sign(&header)
        let sum = try #require(FixedField.digits(header, 148..<154, base: 8))
        var archive: [UInt8] = []
        archive.reserveCapacity((count + 1) * 1024)
        let content: [UInt8] = [0x61] + [UInt8](repeating: 0, count: 511)
        for index in 0..<count {
            var (rest, place, total) = (index, 12, sum)
            for offset in 0..<6 {
                header[148 + offset] = 0x30
            }
            while place > 6 {
                header[place] = UInt8(0x30 + rest % 10)
                total += UInt64(rest % 10)
                rest /= 10
                place -= 1
            }
            place = 153
            while total > 0 {
                header[place] = UInt8(0x30 + total % 8)
                total /= 8
                place -= 1
            }
            archive += header
            archive += content
        }
        return archive + [UInt8](repeating: 0, count: 1024)
    }

    @Test(.timeLimit(.minutes(2))) func readsATar() throws {
        let bytes = try CountedBytes(Self.tar())
        let container = try TarLayout.layout(of: bytes)
        #expect(container.members.count == Self.count && container.layout.regions.count == 11 * Self.count + 1)
        #expect(bytes.readCount < bytes.count * 2)
    }

    @Test(.timeLimit(.minutes(2))) func readsAZip() throws {
        let entries = (0..<Self.count).map { ZipFile.Entry("member-\($0)", "a") }
        var file = ZipFile(entries)
        file.isZip64 = true
        let bytes = CountedBytes(file.bytes)
        let container = try ZipLayout.layout(of: bytes)
        #expect(container.members.count == Self.count)
        #expect(bytes.readCount < bytes.count * 4)
    }

    @Test func refusesMoreMembersThanItsCeiling() throws {
        var writer = ContainerWriter("x")
        let member = ContainerMember(name: [0x61], content: 0..<0)
        for _ in 0..<ContainerLayout.maximumMemberCount {
            try writer.add(member)
        }
        #expect(throws: MalformedLayout.self) { try writer.add(member) }
    }

    @Test func refusesNamesThatTakeTooMuch() throws {
        var writer = ContainerWriter("x")
        let name = [UInt8](repeating: 0x61, count: 1 << 20)
        #expect(throws: MalformedLayout.self) {
            for _ in 0...ContainerLayout.maximumNamesByteCount >> 20 {
                try writer.add(ContainerMember(name: name, content: 0..<0))
            }
        }
    }

    @Test func refusesSizesBeyondAllFiles() throws {
        var writer = ContainerWriter("x")
        try writer.append(.max, .member, "a")
        #expect(throws: MalformedLayout.self) { try writer.append(1, .member, "b") }
        #expect(throws: MalformedLayout.self) { try writer.fill(to: 5, .member, "b") }
    }
}
