/// Zip archives (PKWARE APPNOTE 6.3.10), and with them JAR, wheel and Android packages.
///
/// The members are those of the central directory. Refused by name: encryption, several disks, a local header that
/// contradicts the central directory, members that overlap, two members of one name, records that two readers could
/// find at different places. An Android signing block is a signature, except for entries of it that sign nothing.
package enum ZipLayout {
    private static let format = "zip"

    /// Whether `head` begins with a local header, or with the end record of an empty archive.
    package static func recognises(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06])
    }

    /// The parts and members of an archive.
    package static func layout(of bytes: any RandomAccessBytes) throws -> ContainerLayout {
        var input = WindowedBytes(bytes, format)
        var output = ContainerWriter(format)
        let end = try ZipEnd(&input)
        let entries = try entries(end, &input)
        try writeMembers(entries, before: end.directory.lowerBound, &input, to: &output) { entry, content in
            try checkCompressed(entry, part(of: bytes, content))
        }
        let heads = entries.map { (path: $0.path, checksum: $0.checksumKind) }
        try AndroidSigningBlock.write(before: end.directory.lowerBound, &input, to: &output)
        let gapKind: FileLayout.Region.Kind = entries.isEmpty ? .overlay : .padding
        try output.fill(to: end.directory.lowerBound, gapKind, .gap, of: "the central directory")
        for head in heads {
            try writeEntry(of: head.path, head.checksum, &input, to: &output)
        }
        try writeEnd(end, to: &output)
        var layout = try output.finish(input.count)
        layout.addedCost = entries.reduce(0) { sum, entry in
            let (next, overflow) = sum.addingReportingOverflow(entry.addedCost)
            return overflow ? .max : next
        }
        return layout
    }

    /// The entries of the central directory; throws unless they fill it.
    private static func entries(_ end: ZipEnd, _ input: inout WindowedBytes) throws -> [ZipEntry] {
        var entries: [ZipEntry] = []
        var names: Set<String> = []
        var place = end.directory.lowerBound
        var namesByteCount = 0
        for _ in 0..<end.entryCount {
            let entry = try ZipEntry(&input, at: place, base: end.base)
            place += entry.entryByteCount
            guard place <= end.directory.upperBound else {
                throw MalformedLayout(format, "an entry reaches behind the central directory", at: place)
            }
            // The escaped spelling is one for each name.
            guard names.insert(entry.path).inserted else {
                throw MalformedLayout(format, "two members are called \(entry.path)", at: place)
            }
            namesByteCount += entry.path.utf8.count
            guard namesByteCount <= ContainerLayout.maximumNamesByteCount else {
                throw MalformedLayout(format, "the names take too many bytes", at: place)
            }
            entries.append(entry)
        }
        guard place == end.directory.upperBound else {
            throw MalformedLayout(format, "the central directory is longer than its entries", at: place)
        }
        return entries
    }

    private static func writeMembers(
        _ entries: [ZipEntry],
        before directory: UInt64,
        _ input: inout WindowedBytes,
        to output: inout ContainerWriter,
        _ check: (ZipEntry, Range<UInt64>) throws -> Void
    ) throws {
        for (position, index) in order(entries).enumerated() {
            let entry = entries[index]
            guard entry.localOffset >= output.end else {
                throw MalformedLayout(format, "\(entry.path) overlaps the member before it", at: entry.localOffset)
            }
            let isFirst = position == 0
            try output.fill(to: entry.localOffset, isFirst ? .overlay : .padding, .gap, of: entry.path)
            let header = try ZipLocalHeader(&input, of: entry)
            try header.write(of: entry, to: &output)
            let (behind, overflow) = output.end.addingReportingOverflow(entry.compressedCount)
            guard !overflow, behind <= directory else {
                throw MalformedLayout(format, "\(entry.path) overlaps the central directory", at: output.end)
            }
            try checkContent(of: entry, output.end..<behind, &input)
            try check(entry, output.end..<behind)
            try output.add(entry.member(output.end..<behind))
            try output.append(entry.compressedCount, .member, entry.path)
            try header.writeDescriptor(&input, of: entry, to: &output)
            guard output.end <= directory else {
                throw MalformedLayout(format, "\(entry.path) overlaps the central directory", at: output.end)
            }
        }
    }

    /// Throws where a member that is no file has a content that readers differ about.
    ///
    /// A link's target is stored as it is; a directory has none, but for the two bytes that nothing is deflated to.
    private static func checkContent(
        of entry: ZipEntry,
        _ content: Range<UInt64>,
        _ input: inout WindowedBytes
    ) throws {
        let isEmpty = content.isEmpty && entry.contentCount == 0
        switch entry.kind {
        case .file: return
        // As zip(1) writes what it reads from a pipe.
        case .special where !content.isEmpty: return
        case .symbolicLink where entry.method == 0 && entry.contentCount <= ContainerLayout.maximumNameByteCount: return
        case .directory where entry.method == 8 && entry.contentCount == 0 && content.count == 2:
            if try input.bytes(content.lowerBound, 2, "an empty content") == [3, 0] { return }
        case .directory, .hardLink, .special, .symbolicLink: if isEmpty { return }
        }
        throw MalformedLayout(format, "\(entry.path) is no file and has a content", at: content.lowerBound)
    }

    private static func part(of bytes: some RandomAccessBytes, _ range: Range<UInt64>) -> any RandomAccessBytes {
        FilePart(bytes, range)
    }

    /// Throws where the stored form of a file has room for what is no content.
    private static func checkCompressed(_ entry: ZipEntry, _ stored: any RandomAccessBytes) throws {
        let (most, overflow) = entry.contentCount.addingReportingOverflow(entry.contentCount / 8 + 256)
        guard overflow || stored.count <= most else {
            throw MalformedLayout(
                format,
                "\(entry.path) takes more bytes than its content can explain",
                at: entry.localOffset
            )
        }
        switch entry.method {
        case 20, 93:
            let layout = try ZstdLayout.layout(of: stored)
            guard layout.layout.regions.contains(where: { $0.subject.hasPrefix("skippable frame") }) else { return }
            throw MalformedLayout(format, "\(entry.path) has frames that are no content", at: entry.localOffset)
        case 95: _ = try XzLayout.layout(of: stored)
        default: break
        }
    }

    /// The entries in the order of their local headers.
    private static func order(_ entries: [ZipEntry]) -> [Int] {
        let indices = Array(entries.indices)
        var isOrdered = true
        for index in indices.dropFirst() where entries[index].localOffset < entries[index - 1].localOffset {
            isOrdered = false
            break
        }
        return isOrdered ? indices : indices.sorted { entries[$0].localOffset < entries[$1].localOffset }
    }

    /// Covers an entry of the central directory, which was read before.
    private static func writeEntry(
        of path: String,
        _ checksum: FileLayout.Region.Kind,
        _ input: inout WindowedBytes,
        to output: inout ContainerWriter
    ) throws {
        let offset = output.end
        let header = try input.bytes(offset, ZipEntry.byteCount, "an entry of the central directory")
        let (name, extra, comment) = (
            FixedField.littleEndian(header, 28, 2), Int(FixedField.littleEndian(header, 30, 2)),
            FixedField.littleEndian(header, 32, 2)
        )
        try output.append(12, .header, .centralHeader, of: path)
        try output.append(4, .timestamp, .time, of: path)
        try output.append(4, checksum, .checksum, of: path)
        try output.append(18, .header, .centralHeader, of: path)
        try output.append(4, .header, .mode, of: path)
        try output.append(4 + name, .header, .centralName, of: path)
        let fields = try input.bytes(output.end, extra, "the extra fields of an entry")
        try ZipExtraFields(fields, at: offset).write(of: path, to: &output)
        try output.append(comment, .comment, .comment, of: path)
    }

    private static func writeEnd(_ end: ZipEnd, to output: inout ContainerWriter) throws {
        if let zip64 = end.zip64 {
            try output.fill(to: zip64.lowerBound, .padding, .gap, of: "the ZIP64 end record")
            try output.fill(to: zip64.upperBound, .header, "ZIP64 end record")
            try output.fill(to: end.offset - 20, .padding, .gap, of: "the ZIP64 locator")
            try output.append(20, .header, "ZIP64 locator")
        }
        try output.fill(to: end.offset, .padding, .gap, of: "the end record")
        try output.append(UInt64(ZipEnd.byteCount), .header, "end record")
        try output.append(end.commentByteCount, .comment, .comment, of: "the archive")
    }
}
