/// The times and identities of a build in the sections of a PE image: Microsoft PE Format, ".debug", ".edata", ".rsrc".
struct PEIdentity<Source: RandomAccessBytes> {
    private let headers: PEHeaders<Source>
    /// The most entries of the debug directory that are looked at.
    private static var maximumEntryCount: UInt64 { 256 }

    /// Looks in the image of `headers`.
    init(_ headers: PEHeaders<Source>) {
        self.headers = headers
    }

    /// Cuts them out of the sections; what is not where a section is stays as it is.
    func cut(from parts: inout LayoutParts) throws {
        // The number of the directory; the time stamp is the second word of each.
        for (number, name) in [(0, "exports"), (2, "resources"), (10, "load configuration")] {
            if let table = place(number), table.count >= 8 {
                parts.cut(table.lowerBound + 4..<table.lowerBound + 8, .timestamp, "time stamp of the \(name)")
            }
        }
        guard let table = place(6), table.count % 28 == 0 else { return }
        let end = min(table.upperBound, table.lowerBound + 28 * Self.maximumEntryCount)
        var seen: Set<Range<UInt64>> = []
        try headers.reader.forEachEntry(in: table.lowerBound..<end, of: 28) { index, fields in
            let entry = table.lowerBound + UInt64(28 * index)
            parts.cut(entry + 4..<entry + 8, .timestamp, "time stamp of the debug directory")
            let (place, overflows) = fields.offset32(24).addingReportingOverflow(fields.offset32(16))
            guard !overflows, place <= headers.reader.count, parts.isWithinPart(fields.offset32(24)..<place) else {
                return true
            }
            let data = fields.offset32(24)..<place
            if let identity = try identity(fields.u32(12), data), seen.insert(identity).inserted {
                parts.cut(identity, .buildID, "build id")
            }
            return true
        }
    }

    /// The identity in the data of an entry of the debug directory.
    private func identity(_ type: UInt32, _ data: Range<UInt64>) throws -> Range<UInt64>? {
        // CodeView: `RSDS`, GUID, age, path. Repro: the size of a hash, the hash.
        switch type {
        case 2 where data.count >= 24:
            let isRSDS = try headers.reader.fields(at: data.lowerBound, 4, "CodeView").u32(0) == 0x5344_5352
            return isRSDS ? data.lowerBound + 4..<data.lowerBound + 24 : nil
        case 16 where data.count > 4:
            let size = try headers.reader.fields(at: data.lowerBound, 4, "Repro").offset32(0)
            return size == data.count - 4 ? data.lowerBound + 4..<data.upperBound : nil
        default:
            return nil
        }
    }

    private func place(_ number: Int) -> Range<UInt64>? {
        guard number < headers.directories.count else { return nil }
        let directory = headers.directories[number]
        return directory.size == 0 ? nil : headers.place(directory.address, directory.size)
    }
}
