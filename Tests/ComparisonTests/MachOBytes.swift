/// Makes small Mach-O files, of either class and byte order, and universal files of them.
struct MachOBytes {
    var is64 = true
    var isBigEndian = false
    var text = [UInt8](repeating: 0x90, count: 40)
    /// The code signature; no LC_CODE_SIGNATURE where there is none.
    var signature: [UInt8]?
    /// More load commands.
    var commands: [[UInt8]] = []
    /// The zeros behind the load commands.
    var room = 0
    /// What LC_DYSYMTAB says of the indirect symbols, beside a table of two.
    var indirectOffset: UInt64?

    private var word: Int { is64 ? 8 : 4 }
    private var headerSize: Int { is64 ? 32 : 28 }
    private var segmentSize: Int { is64 ? 72 : 56 }
    private var sectionSize: Int { is64 ? 80 : 68 }

    /// Where the parts of the file stand.
    var commandStart: Int { headerSize }
    var segmentStarts: [Int] { [headerSize, headerSize + segmentSize + 2 * sectionSize] }
    var textStart: Int { (headerSize + commandBytes(sizes: true).count + room + 15) / 16 * 16 }
    var linkEditStart: Int { textStart + (text.count + 15) / 16 * 16 }
    private var symbolSize: Int { is64 ? 16 : 12 }
    private var strings: [UInt8] { Array("\0_main\0_next\0\0\0\0".utf8) }
    var signatureStart: Int { linkEditStart + 3 * symbolSize + 8 + 16 }
    var linkEditSize: Int { signatureStart + (signature?.count ?? 0) - linkEditStart }

    private func writer() -> ByteWriter { ByteWriter(isBigEndian: isBigEndian) }

    private func segment(_ name: String, _ start: Int, _ size: Int, _ sections: [(String, Int, Int, UInt64)]) -> [UInt8]
    {
        var writer = writer()
        writer.u32(is64 ? 0x19 : 1, UInt64(segmentSize + sections.count * sectionSize))
        writer.name(name, 16)
        for value in [0x1000 + start, size, start, size] { writer.number(UInt64(value), word) }
        // A linker lets nobody write to or run what it keeps for itself.
        let (most, initial): (UInt64, UInt64) = name == "__LINKEDIT" ? (1, 1) : (7, 5)
        writer.u32(most, initial, UInt64(sections.count), 0)
        for (section, start, size, type) in sections {
            writer.name(section, 16)
            writer.name(name, 16)
            writer.number(UInt64(0x1000 + start), word)
            writer.number(UInt64(size), word)
            writer.u32(UInt64(start), 4, 0, 0, type, 0, 0)
            if is64 { writer.u32(0) }
        }
        return writer.bytes
    }

    /// All commands; with `sizes` only their length is right.
    private func commandBytes(sizes: Bool = false) -> [UInt8] {
        let (textStart, linkEditStart) = sizes ? (0, 0) : (textStart, linkEditStart)
        let (signatureStart, linkEditSize) = sizes ? (0, 0) : (signatureStart, linkEditSize)
        let sections =
            [("__text", textStart, text.count, 0), ("__bss", 1 << 30, 1 << 20, 1)] as [(String, Int, Int, UInt64)]
        var all = writer()
        all.bytes =
            segment("__TEXT", 0, linkEditStart, sections) + segment("__LINKEDIT", linkEditStart, linkEditSize, [])
        all.u32(0x1B, 24)
        all.bytes += [UInt8](1...16)
        let symbols = UInt64(linkEditStart)
        all.u32(2, 24, symbols, 3, symbols + UInt64(3 * symbolSize) + 8, 16)
        all.u32(0x0B, 80)
        for _ in 0..<12 { all.u32(0) }
        all.u32(indirectOffset ?? symbols + UInt64(3 * symbolSize), 2, 0, 0, 0, 0)
        if let signature { all.u32(0x1D, 16, UInt64(signatureStart), UInt64(signature.count)) }
        return all.bytes + commands.flatMap { $0 }
    }

    /// The file: header, commands, code, symbols, indirect symbols, strings, signature.
    func file() -> [UInt8] {
        let commandBytes = commandBytes()
        var writer = writer()
        writer.u32(is64 ? 0xFEED_FACF : 0xFEED_FACE, is64 ? 0x0100_000C : 12, 0, 2)
        writer.u32(UInt64(5 + commands.count + (signature == nil ? 0 : 1)), UInt64(commandBytes.count), 0)
        if is64 { writer.u32(0) }
        writer.bytes += commandBytes + [UInt8](repeating: 0, count: room)
        writer.align(16)
        writer.bytes += text
        writer.align(16)
        for (name, type, section, offset) in [(7, 0x0F, 1, 16), (1, 0x0F, 1, 0), (1, 0x24, 1, 4)]
            as [(UInt64, UInt8, UInt8, Int)]
        {
            writer.u32(name)
            writer.bytes += [type, section]
            writer.u16(0)
            writer.number(UInt64(0x1000 + textStart + offset), word)
        }
        writer.u32(0, 1)
        return writer.bytes + strings + (signature ?? [])
    }

