/// The attribute certificates of a PE image, where Authenticode signatures stand: Microsoft PE Format, "The Attribute
/// Certificate Table (Image Only)".
///
/// Windows does not hash the table, so whatever stands in it stays unnoticed by a check of the signature. Therefore
/// exactly the messages count as signatures, and the zeros that the alignment asks for; and not more of them than a
/// file has that was signed twice or thrice.
struct CertificateTable {
    /// The number of the data directory.
    static let directory = 4
    /// The most certificates that count as signatures.
    private static let signatureCeiling = 4

    private let range: Range<UInt64>
    private var regions: [FileLayout.Region] = []
    private var signatureByteCount: UInt64 = 0
    private let count: UInt64
    private let isZero: (Range<UInt64>) throws -> Bool

    /// Finds the table; nil where there is none.
    ///
    /// Throws ``MalformedLayout`` where the directory names half a table, or the certificates do not fill it.
    init?(_ headers: PEHeaders<some RandomAccessBytes>) throws {
        let reader = headers.reader
        guard headers.directories.count > CertificateTable.directory else { return nil }
        let directory = headers.directories[CertificateTable.directory]
        guard directory.address != 0 || directory.size != 0 else { return nil }
        // Unlike in the other directories the address is an offset in the file.
        guard directory.address % 8 == 0, directory.address > 0, directory.size > 8 else {
            throw reader.malformed("the certificate table is empty or not aligned", at: directory.entry.lowerBound)
        }
        range = try reader.range(directory.address, directory.size, "the certificate table")
        count = reader.count
        isZero = { try reader.isZero($0) }
        var start = range.lowerBound
        var index = 0
        while start < range.upperBound {
            guard index < 1024 else { throw reader.malformed("more than 1024 certificates", at: start) }
            start = try readCertificate(index, at: start, reader)
            index += 1
        }
    }

    /// Reads a WIN_CERTIFICATE; where the next one begins.
    private mutating func readCertificate(
        _ index: Int,
        at start: UInt64,
        _ reader: LayoutReader<some RandomAccessBytes>
    ) throws -> UInt64 {
        let name = "certificate \(index)"
        guard range.upperBound - start > 8 else { throw reader.malformed("\(name) is too short", at: start) }
        let fields = try reader.fields(at: start, 8, name)
        let length = fields.offset32(0)
        guard length > 8, length <= range.upperBound - start else {
            throw reader.malformed("\(name) does not fit into the table", at: start)
        }
        // Entries are aligned to eight bytes; the last may end with the table.
        let end = min(start + (length + 7) / 8 * 8, range.upperBound)
        // WIN_CERT_REVISION_2_0 and WIN_CERT_TYPE_PKCS_SIGNED_DATA; Windows looks at no other for Authenticode.
        guard fields.u16(4) == 0x0200, fields.u16(6) == 2 else {
            regions.append(.init(start..<end, .overlay, "\(name) of an unknown kind"))
            return end
        }
        guard let message = try reader.signedDataLength(in: start + 8..<start + length) else {
            throw reader.malformed("\(name) is no signed PKCS#7 message", at: start + 8)
        }
        signatureByteCount += 8 + message
        guard index < CertificateTable.signatureCeiling, signatureByteCount <= SignedDataStructure.totalByteCeiling
        else {
            regions.append(.init(start..<end, .overlay, "\(name) beyond what signatures take"))
            return end
        }
        let messageEnd = start + 8 + message
        regions.append(.init(start..<messageEnd, .signature, name))
        let isAlignment = try end - messageEnd < 8 && reader.isZero(messageEnd..<end)
        regions.append(
            .init(
                messageEnd..<end,
                isAlignment ? .signature : .padding,
                isAlignment ? "alignment of \(name)" : "padding behind the signature"
            )
        )
        return end
    }

    /// Adds the table and what is between it and `end`, where the part before it ends.
    func add(to parts: inout LayoutParts, behind end: UInt64) throws {
        if end < range.lowerBound {
            let isAlignment = try range.lowerBound - end < 8 && isZero(end..<range.lowerBound)
            parts.add(
                end..<range.lowerBound,
                isAlignment ? .signature : .overlay,
                isAlignment ? "alignment of the certificate table" : "behind the last part"
            )
        }
        for region in regions { parts.add(region.range, region.kind, region.name) }
        // Not what stands behind the sections where nothing is signed.
        if end < range.upperBound, range.upperBound < count {
            parts.add(range.upperBound..<count, .overlay, "behind the certificate table")
        }
    }
}
