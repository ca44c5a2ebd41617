/// Makes small PE images, PE32 and PE32+.
struct PEBytes {
    struct Section {
        var name: String
        var content: [UInt8]
        var address: UInt64
        var virtualSize: UInt64
    }

    /// Where fields are, seen from the start of the file.
    static let coff = 128
    static let optional = coff + 24
    static let checksum = optional + 64

    var isPlus = true
    var stub = [UInt8](repeating: 0x0E, count: 64)
    var sections: [Section] = []
    /// Address and size of directories by number; that of certificates is filled in.
    var directories: [Int: (UInt64, UInt64)] = [:]
    var symbols: [UInt8] = []
    /// What stands between the last section and the certificate table.
    var overlay: [UInt8] = []
    var certificates: [UInt8] = []
    var checksumValue: UInt64 = 0

    var directoryStart: Int { Self.optional + (isPlus ? 112 : 96) }
    /// The entry that locates the certificates.
    var certificateEntry: Int { directoryStart + 32 }
    var sectionTable: Int { directoryStart + 128 }

    /// An image with code, a debug directory and symbols.
    static func usual(isPlus: Bool = true) -> PEBytes {
        var image = PEBytes(isPlus: isPlus)
        let codeView = Array("RSDS".utf8) + [UInt8](1...16) + [3, 0, 0, 0] + Array("a.pdb\0".utf8)
        var debug = ByteWriter()
        debug.u32(0, 0x5F5F_5F5F, 0, 2, UInt64(codeView.count), 0x2000 + 28, 0x400 + 28)
        image.sections = [
            Section(name: ".text", content: [UInt8](repeating: 0xC3, count: 512), address: 0x1000, virtualSize: 40),
            Section(name: "/4", content: debug.bytes + codeView, address: 0x2000, virtualSize: 0),
        ]
        image.directories[6] = (0x2000, 28)
        var symbols = ByteWriter()
        for (name, value, section, type, storage, auxiliaries) in [
            ("start", 0, 1, 0x20, 2, 0), (".text", 0, 1, 0, 3, 1), ("ABCDEFGHIJKLMNOPQR", 0, 0, 0, 0, 0),
            ("local", 24, 1, 0x20, 3, 0), ("outside", 0, 0, 0x20, 2, 0),
        ] as [(String, UInt64, UInt64, UInt64, UInt8, UInt8)] {
            guard name.utf8.count < 9 else {
                symbols.bytes += Array(name.utf8)
                continue
            }
            symbols.name(name, 8)
            symbols.u32(value)
            symbols.u16(section, type)
            symbols.bytes += [storage, auxiliaries]
        }
        symbols.u32(16)
        symbols.bytes += Array(".debug_line\0".utf8)
        image.symbols = symbols.bytes
        return image
    }

    /// A WIN_CERTIFICATE with its alignment; `length` overrules what it says its length is.
    static func certificate(_ content: [UInt8], length: Int? = nil, kind: UInt64 = 2) -> [UInt8] {
        var writer = ByteWriter()
        writer.u32(UInt64(length ?? content.count + 8))
        writer.u16(0x0200, kind)
        writer.bytes += content
        writer.align(8)
        return writer.bytes
    }

    /// The file: headers up to 512, sections, symbols, overlay, certificates.
    func file() -> [UInt8] {
        let content = sections.flatMap(\.content)
        let symbolStart = 512 + content.count
        let certificateStart = symbolStart + symbols.count + overlay.count
        var writer = ByteWriter()
        writer.bytes = [0x4D, 0x5A] + [UInt8](repeating: 0, count: 58)
        writer.u32(UInt64(Self.coff))
        writer.bytes += stub
        writer.u32(0x4550)
        writer.u16(isPlus ? 0x8664 : 0x14C, UInt64(sections.count))
        writer.u32(0x6162_6364, symbols.isEmpty ? 0 : UInt64(symbolStart), symbols.isEmpty ? 0 : 5)
        writer.u16(UInt64(sectionTable - Self.optional), 0x22)
        writer.u16(isPlus ? 0x20B : 0x10B)
        writer.bytes += [UInt8](repeating: 0, count: 62)
        writer.u32(checksumValue)
        writer.bytes += [UInt8](repeating: 0, count: directoryStart - 4 - writer.bytes.count)
        writer.u32(16)
        for number in 0..<16 {
            var (address, size) = directories[number] ?? (0, 0)
            if number == 4, !certificates.isEmpty {
                (address, size) = (UInt64(certificateStart), UInt64(certificates.count))
            }
            writer.u32(address, size)
        }
        var offset: UInt64 = 512
        for section in sections {
            writer.name(section.name, 8)
            writer.u32(section.virtualSize, section.address, UInt64(section.content.count), offset, 0, 0, 0, 0)
            offset += UInt64(section.content.count)
        }
        writer.align(512)
        return writer.bytes + content + symbols + overlay + certificates
    }
}
