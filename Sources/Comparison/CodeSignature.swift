/// What LC_CODE_SIGNATURE reserves in a Mach-O file: Apple, xnu, osfmk/kern/cs_blobs.h.
///
/// A SuperBlob is an index of blobs, all numbers big-endian. Only what a signer derives from the code and from the key
/// counts as signature: entitlements say what the program may do, and are content.
enum CodeSignature {
    /// The most blobs.
    private static let maximumBlobCount: UInt64 = 256

    /// The parts of `range`; throws ``MalformedLayout`` where it holds no SuperBlob whose blobs are apart.
    static func parts(
        _ file: LayoutReader<some RandomAccessBytes>,
        in range: Range<UInt64>
    ) throws -> [FileLayout.Region] {
        var reader = file
        reader.isBigEndian = true
        guard range.count >= 12 else { throw reader.malformed("the code signature is too short", at: range.lowerBound) }
        let head = try reader.fields(at: range.lowerBound, 12, "the code signature")
        let length = head.offset32(4)
        let count = head.offset32(8)
        // CSMAGIC_EMBEDDED_SIGNATURE.
        guard head.u32(0) == 0xFADE_0CC0, count <= maximumBlobCount, length >= 12 + 8 * count, length <= range.count
        else {
            throw reader.malformed("the code signature is no SuperBlob that fits", at: range.lowerBound)
        }
        let end = range.lowerBound + length
        let index = range.lowerBound..<range.lowerBound + 12 + 8 * count
        var blobs = [FileLayout.Region(index, .signature, "index of the code signature")]
        try reader.forEachEntry(in: index.lowerBound + 12..<index.upperBound, of: 8) { _, fields in
            let start = range.lowerBound + fields.offset32(4)
            guard start <= end, end - start >= 8 else {
                throw reader.malformed("a blob of the code signature does not fit", at: start)
            }
            let size = try reader.fields(at: start, 8, "a blob of the code signature").offset32(4)
            guard size >= 8, size <= end - start else {
                throw reader.malformed("a blob of the code signature does not fit", at: start)
            }
            blobs.append(blob(fields.u32(0), start..<start + size))
            return true
        }
        return try withGaps(blobs, reader, upTo: end, reserved: range.upperBound)
    }

    /// A blob by the slot that it is for.
    private static func blob(_ slot: UInt32, _ range: Range<UInt64>) -> FileLayout.Region {
        switch slot {
        case 0, 0x1000...0x1004: .init(range, .signature, "code directory")
        case 2: .init(range, .signature, "requirements")
        case 0x10000: .init(range, .signature, "signature of the code directory")
        case 5, 7: .init(range, .section, "entitlements")
        default: .init(range, .section, "slot \(slot) of the code signature")
        }
    }

    /// Adds what is between blobs and behind the last: zeros belong to the signature, anything else does not.
    private static func withGaps(
        _ blobs: [FileLayout.Region],
        _ reader: LayoutReader<some RandomAccessBytes>,
        upTo end: UInt64,
        reserved: UInt64
    ) throws -> [FileLayout.Region] {
        var regions: [FileLayout.Region] = []
        var start = blobs[0].range.lowerBound
        func fill(_ upTo: UInt64) throws {
            guard start < upTo else { return }
            let isZero = try reader.isZero(start..<upTo)
            regions.append(
                isZero
                    ? .init(start..<upTo, .signature, "room of the code signature")
                    : .init(start..<upTo, .padding, "padding in the code signature")
            )
            start = upTo
        }
        for blob in blobs.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard blob.range.lowerBound >= start else {
                throw reader.malformed("blobs of the code signature share bytes", at: blob.range.lowerBound)
            }
            try fill(blob.range.lowerBound)
            regions.append(blob)
            start = blob.range.upperBound
        }
        try fill(end)
        try fill(reserved)
        return regions
    }
}
