import TestSupport
import Testing

@testable import Comparison

@Suite struct FormatSnifferTests {
    static func head(_ text: String) -> [UInt8] { Array(text.utf8) }

    static func pe(at place: UInt8, signature: String = "PE\0\0") -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 256)
        bytes.replaceSubrange(0..<2, with: "MZ".utf8)
        bytes[60] = place
        bytes.replaceSubrange(Int(place)..<Int(place) + 4, with: signature.utf8)
        return bytes
    }

    @Test func knowsContainers() throws {
        let made: [(FileFormat, [UInt8])] = [
            (.tar, try TarLayoutTests.small()), (.zip, ZipLayoutTests.two.bytes), (.zip, ZipFile([]).bytes),
            (.ar, ArLayoutTests.bsd), (.gzip, GzipLayoutTests.member()), (.rpm, RpmLayoutTests.package()),
            (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), (.zstd, [0x28, 0xB5, 0x2F, 0xFD]),
            (.zstd, [0x5F, 0x2A, 0x4D, 0x18]), (.bzip2, [0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
            (.cpio, Self.head("070701")), (.cpio, Self.head("070702")), (.cpio, Self.head("070707")),
        ]
        for (format, bytes) in made {
            #expect(FormatSniffer.format(of: bytes) == format)
        }
    }

    @Test func knowsExecutables() {
        let made: [(FileFormat, [UInt8])] = [
            (.elf, [0x7F, 0x45, 0x4C, 0x46]), (.machO, [0xCF, 0xFA, 0xED, 0xFE]), (.machO, [0xFE, 0xED, 0xFA, 0xCE]),
            (.machO, [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 2]), (.data, [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52]),
            (.pe, Self.pe(at: 128)), (.data, Self.pe(at: 128, signature: "NE\0\0")),
            (.data, Self.head("MZ") + [UInt8](repeating: 0, count: 20)),
        ]
        for (format, bytes) in made {
            #expect(FormatSniffer.format(of: bytes) == format)
        }
    }

    @Test func tellsTextFromData() {
        let text: [[UInt8]] = [
            [], Self.head("plain\n"), Self.head("grün\n"), Self.head("BZh is no archive"),
            Self.head("MZ is no program"),
            Self.head(String(repeating: "latin ", count: 10)) + [0xE9],
        ]
        for bytes in text {
            #expect(FormatSniffer.format(of: bytes) == .text)
        }
        for bytes in [[0x61, 0, 0x62], [0xFF, 0xFE, 0xFD], [0x80]] as [[UInt8]] {
            #expect(FormatSniffer.format(of: bytes) == .data)
        }
    }

    @Test func bearsACharacterThatTheHeadCuts() {
        let whole = Array(String(repeating: "ü", count: 40_000).utf8)
        #expect(FormatSniffer.format(of: [0x61] + whole.prefix(FormatSniffer.headByteCount - 1)) == .text)
        #expect(FormatSniffer.format(of: Array(whole.prefix(1001))) == .data)
    }
}
