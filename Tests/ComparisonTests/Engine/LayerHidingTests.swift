import Attestations
import BuildStatements
import TestSupport
import Testing

@testable import Comparison

/// What the compressed form of a file can hide, and what it cannot.
@Suite struct LayerHidingTests {
    private static let content = (0..<4000).flatMap { Array("line \($0 % 97)\n".utf8) }
    private static let hidden = (0..<4000).map { UInt8($0 % 251) }

    /// Expects that neither of two files passes for the other, and that what the first has more is unexplained.
    private func expectDifferent(_ one: [UInt8], _ other: [UInt8]) throws {
        let item = try Builds.compare(one, other)
        #expect(item.grade == .different && item.account.unexplained > 0)
        #expect(try Builds.compare(other, one).grade == .different)
    }

    /// An image that ends at a multiple of eight, signed.
    private static func signed(_ fill: UInt8) -> [UInt8] {
        var image = PEBytes.usual()
        image.symbols = []
        image.sections[1].name = ".debug"
        image.sections[1].content += [UInt8](repeating: 0, count: 512 - image.sections[1].content.count)
        image.certificates = PEBytes.certificate(signedMessage(100, fill: fill))
        return image.file()
    }

    @Test func aSignatureInsideExcusesNoOtherPacking() throws {
        let (one, other) = (Self.signed(1), Self.signed(2))
        try #require(try Builds.compare(one, other).grade == .identicalOutsideSignature)
        for packed in [
            (Packed.storedGzip(one), Packed.storedGzip(other)),
            (try Packed.by("gzip -n -1 -c", one), try Packed.by("gzip -n -9 -c", other)),
        ] {
            let item = try Builds.compare(packed.0, packed.1)
            #expect(item.grade == .contentsIdentical && item.account.unexplained == 0)
            #expect(item.causes == [.signature, .compression])
        }
    }

    /// A frame of blocks that are not compressed, after `blocks`.
    private static func zstd(_ content: [UInt8], before blocks: [UInt8] = [], after: [UInt8] = []) -> [UInt8] {
        let head = ZipFile.field(UInt64(content.count) << 3 | (after.isEmpty ? 1 : 0), 3)
        return [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58] + blocks + head + content + after
    }

    @Test(.enabled(if: Command.find("zstd") != nil)) func blocksOfNothingHideNothing() throws {
        let content = Array(Self.content.prefix(4000))
        let plain = Self.zstd(content)
        let packed = try Packed.by("zstd -q -19 -c", content)
        // A last block of no bytes ends what was written piece by piece.
        let ended = Self.zstd(content, after: [1, 0, 0])
        for usual in [plain, ended] {
            let item = try Builds.compare(usual, packed)
            #expect(item.grade == .contentsIdentical && item.account.unexplained == 0)
        }
        // Repeats nothing; stores nothing; has no literals and no sequences; has a table for no sequences.
        let repeated = Self.hidden.prefix(200).flatMap { byte -> [UInt8] in [2, 0, 0, byte] }
        try expectDifferent(Self.zstd(content, before: repeated), packed)
        try expectDifferent(Self.zstd(content, before: [0, 0, 0]), packed)
        try expectDifferent(Self.zstd(content, before: [0x1C, 0, 0, 0x01, 0x41, 0]), packed)
        try expectDifferent(Self.zstd([]) + Self.zstd([]) + plain, packed)
        // Frames to be skipped, with and without bytes.
        for frame: [UInt8] in [[0x5A, 0x2A, 0x4D, 0x18, 0, 0, 0, 0], [0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 7]] {
            try expectDifferent(plain + frame, packed)
        }
    }

    /// An xz stream with another id of its check; the checks of header and footer are put right.
    private static func withCheck(_ id: UInt8, _ stream: [UInt8]) -> [UInt8] {
        var bytes = stream
        let end = bytes.count
        bytes[7] = id
        bytes[end - 3] = id
        bytes.replaceSubrange(8..<12, with: ZipFile.field(UInt64(CRC32.checksum(bytes[6..<8])), 4))
        let footer = ZipFile.field(UInt64(CRC32.checksum(bytes[(end - 8)..<(end - 2)])), 4)
        bytes.replaceSubrange(end - 12..<end - 8, with: footer)
        return bytes
    }

    @Test(.enabled(if: Command.find("xz") != nil)) func checksThatNobodyChecksHideNothing() throws {
        let plain = try Packed.by("xz -9 -c --check=crc32", Self.content)
        for check in ["none", "crc64", "sha256"] {
            let item = try Builds.compare(try Packed.by("xz -0 -c --check=\(check)", Self.content), plain)
            #expect(item.grade == .contentsIdentical && item.account.unexplained == 0)
        }
        // Id 2 has four bytes as CRC-32 has.
        try expectDifferent(Self.withCheck(2, plain), plain)
        let empty = try Packed.by("xz -c", [])
        #expect(try Builds.compare(empty + plain, plain).grade == .contentsIdentical)
        try expectDifferent(empty + empty + plain, plain)
    }

    @Test func deflatedNothingsHideNothing() throws {
        func gzip(_ blocks: [UInt8]) -> [UInt8] {
            let stored = Packed.storedGzip(Array(Self.content.prefix(20_000)))
            return Array(stored[..<10]) + blocks + stored[10...]
        }
        let empty: [UInt8] = [0, 0, 0, 0xFF, 0xFF]
        let plain = gzip([])
        #expect(try Builds.compare(gzip(empty + empty), plain).grade == .contentsIdentical)
        let many = gzip(Self.hidden.prefix(100).flatMap { byte -> [UInt8] in [byte & 0xF8, 0, 0, 0xFF, 0xFF] })
        try expectDifferent(many, plain)
        let nothing = Packed.storedGzip([])
        #expect(try Builds.compare(plain + nothing, plain).grade == .contentsIdentical)
        try expectDifferent(plain + nothing + nothing, plain)
    }
}
