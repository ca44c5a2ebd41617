import Attestations
import Testing

@testable import Comparison

/// Parts of a zip archive where a signature is taken for one: who looks for an archive finds them there.
struct HiddenArchiveTests {
    private static func layout(_ parts: [(FileLayout.Region.Kind, [UInt8])]) throws -> (FileLayout, [UInt8]) {
        var regions: [FileLayout.Region] = []
        var bytes: [UInt8] = []
        for (kind, part) in parts {
            let start = UInt64(bytes.count)
            regions.append(.init(start..<start + UInt64(part.count), kind, "part \(regions.count)"))
            bytes += part
        }
        let layout = FileLayout(format: "x", count: UInt64(bytes.count), regions: regions)
        return (try #require(layout), bytes)
    }

    private static func kinds(_ parts: [(FileLayout.Region.Kind, [UInt8])]) throws -> [FileLayout.Region.Kind] {
        let (layout, bytes) = try layout(parts)
        return try HiddenArchive.demoted(layout, of: BytesInMemory(bytes)).regions.map(\.kind)
    }

    private static let text = Array("code PK\u{5}\u{6} and more".utf8)

    @Test(arguments: [[3, 4], [1, 2], [5, 6], [6, 6], [6, 7], [7, 8]] as [[UInt8]])
    func everyPartOfAnArchiveIsFound(_ mark: [UInt8]) throws {
        let hidden = [0x30, 0x50, 0x4B] + mark + [0]
        #expect(try Self.kinds([(.section, Self.text), (.signature, hidden)]) == [.section, .section])
        // Across two neighbours, at the very end, and at the very beginning.
        let halves = (Array(hidden.prefix(3)), Array(hidden.dropFirst(3)))
        #expect(try Self.kinds([(.signature, halves.0), (.signature, halves.1)]) == [.section, .section])
        #expect(try Self.kinds([(.signature, [0x50, 0x4B] + mark), (.header, [0])]) == [.section, .header])
        // One is enough for all of the signature.
        let apart: [(FileLayout.Region.Kind, [UInt8])] = [(.signature, [1]), (.section, [0]), (.signature, hidden)]
        #expect(try Self.kinds(apart) == [.section, .section, .section])
    }

    @Test func nothingElseIsTakenForOne() throws {
        let whole: [(FileLayout.Region.Kind, [UInt8])] = [(.section, Self.text), (.signature, [0x50, 0x4B, 5, 5, 6])]
        #expect(try Self.kinds(whole) == [.section, .signature])
        // What is beside it may be an archive: it is compared.
        #expect(try Self.kinds([(.section, [0x50, 0x4B, 3, 4]), (.signature, [1, 2, 3])]) == [.section, .signature])
        #expect(try Self.kinds([(.signature, [0x50, 0x4B]), (.section, [3, 4])]) == [.signature, .section])
    }

    /// Four signatures of a whole file's size are what a universal file may have; zeros and right hashes do not count.
    @Test func aFileHasNoMoreSignatureThanFourArchitectures() throws {
        let most = 4 * SignedDataStructure.totalByteCeiling
        func kinds(_ parts: [(UInt64, String)]) throws -> [FileLayout.Region.Kind] {
            var (regions, end): ([FileLayout.Region], UInt64) = ([], 0)
            for (count, name) in parts {
                regions.append(.init(end..<end + count, .signature, name))
                end += count
            }
            let layout = try #require(FileLayout(format: "x", count: end, regions: regions))
            return SignatureExtent.bounded(layout).regions.map(\.kind)
        }
        #expect(try kinds([(most, "arm64: signature of the code directory")]) == [.signature])
        let uncounted = ["x86_64: \(CodeSignature.roomName)", "\(CodeDirectory.pageHashName)code directory"]
        #expect(try kinds([(most, "a")] + uncounted.map { (1 << 30, $0) }) == [.signature, .signature, .signature])
        #expect(try kinds([(most, "a"), (1, "b")]) == [.section, .section])
    }

    @Test func aSignatureOfNoCodeIsNone() throws {
        let empty: [UInt8] = [0xFA, 0xDE, 0x0C, 0xC0, 0, 0, 0, 12, 0, 0, 0, 0]
        let reader = LayoutReader(BytesInMemory(empty), format: "Mach-O", isBigEndian: true)
        #expect(try CodeSignature.parts(reader, in: 0..<12).allSatisfy { $0.kind == .section })
    }
}
