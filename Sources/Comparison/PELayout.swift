/// The parts of a PE image, as of an EXE, a DLL or an EFI program: Microsoft PE Format, PE32 and PE32+.
///
/// A file whose parts share bytes or reach behind its end is refused. The file is read once from the first byte to the
/// last where its checksum is not zero.
package enum PELayout {
    static let format = "PE"
    /// The most sections; Windows loads images of 96 at most.
    static let maximumSectionCount: UInt16 = 4096

    /// Whether a file that begins with `head` is taken for PE; `head` must reach to the PE header, 1,024 bytes mostly do.
    package static func recognises(_ head: [UInt8]) -> Bool {
        guard head.count >= 64, head.starts(with: [0x4D, 0x5A]) else { return false }
        let start = BinaryFields(head[...], isBigEndian: false).offset32(60)
        guard start >= 64, start <= UInt64(head.count) else { return false }
        return head.dropFirst(Int(start)).starts(with: [0x50, 0x45, 0, 0])
    }

    /// The parts of `bytes`; throws ``MalformedLayout`` where they are not those of a PE image.
    package static func layout(of bytes: some RandomAccessBytes) throws -> FileLayout {
        let headers = try PEHeaders(bytes)
        var parts = LayoutParts(format: format, count: bytes.count)
        parts.add(0..<64, .header, "DOS header")
        parts.add(64..<headers.coff.lowerBound, .header, "DOS stub")
        parts.add(headers.coff, .header, "COFF header")
        parts.add(headers.optional, .header, "optional header")
        parts.add(headers.sectionTable, .header, "section table")
        for section in headers.sections {
            // Behind what is in memory a section is filled up to the alignment of the file.
            let used = section.virtualSize == 0 ? UInt64.max : section.virtualSize
            let end = section.range.lowerBound + min(used, section.range.upperBound - section.range.lowerBound)
            parts.add(section.range.lowerBound..<end, .section, section.name)
            parts.add(end..<section.range.upperBound, .padding, "padding of \(section.name)")
        }
        parts.add(headers.symbolTable, .header, "symbol table")
        parts.add(headers.stringTable, .header, "string table")
        let end = parts.end
        if let certificates = try CertificateTable(headers) {
            try certificates.add(to: &parts, behind: end)
        }
        try parts.settle()
        let time = headers.coff.lowerBound + 8
        parts.cut(time..<time + 4, .timestamp, "time stamp of the COFF header")
        if let rich = try richHeader(headers) { parts.cut(rich, .header, "Rich header") }
        if try PEChecksum.isRightOrAbsent(headers.reader, headers.checksum) {
            parts.cut(headers.checksum, .checksum, "checksum")
        }
        if headers.directories.count > CertificateTable.directory {
            parts.cut(
                headers.directories[CertificateTable.directory].entry,
                .signature,
                "place of the certificate table"
            )
        }
        try PEIdentity(headers).cut(from: &parts)
        return try parts.layout(symbols: try COFFSymbols.read(headers))
    }

    /// The undocumented record of tools that Microsoft's linker leaves in the DOS stub: between `DanS` and `Rich`, combined
    /// with a key that stands behind `Rich`.
    private static func richHeader(_ headers: PEHeaders<some RandomAccessBytes>) throws -> Range<UInt64>? {
        let stub = try headers.reader.bytes(64..<min(headers.coff.lowerBound, 64 + 4096))
        let words = stride(from: 0, through: stub.count - 4, by: 4).map {
            BinaryFields(stub[$0..<$0 + 4], isBigEndian: false).u32(0)
        }
        guard let rich = words.lastIndex(of: 0x6863_6952), rich + 1 < words.count,
            let start = words[..<rich].lastIndex(of: 0x536E_6144 ^ words[rich + 1])
        else { return nil }
        return 64 + UInt64(4 * start)..<64 + UInt64(4 * (rich + 2))
    }
}
