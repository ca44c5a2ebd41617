import TestSupport
import Testing

@testable import Comparison

@Suite(.enabled(if: ContainerSamples.has("genisoimage"), "genisoimage is not installed")) struct ISOLayoutTests {
    static func image() throws -> [UInt8] {
        try ContainerSamples.made("genisoimage", ["-quiet", "-J", "-R", "-o", "x.iso", "a.txt"], file: "x.iso")
    }

    @Test func readsWhatGenisoimageWrites() throws {
        let bytes = try Self.image()
        #expect(FormatSniffer.format(of: Array(bytes.prefix(FormatSniffer.headByteCount))) == .iso)
        let container = try ContainerReader.iso.layout(bytes)
        #expect(try container.range("system area").count == 32_768)
        #expect(container.ranges("time of volume descriptor 1").map(\.count) == [7, 68])
        #expect(container.ranges("time of volume descriptor 2").count == 2 && !container.kinds.contains(.overlay))
    }

    @Test func seesBytesBehindTheVolume() throws {
        let bytes = try Self.image()
        #expect(try ContainerReader.iso.layout(bytes + [1]).region(at: bytes.count).kind == .overlay)
        #expect(try ContainerReader.iso.refusal(Array(bytes.dropLast())) != nil)
        #expect(try ContainerReader.iso.refusal(Array(bytes[..<34_816])) != nil)
    }
}