    /// A code directory for code of `size` bytes; `changes` are made to it by place, and `gap` stands before the hashes.
    ///
    /// It is of version 0x20400, or 0x20500 where there is a version of the runtime.
    static func codeDirectory(
        size: Int,
        fill: UInt8 = 1,
        flags: UInt64 = 0,
        team: String = "",
        _ changes: [Int: UInt8] = [:],
        gap: [UInt8] = [],
        runtime: [UInt8]? = nil,
        pageBits: Int = 12
    ) -> [UInt8] {
        let names = Array("a.b\0".utf8) + (team.isEmpty ? [] : Array(team.utf8) + [0]) + gap
        let pages = (size + (1 << pageBits) - 1) >> pageBits
        let head = 88 + (runtime?.count ?? 0)
        let hashes = head + names.count + 2 * 32
        var writer = ByteWriter(isBigEndian: true)
        writer.u32(0xFADE_0C02, UInt64(hashes + 32 * pages), runtime == nil ? 0x20400 : 0x20500, flags)
        writer.u32(UInt64(hashes), UInt64(head), 2, UInt64(pages), UInt64(size))
        writer.bytes += [32, 2, 0, UInt8(pageBits)]
        writer.u32(0, 0, team.isEmpty ? 0 : UInt64(head + 4), 0)
        writer.u64(0, 0, UInt64(size), 1)
        writer.bytes += (runtime ?? []) + names + [UInt8](repeating: fill, count: 32 * (2 + pages))
        for (place, byte) in changes { writer.bytes[place] = byte }
        return writer.bytes
    }

    /// The same with a signature in place that signs it.
    func signed(_ make: (Int) -> [UInt8]) -> MachOBytes {
        var signed = self
        signed.signature = []
        signed.signature = make(signed.signatureStart)
        return signed
    }

    /// The magic of a blob in a slot.
    private static func magic(_ slot: UInt64) -> UInt64 {
        switch slot {
        case 2: 0xFADE_0C01
        case 5: 0xFADE_7171
        case 7: 0xFADE_7172
        case 0x10000: 0xFADE_0B01
        default: 0xFADE_0C02
        }
    }

    /// A SuperBlob of blobs by slot and content, with `gap` before the first; `reserved` behind it.
    ///
    /// Content that begins with the magic of a code directory is a blob already.
    static func superBlob(_ blobs: [(UInt64, [UInt8])], gap: [UInt8] = [], reserved: [UInt8] = []) -> [UInt8] {
        var index = ByteWriter(isBigEndian: true)
        var content = ByteWriter(isBigEndian: true)
        content.bytes = gap
        for (slot, bytes) in blobs {
            index.u32(slot, UInt64(12 + 8 * blobs.count + content.bytes.count))
            let isBlob = bytes.starts(with: [0xFA, 0xDE, 0x0C, 0x02])
            if !isBlob { content.u32(magic(slot), UInt64(bytes.count + 8)) }
            content.bytes += bytes
        }
        var head = ByteWriter(isBigEndian: true)
        head.u32(0xFADE_0CC0, UInt64(12 + index.bytes.count + content.bytes.count), UInt64(blobs.count))
        return head.bytes + index.bytes + content.bytes + reserved
    }

    /// A universal file of slices by type of processor, each at a multiple of 64.
    static func universal(_ slices: [(UInt64, [UInt8])], is64: Bool = false) -> [UInt8] {
        var writer = ByteWriter(isBigEndian: true)
        writer.u32(is64 ? 0xCAFE_BABF : 0xCAFE_BABE, UInt64(slices.count))
        var start = 192
        for (type, slice) in slices {
            writer.u32(type, 0)
            writer.number(UInt64(start), is64 ? 8 : 4)
            writer.number(UInt64(slice.count), is64 ? 8 : 4)
            writer.u32(6)
            if is64 { writer.u32(0) }
            start = (start + slice.count + 63) / 64 * 64
        }
        writer.align(192)
        for (_, slice) in slices {
            writer.align(64)
            writer.bytes += slice
        }
        return writer.bytes
    }
}
