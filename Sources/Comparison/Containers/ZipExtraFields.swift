/// The extra fields of a zip header (APPNOTE 4.5): two bytes of id, two of length, the data.
struct ZipExtraFields {
    /// One field.
    struct Field {
        let id: UInt64
        /// The data, without id and length.
        let data: Range<Int>
    }

    private let bytes: [UInt8]
    /// The fields in order.
    private(set) var fields: [Field] = []
    /// How many bytes the fields take; what is behind them is not a field, as the zeros that align Android packages.
    private(set) var fieldsByteCount = 0

    /// Reads `bytes`, which begin behind the name of a header at `offset`.
    init(_ bytes: [UInt8], at offset: UInt64) throws(MalformedLayout) {
        self.bytes = bytes
        while bytes.count - fieldsByteCount >= 4 {
            let id = FixedField.littleEndian(bytes, fieldsByteCount, 2)
            let length = Int(FixedField.littleEndian(bytes, fieldsByteCount + 2, 2))
            guard length <= bytes.count - fieldsByteCount - 4, id != 0 || length != 0 else { break }
            let data = fieldsByteCount + 4..<fieldsByteCount + 4 + length
            guard id != 0x0001 || !fields.contains(where: { $0.id == 0x0001 }) else {
                throw MalformedLayout("zip", "two ZIP64 extra fields", at: offset)
            }
            guard id != 0x9901, id != 0x0017 else {
                throw MalformedLayout("zip", "an encrypted member, which is not supported", at: offset)
            }
            fields.append(Field(id: id, data: data))
            fieldsByteCount = data.upperBound
        }
    }

    /// The numbers of the ZIP64 field in place of those of `values` that are all ones, in order.
    func widened(_ values: [UInt64], at offset: UInt64) throws(MalformedLayout) -> [UInt64] {
        guard values.contains(0xFFFF_FFFF) else { return values }
        guard let field = fields.first(where: { $0.id == 0x0001 }) else { return values }
        var place = field.data.lowerBound
        var widened = values
        for index in values.indices where values[index] == 0xFFFF_FFFF {
            guard field.data.upperBound - place >= 8 else {
                throw MalformedLayout("zip", "a ZIP64 extra field is too short", at: offset)
            }
            widened[index] = FixedField.littleEndian(bytes, place, 8)
            place += 8
        }
        return widened
    }

    /// Whether a field holds times in the form that its id has, and nothing else.
    private func isTime(_ field: Field) -> Bool {
        let data = bytes[field.data]
        switch field.id {
        // Extended time stamp: a byte that says which, and up to three times; the central directory has one at most.
        case 0x5455: return data.count % 4 == 1 && data.count <= 13 && data[data.startIndex] & 0xF8 == 0
        // NTFS: four reserved bytes, then tag 1 with three times.
        case 0x000A: return data.count == 32 && data.prefix(8).elementsEqual([0, 0, 0, 0, 1, 0, 24, 0])
        // Info-ZIP Unix, first version: two times, then perhaps owners.
        case 0x5855: return data.count == 8
        default: return false
        }
    }

    /// Whether there is a ZIP64 field.
    var hasZip64: Bool { fields.contains { $0.id == 0x0001 } }

    /// The time of the last change in the extended time stamp (0x5455), in seconds since 1970.
    var mtime: Int64? {
        guard let field = fields.first(where: { $0.id == 0x5455 }), field.data.count >= 5,
            bytes[field.data.lowerBound] & 1 == 1
        else { return nil }
        let value = UInt32(truncatingIfNeeded: FixedField.littleEndian(bytes, field.data.lowerBound + 1, 4))
        return Int64(Int32(bitPattern: value))
    }

    /// Whether a Unicode path field (0x7075) gives another name than `name`.
    func renames(_ name: [UInt8]) -> Bool {
        fields.contains { $0.id == 0x7075 && !bytes[$0.data].dropFirst(5).elementsEqual(name) }
    }

    /// Covers the bytes, field by field; fields of one kind that touch are one region.
    func write(of path: String, to output: inout ContainerWriter) throws(MalformedLayout) {
        var seen: Set<UInt64> = []
        var pending: (count: UInt64, kind: FileLayout.Region.Kind, part: LayoutPart)?
        for field in fields {
            let isFirst = seen.insert(field.id).inserted
            if isFirst, field.id == 0x5855, field.data.count == 12 {
                // Two times, then two owners.
                if let last = pending { try output.append(last.count, last.kind, last.part, of: path) }
                pending = nil
                try output.append(12, .timestamp, .time, of: path)
                try output.append(4, .header, .owner, of: path)
                continue
            }
            let (kind, part) = isFirst || !isTime(field) ? purpose(field) : (.header, .extraField)
            let count = UInt64(field.data.count + 4)
            if let last = pending {
                if last.kind == kind, last.part == part {
                    pending?.count += count
                    continue
                }
                try output.append(last.count, last.kind, last.part, of: path)
            }
            pending = (count, kind, part)
        }
        if let last = pending { try output.append(last.count, last.kind, last.part, of: path) }
        try output.append(UInt64(bytes.count - fieldsByteCount), .padding, .extraPadding, of: path)
    }

    private func purpose(_ field: Field) -> (FileLayout.Region.Kind, LayoutPart) {
        switch field.id {
        case _ where isTime(field): (.timestamp, .time)
        // Info-ZIP Unix, second and third version.
        case 0x7855, 0x7875: (.header, .owner)
        case 0x6375: (.comment, .comment)
        // Android's alignment.
        case 0xD935: (.padding, .extraPadding)
        default: (.header, .extraField)
        }
    }
}
