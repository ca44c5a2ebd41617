/// RPM packages, version 3 and 4: lead, header of signatures, header, payload.
///
/// In the header of signatures, only what a signature is made of is the signature area, with the entries that locate it
/// and the zeros that keep room for it. Digests are checksums; room that is not empty is padding.
package enum RpmLayout {
    private static let format = "rpm"
    private static let leadCount = 96
    private static let magic: [UInt8] = [0xED, 0xAB, 0xEE, 0xDB]

    /// Whether `head` begins with a lead.
    package static func recognises(_ head: [UInt8]) -> Bool {
        head.starts(with: magic)
    }

    /// The parts of a package; the payload, an archive that is compressed, is the only member region.
    package static func layout(of bytes: any RandomAccessBytes) throws -> ContainerLayout {
        var input = WindowedBytes(bytes, format)
        var output = ContainerWriter(format)
        let lead = try input.bytes(0, leadCount, "the lead")
        // Version 3 or 4, and a signature that is a header (type 5).
        guard recognises(lead), lead[4] == 3 || lead[4] == 4, FixedField.bigEndian(lead, 78, 2) == 5 else {
            throw MalformedLayout(format, "the lead is of an unknown version", at: 0)
        }
        try output.append(UInt64(leadCount), .header, "lead")

        let signatures = try RpmHeader(&input, at: output.end)
        try writeIndex(signatures, to: &output)
        try write(signatures, "signature header", signatureNames, kindInSignatures, isSigned: true, to: &output)
        let fill = (8 - output.end % 8) % 8
        let zeros = try input.bytes(output.end, Int(fill), "the padding behind the signature header")
        let isEmpty = !zeros.contains { $0 != 0 }
        try output.append(fill, isEmpty ? .signature : .padding, "padding behind the signature header")

        let header = try RpmHeader(&input, at: output.end)
        try output.fill(to: header.storeStart, .header, "entries of the header")
        try write(header, "header", headerNames, kindInHeader, to: &output)
        guard output.end < input.count else { throw MalformedLayout(format, "no payload", at: output.end) }
        try output.add(ContainerMember(name: [], content: output.end..<input.count))
        try output.fill(to: input.count, .member, "payload")
        return try output.finish(input.count)
    }

    /// Covers the entries of the signature header: those of signatures are signature, and so is what only locates values.
    private static func writeIndex(_ signatures: RpmHeader, to output: inout ContainerWriter) throws {
        let start = output.end
        try output.append(16, .signature, "size of the signature header")
        var tags: Set<UInt64> = []
        var byteCount = 0
        for entry in signatures.index {
            // Which of two is looked at is for the reader to choose.
            guard tags.insert(entry.tag).inserted else {
                throw MalformedLayout(format, "entry \(entry.tag) is twice in the signature header", at: start)
            }
            let value = signatureNames[entry.tag] ?? "tag \(entry.tag) of the signature header"
            if kindInSignatures(entry, signatures) == .signature {
                byteCount += isRoom(entry) ? 0 : entry.range.count
                try output.append(16, .signature, "entry of \(value)")
                continue
            }
            try output.append(8, .header, "tag and type of \(value)")
            try output.append(4, .signature, "place of \(value)")
            try output.append(4, .header, "count of \(value)")
        }
        guard byteCount <= SignedDataStructure.totalByteCeiling else {
            throw MalformedLayout(format, "signatures larger than signatures are", at: start)
        }
    }

    /// Whether an entry keeps room for signatures.
    private static func isRoom(_ entry: RpmHeader.Entry) -> Bool { entry.tag == 999 || entry.tag == 1008 }

    /// Covers the store of a header, entry by entry; what lies between entries is padding.
    private static func write(
        _ header: RpmHeader,
        _ name: String,
        _ names: [UInt64: String],
        _ kind: (RpmHeader.Entry, RpmHeader) -> FileLayout.Region.Kind,
        isSigned: Bool = false,
        to output: inout ContainerWriter
    ) throws {
        for entry in header.entries {
            let start = header.storeStart + UInt64(entry.range.lowerBound)
            let gap = Int(output.end - header.storeStart)..<entry.range.lowerBound
            let value = names[entry.tag] ?? "tag \(entry.tag) of the \(name)"
            // Signatures before it move an entry, and numbers are aligned.
            if isSigned, gap.count < 8, header.isZero(gap) {
                try output.fill(to: start, .signature, "alignment of \(value)")
            } else {
                try output.fill(to: start, .padding, "padding in the \(name)")
            }
            let count = UInt64(entry.range.count)
            try output.append(count, kind(entry, header), value)
        }
        try output.fill(to: header.end, .padding, "padding in the \(name)")
    }

    private static func isBounded(_ entry: RpmHeader.Entry) -> Bool {
        UInt64(entry.range.count) <= SignedDataStructure.byteCeiling
    }

    /// What an entry of the signature header is for (rpmtag.h, RPMSIGTAG).
    private static func kindInSignatures(_ entry: RpmHeader.Entry, _ header: RpmHeader) -> FileLayout.Region.Kind {
        switch entry.tag {
        // The header as a whole; DSA, RSA, OpenPGP, PGP, GPG; signatures of files.
        case 62: entry.type == 7 && entry.range.count == 16 ? .signature : .header
        case 267, 268, 1002, 1005: entry.type == 7 && isBounded(entry) ? .signature : .header
        case 278, 274, 276: entry.type == 8 && isBounded(entry) ? .signature : .header
        case 275, 277: entry.type == 4 && entry.range.count == 4 ? .signature : .header
        // Room for signatures.
        case 999, 1008: entry.type == 7 && header.isZero(entry.range) ? .signature : .padding
        // SHA-1, SHA-256, MD5, SHA3-256.
        case 269, 273, 279, 1004: .checksum
        default: .header
        }
    }

    /// What an entry of the header is for (rpmtag.h, RPMTAG).
    private static func kindInHeader(_ entry: RpmHeader.Entry, _ header: RpmHeader) -> FileLayout.Region.Kind {
        switch entry.tag {
        // Build time, times of files.
        case 1006, 1034: .timestamp
        // Digests of the payload, compressed and not.
        case 5092, 5097: .checksum
        default: .header
        }
    }

    /// What people know some entries of the signature header by.
    private static let signatureNames: [UInt64: String] = [
        62: "signature header as a whole", 267: "DSA signature", 268: "RSA signature", 269: "SHA-1 of the header",
        273: "SHA-256 of the header", 278: "OpenPGP signature", 1000: "size of header and payload",
        1002: "RSA signature of header and payload", 1004: "MD5 of header and payload",
        1005: "DSA signature of header and payload", 1007: "payload size", 999: "reserved space",
        1008: "reserved space",
    ]

    /// What people know some entries of the header by.
    private static let headerNames: [UInt64: String] = [
        63: "header as a whole", 1006: "build time", 1007: "build host", 1022: "architecture", 1030: "modes of files",
        1034: "times of files", 1037: "flags of files", 1039: "owners of files", 1040: "groups of files",
        1045: "flags for verification", 1094: "cookie", 5092: "payload digest",
        5097: "payload digest before compression",
    ]
}
