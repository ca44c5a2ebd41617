/// What LC_CODE_SIGNATURE reserves in a Mach-O file: Apple, xnu, osfmk/kern/cs_blobs.h.
///
/// A SuperBlob is an index of blobs, all numbers big-endian. Only what a signer derives from the code and from the key
/// counts as signature: entitlements say what the program may do, and are content, with their entries in the index.
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
        var entries: [FileLayout.Region] = [.init(index.lowerBound..<index.lowerBound + 12, .signature, indexName)]
        var blobs: [Blob] = []
        try reader.forEachEntry(in: index.lowerBound + 12..<index.upperBound, of: 8) { number, fields in
            let slot = fields.u32(0)
            let start = range.lowerBound + fields.offset32(4)
            guard start <= end, end - start >= 8 else {
                throw reader.malformed("a blob of the code signature does not fit", at: start)
            }
            let size = try reader.fields(at: start, 8, "a blob of the code signature").offset32(4)
            guard size >= 8, size <= end - start else {
                throw reader.malformed("a blob of the code signature does not fit", at: start)
            }
            // Which of two is looked at is for the reader to choose.
            guard !blobs.contains(where: { $0.slot == slot }) else {
                throw reader.malformed("two blobs in slot \(slot) of the code signature", at: start)
            }
            blobs.append(Blob(slot: slot, range: start..<start + size))
            let entry = index.lowerBound + 12 + 8 * UInt64(number)
            let isContent = Slot(slot).isContent
            let kind: FileLayout.Region.Kind = isContent ? .header : .signature
            entries.append(.init(entry..<entry + 4, kind, "slot of \(Slot(slot).name)"))
            entries.append(.init(entry + 4..<entry + 8, .signature, "place of \(Slot(slot).name)"))
            return true
        }
        var room = try withGaps(blobs, reader, from: index.upperBound, upTo: end, reserved: range.upperBound)
        if let last = room.last, last.kind == .padding, last.range == end..<range.upperBound,
            try EarlierHashes(reader: reader, start: range.lowerBound).fill(last.range)
        {
            room[room.count - 1] = .init(last.range, .signature, earlierName)
        }
        // A blob of nothing but its head is what stands there where nobody signed.
        let hasMessage = blobs.contains { $0.slot == 0x10000 && $0.range.count > 8 }
        let parts = try blobs.flatMap { blob in
            try self.parts(blob, reader, codeEnd: range.lowerBound, hasMessage: hasMessage)
        }
        let all = try bounded(entries + parts, reader) + room
        // What names no code signs none.
        guard blobs.contains(where: { $0.slot == 0 }) else {
            return all.map { $0.kind == .signature ? .init($0.range, .section, "\($0.name), of no code") : $0 }
        }
        return all
    }

    private static let indexName = "index of the code signature"
    /// What zeros behind the blobs are called, and hashes that are left of another signature.
    static let (roomName, earlierName) = ("room of the code signature", "hashes of an earlier signature")

    /// A blob and the slot that the index gives for it.
    private struct Blob {
        let slot: UInt32
        let range: Range<UInt64>
    }

    /// What a slot is for.
    private struct Slot {
        let name: String
        /// The magic of a blob that counts as signature; nil where the slot holds content, or is unknown.
        let magic: UInt32?

        var isContent: Bool { magic == nil }

        init(_ slot: UInt32) {
            switch slot {
            case 0: (name, magic) = ("code directory", 0xFADE_0C02)
            case 0x1000...0x1004: (name, magic) = ("code directory \(slot - 0x0FFF)", 0xFADE_0C02)
            case 2: (name, magic) = ("requirements", 0xFADE_0C01)
            case 0x10000: (name, magic) = ("signature of the code directory", 0xFADE_0B01)
            case 5: (name, magic) = ("entitlements", nil)
            case 7: (name, magic) = ("entitlements in DER", nil)
            default: (name, magic) = ("slot \(slot) of the code signature", nil)
            }
        }
    }

    /// A blob by the slot that it is for; one without the magic of its slot is no signature.
    private static func parts(
        _ blob: Blob,
        _ reader: LayoutReader<some RandomAccessBytes>,
        codeEnd: UInt64,
        hasMessage: Bool
    ) throws -> [FileLayout.Region] {
        let slot = Slot(blob.slot)
        guard let magic = slot.magic else { return [.init(blob.range, .section, slot.name)] }
        let found = try reader.fields(at: blob.range.lowerBound, 4, slot.name).u32(0)
        let size = blob.range.upperBound - blob.range.lowerBound
        if found == magic, size <= SignedDataStructure.byteCeiling || magic == 0xFADE_0C02 {
            guard magic == 0xFADE_0C02 else { return [.init(blob.range, .signature, slot.name)] }
            let code = CodeDirectory.Code(end: codeEnd, hasMessage: hasMessage)
            if let parts = try CodeDirectory.parts(reader, blob.range, slot.name, of: code) { return parts }
        }
        return [.init(blob.range, .section, "\(slot.name), of another structure")]
    }

    /// The same parts; where more is signature than signatures take, none is.
    private static func bounded(
        _ parts: [FileLayout.Region],
        _ reader: LayoutReader<some RandomAccessBytes>
    ) throws -> [FileLayout.Region] {
        // Hashes that follow from the code take as much as they have to.
        let signatures = parts.filter { $0.kind == .signature && !$0.name.hasPrefix(CodeDirectory.pageHashName) }
        let total = signatures.reduce(0) { $0 + ($1.range.upperBound - $1.range.lowerBound) }
        guard total > SignedDataStructure.totalByteCeiling else { return parts }
        return parts.map {
            $0.kind == .signature ? .init($0.range, .section, "\($0.name), beyond what signatures take") : $0
        }
    }

    /// What is between blobs and behind the last: zeros belong to the signature, anything else does not.
    private static func withGaps(
        _ blobs: [Blob],
        _ reader: LayoutReader<some RandomAccessBytes>,
        from: UInt64,
        upTo end: UInt64,
        reserved: UInt64
    ) throws -> [FileLayout.Region] {
        var regions: [FileLayout.Region] = []
        var start = from
        func fill(_ upTo: UInt64) throws {
            guard start < upTo else { return }
            let isZero = try reader.isZero(start..<upTo)
            regions.append(
                isZero
                    ? .init(start..<upTo, .signature, roomName)
                    : .init(start..<upTo, .padding, "padding in the code signature")
            )
            start = upTo
        }
        for blob in blobs.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard blob.range.lowerBound >= start else {
                throw reader.malformed("blobs of the code signature share bytes", at: blob.range.lowerBound)
            }
            try fill(blob.range.lowerBound)
            start = blob.range.upperBound
        }
        try fill(end)
        try fill(reserved)
        return regions
    }
}
