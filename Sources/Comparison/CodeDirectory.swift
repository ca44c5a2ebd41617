/// The parts of a code directory, the blob that a Mach-O signature is about: Apple, xnu, osfmk/kern/cs_blobs.h.
///
/// Hashes of pages follow from the code, and the name of the team from the key. What tells the system how to run the
/// program is a header: flags, platform, flags of the executable segment, version of the runtime, and the identifier.
enum CodeDirectory {
    /// The sizes of its header by version, from the newest on.
    private static let versions: [(version: UInt32, size: UInt64)] = [
        (0x20600, 108), (0x20500, 96), (0x20400, 88), (0x20300, 64), (0x20200, 52), (0x20100, 48), (0x20001, 44),
    ]
    private static let nameCeiling: UInt64 = 1024
    /// CS_ADHOC and CS_LINKER_SIGNED.
    private static let (adHoc, linkerSigned) = (UInt32(0x2), UInt32(0x20000))

    /// What a code directory is about.
    struct Code {
        /// Where the signature begins in the file, and the code ends.
        let end: UInt64
        /// Whether there is a message that signs it.
        let hasMessage: Bool
    }

    /// The parts of the blob in `range`; nil where its fields do not account for every byte of it.
    static func parts(
        _ reader: LayoutReader<some RandomAccessBytes>,
        _ range: Range<UInt64>,
        _ name: String,
        of code: Code
    ) throws -> [FileLayout.Region]? {
        guard range.upperBound - range.lowerBound >= 44 else { return nil }
        let head = try reader.fields(at: range.lowerBound, 44, name)
        let version = head.u32(8)
        guard head.u32(0) == 0xFADE_0C02, version < 0x20700,
            let size = versions.first(where: { $0.version <= version })?.size,
            range.upperBound - range.lowerBound >= size,
            try matchesCode(reader, head, size, range.lowerBound, code.end)
        else { return nil }
        let start = range.lowerBound
        var regions: [FileLayout.Region] = []
        var end = start
        func add(_ upTo: UInt64, _ kind: FileLayout.Region.Kind, _ what: String) {
            if upTo > end { regions.append(.init(end..<upTo, kind, what)) }
            end = upTo
        }
        add(start + 12, .signature, name)
        for (end, kind) in flags(head.u32(12), code) {
            add(start + end, kind, "\(kind == .header ? "flags" : "ad hoc flags") of the \(name)")
        }
        add(start + 38, .signature, name)
        add(start + 39, .header, "platform of the \(name)")
        add(start + min(size, 64), .signature, name)
        add(start + size, .header, "rights of the \(name)")
        for (place, what, kind) in try names(reader, head, size, start) {
            guard place == end - start, let nameEnd = try textEnd(reader, end, range.upperBound) else { return nil }
            add(nameEnd, kind, "\(what) of the \(name)")
        }
        // Hashes fill the rest: those of slots count down from the place that the header gives, those of pages up.
        let (slots, pages, hashSize) = (head.offset32(24), head.offset32(28), UInt64(head.u8(36)))
        guard head.offset32(16) >= slots * hashSize else { return nil }
        let hashes = start + (head.offset32(16) - slots * hashSize)
        guard hashes >= end, hashes <= range.upperBound, range.upperBound - hashes == (slots + pages) * hashSize
        else { return nil }
        // LLVM's linker aligns them (lld, MachO/SyntheticSections.cpp, CodeSignatureSection).
        guard hashes == end || hashes - end < 16 && hashes % 16 == 0, try reader.isZero(end..<hashes) else {
            return nil
        }
        add(hashes, .signature, "alignment of the \(name)")
        // Only where there are many does it matter whether they are the right ones; SHA-256 alone is held against the code.
        let pageHashes = range.upperBound - pages * hashSize..<range.upperBound
        if pages * hashSize > SignedDataStructure.byteCeiling, head.u8(37) == 2,
            try CodePages(end: code.end, size: 1 << UInt64(head.u8(39)), reader: reader).areHashed(in: pageHashes)
        {
            add(pageHashes.lowerBound, .signature, "hashes of the \(name)")
            add(range.upperBound, .signature, "\(pageHashName)\(name)")
        }
        add(range.upperBound, .signature, "hashes of the \(name)")
        return regions
    }

    /// How the name of hashes begins that are those of the pages of the code.
    static let pageHashName = "right page hashes of the "

    /// The bytes of the flags by their ends: the two flags that say that nobody signed follow from how it was signed.
    ///
    /// They do so where no message signs; a byte with other flags stays a header as a whole.
    private static func flags(_ flags: UInt32, _ code: Code) -> [(end: UInt64, kind: FileLayout.Region.Kind)] {
        let isAdHoc = flags & adHoc != 0
        guard !(isAdHoc && code.hasMessage), isAdHoc || flags & linkerSigned == 0 else { return [(16, .header)] }
        var parts: [(end: UInt64, kind: FileLayout.Region.Kind)] = []
        if flags & 0x00FF_0000 & ~linkerSigned == 0 { parts += [(13, .header), (14, .signature)] }
        return parts + (flags & 0xFF & ~adHoc == 0 ? [(15, .header), (16, .signature)] : [(16, .header)])
    }

    /// Whether there is one hash of a known kind for each page of the code, and none more.
    private static func matchesCode(
        _ reader: LayoutReader<some RandomAccessBytes>,
        _ head: BinaryFields,
        _ size: UInt64,
        _ start: UInt64,
        _ codeEnd: UInt64
    ) throws -> Bool {
        // SHA-1, SHA-256, SHA-256 cut to 20 bytes, SHA-384.
        let hashes: [UInt8: UInt8] = [1: 20, 2: 32, 3: 20, 4: 48]
        guard hashes[head.u8(37)] == head.u8(36), head.offset32(24) <= 16, (12...16).contains(head.u8(39)),
            head.u32(40) == 0
        else { return false }
        // No list of pages, and no size beyond 4 GiB: then the size is the field of 32 bits.
        if size >= 48, try reader.fields(at: start + 44, 4, "a code directory").u32(0) != 0 { return false }
        if size >= 64 {
            let more = try reader.fields(at: start + 52, 12, "a code directory")
            guard more.u32(0) == 0, more.u64(4) == 0 else { return false }
        }
        let page = UInt64(1) << UInt64(head.u8(39))
        return head.offset32(32) == codeEnd && head.offset32(28) == (codeEnd + page - 1) / page
    }

    /// The names behind the header, by place.
    private static func names(
        _ reader: LayoutReader<some RandomAccessBytes>,
        _ head: BinaryFields,
        _ size: UInt64,
        _ start: UInt64
    ) throws -> [(UInt64, String, FileLayout.Region.Kind)] {
        var names: [(UInt64, String, FileLayout.Region.Kind)] = []
        if head.u32(20) != 0 { names.append((head.offset32(20), "identifier", .header)) }
        if size >= 52 {
            let team = try reader.fields(at: start + 48, 4, "a code directory").offset32(0)
            if team != 0 { names.append((team, "team", .signature)) }
        }
        return names.sorted { $0.0 < $1.0 }
    }

    /// The end of the text at `start`, its zero byte included; nil where it has none in reach.
    private static func textEnd(
        _ reader: LayoutReader<some RandomAccessBytes>,
        _ start: UInt64,
        _ end: UInt64
    ) throws -> UInt64? {
        let bytes = try reader.bytes(start..<min(end, start + nameCeiling))
        return bytes.firstIndex(of: 0).map { start + UInt64($0) + 1 }
    }
}
