import TestSupport
import Testing

@testable import Comparison

/// Whatever bytes they are given, readers end with a layout that covers every byte, or with a named reason.
@Suite struct ContainerMutationTests {
    /// Small containers of each format, those of programs that are there.
    static let samples: [(ContainerReader, [UInt8])] = {
        var samples: [(ContainerReader, [UInt8])] = [
            (.ar, ArLayoutTests.bsd), (.zip, ZipLayoutTests.two.bytes), (.rpm, RpmLayoutTests.package()),
            (.gzip, GzipLayoutTests.member(extra: [1, 2], name: "n", comment: "c")),
        ]
        var file = ZipLayoutTests.two
        file.isZip64 = true
        file.entries[0].flags = 8
        file.entries[1].centralExtra = [0x55, 0x54, 5, 0, 1, 0, 0, 0, 1, 0, 0]
        samples.append((.zip, file.bytes))
        let made: [(ContainerReader, () throws -> [UInt8])] = [
            (.tar, TarLayoutTests.small), (.ar, ArLayoutTests.archive),
            (
                .tar,
                { try ContainerSamples.made("tar", ["--format=pax", "-b1", "-cf", "-", ContainerSamples.longName]) }
            ),
            (
                .tar,
                { try ContainerSamples.made("tar", ["--format=gnu", "-b1", "-cf", "-", ContainerSamples.longName]) }
            ),
            (.xz, { try ContainerSamples.made("xz", ["-kc", "--block-size=300", "d/b.bin"]) }),
            (.zstd, { try ZstdLayoutTests.frame("--check", "a.txt") }),
            (.bzip2, { try ContainerSamples.made("bzip2", ["-kc", "a.txt"]) }),
            (.cpio, { try CpioLayoutTests.archive("newc") }), (.cpio, { try CpioLayoutTests.archive("odc") }),
        ]
        for (reader, make) in made {
            if let bytes = try? make() { samples.append((reader, bytes)) }
        }
        return samples
    }()

    @Test(arguments: samples.indices) func survivesEveryTruncation(_ index: Int) throws {
        let (reader, bytes) = Self.samples[index]
        #expect(try reader.refusal(bytes) == nil, "\(reader.name)")
        for count in bytes.indices {
            _ = try reader.refusal(Array(bytes[..<count]))
        }
    }

    @Test(arguments: samples.indices) func survivesEveryByteChanged(_ index: Int) throws {
        let (reader, bytes) = Self.samples[index]
        for place in bytes.indices {
            for change: UInt8 in [0x01, 0x80, 0xFF] {
                var changed = bytes
                changed[place] ^= change
                _ = try reader.refusal(changed)
            }
        }
    }

    @Test func survivesTwentyThousandMutations() throws {
        var generator = SeededGenerator(seed: 7)
        var accepted = 0
        for _ in 0..<20_000 {
            let (reader, bytes) = Self.samples[Int(generator.next() % UInt64(Self.samples.count))]
            var changed = bytes
            for _ in 0...generator.next() % 4 {
                Self.mutate(&changed, &generator)
            }
            if try reader.refusal(changed) == nil { accepted += 1 }
        }
        // Were all refused, nothing behind the first check would have been tried.
        #expect(accepted > 1000)
    }

    private static func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int(generator.next() % UInt64(bytes.count))
        let length = min(Int(generator.next() % 9), bytes.count - place)
        switch generator.next() % 6 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
        case 1: bytes.replaceSubrange(place..<place + length, with: [UInt8](repeating: 0xFF, count: length))
        case 2: bytes.replaceSubrange(place..<place + length, with: generator.bytes(length))
        case 3: bytes.removeSubrange(place..<place + length)
        case 4: bytes.insert(contentsOf: generator.bytes(length), at: place)
        default:
            bytes.insert(contentsOf: bytes[place..<place + length], at: Int(generator.next() % UInt64(bytes.count)))
        }
    }
}
