/// Tar archives: ustar, GNU long names and links, pax extended headers.
///
/// Refused by name: sparse files, several volumes, types that are not known, archives before ustar, an archive without
/// its two end blocks. Zeros behind the end, up to 1 MiB, are padding; whatever else is there is overlay.
package enum TarLayout {
    private static let format = "tar"
    private static let block = UInt64(TarHeader.byteCount)
    /// The most bytes that fill up the last record.
    private static let maximumRecordByteCount: UInt64 = 1 << 20

    /// Whether `head`, at least 265 bytes, begins like an archive.
    package static func recognises(_ head: [UInt8]) -> Bool {
        guard head.count >= 265 else { return false }
        return head[257..<265].elementsEqual("ustar\u{0}00".utf8) || head[257..<265].elementsEqual("ustar  \0".utf8)
    }

    /// The parts and members of an archive.
    package static func layout(of bytes: any RandomAccessBytes) throws -> ContainerLayout {
        var reader = TarReader(bytes)
        return try reader.read()
    }

    /// Walks an archive, header by header.
    private struct TarReader {
        var input: WindowedBytes
        var output = ContainerWriter(format)
        var global = TarExtensions()

        init(_ bytes: any RandomAccessBytes) {
            input = WindowedBytes(bytes, format)
        }

        mutating func read() throws -> ContainerLayout {
            var place: UInt64 = 0
            while true {
                let block = try input.bytes(place, TarHeader.byteCount, "a header, or the end of the archive,")
                if TarHeader.isZero(block) { break }
                place = try readMember(TarHeader(block, at: place), at: place)
            }
            try readEnd()
            return try output.finish(input.count)
        }

        /// Reads a member with the extensions before it; returns where the next one begins.
        private mutating func readMember(_ first: TarHeader, at start: UInt64) throws -> UInt64 {
            var header = first
            var place = start
            var extensions = TarExtensions()
            while TarExtensions.types.contains(header.type) {
                let content = try content(header.size, at: place)
                guard header.size <= PaxRecords.maximumByteCount else {
                    throw MalformedLayout(format, "an extended header is too long", at: place)
                }
                let stored = try input.bytes(content.lowerBound, Int(header.size), "an extended header")
                if header.type == UInt8(ascii: "g") {
                    guard extensions.blocks.isEmpty else {
                        throw MalformedLayout(format, "a global header stands between headers of a member", at: place)
                    }
                    try readGlobal(header, stored, at: place)
                    return output.end
                }
                try extensions.add(header, stored, at: place)
                place = try padded(content.upperBound)
                let block = try input.bytes(place, TarHeader.byteCount, "the header of a member")
                header = try TarHeader(block, at: place)
            }
            return try writeMember(header, extensions, at: place)
        }

        private mutating func readGlobal(_ header: TarHeader, _ stored: [UInt8], at place: UInt64) throws {
            let records = try global.addGlobal(stored, at: place)
            try writeExtension(TarExtensions.Block(header: header, records: records), of: "the archive")
        }

        private mutating func writeMember(
            _ header: TarHeader,
            _ extensions: TarExtensions,
            at place: UInt64
        ) throws -> UInt64 {
            let (member, size) = try extensions.member(header, global, at: place)
            let path = ContainerMember.escaped(member.name)
            for block in extensions.blocks {
                try writeExtension(block, of: path)
            }
            try writeHeader(header, sizePart: extensions.size == nil ? .size : .header, of: path)
            let content = try content(size, at: place)
            try output.append(size, .member, path)
            try fillBlock(of: path)
            var found = member
            found.content = content
            try output.add(found)
            return output.end
        }

        private mutating func writeExtension(_ block: TarExtensions.Block, of path: String) throws {
            // Its mode and owner are nobody's; only what differs from build to build has a region of its own.
            try output.append(136, .header, .extendedHeader, of: path)
            try output.append(12, .timestamp, .time, of: path)
            try output.append(8, .checksum, .checksum, of: path)
            try output.append(356, .header, .extendedHeader, of: path)
            if block.records.isEmpty {
                let isLink = block.header.type == UInt8(ascii: "K")
                try output.append(block.header.size, .header, isLink ? .linkTarget : .name, of: path)
            }
            for record in block.records {
                let (kind, part) = record.purpose
                try output.append(UInt64(record.range.count), kind, part, of: path)
            }
            try fillBlock(of: path)
        }

        /// Where an extended header gives the size, the field for it says nothing: whatever it holds is just header.
        private mutating func writeHeader(_ header: TarHeader, sizePart: LayoutPart, of path: String) throws {
            try output.append(100, .header, .header, of: path)
            try output.append(8, .header, .mode, of: path)
            try output.append(16, .header, .owner, of: path)
            try output.append(12, .header, sizePart, of: path)
            try output.append(12, .timestamp, .time, of: path)
            try output.append(8, .checksum, .checksum, of: path)
            try output.append(109, .header, .header, of: path)
            try output.append(64, .header, .owner, of: path)
            if header.hasTimes {
                try output.append(16, .header, .header, of: path)
                try output.append(24, .timestamp, .time, of: path)
                try output.append(143, .header, .header, of: path)
            } else {
                try output.append(183, .header, .header, of: path)
            }
        }

        /// The bytes behind a content up to the next block.
        private mutating func fillBlock(of path: String) throws {
            try output.fill(to: padded(output.end), .padding, .padding, of: path)
        }

        /// The content behind a header at `place`; throws where it reaches behind the end.
        private func content(_ size: UInt64, at place: UInt64) throws -> Range<UInt64> {
            let start = place + block
            guard start <= input.count, size <= input.count - start else {
                throw MalformedLayout(format, "a member reaches behind the end of the file", at: place)
            }
            return start..<start + size
        }

        private func padded(_ end: UInt64) throws -> UInt64 {
            let rest = end % block
            guard rest != 0 else { return end }
            guard block - rest <= input.count - end else {
                throw MalformedLayout(format, "the last block is cut off", at: end)
            }
            return end + (block - rest)
        }

        /// The two blocks of zeros, and the zeros that fill up the last record.
        private mutating func readEnd() throws {
            let blocks = try input.bytes(output.end, 2 * TarHeader.byteCount, "the second end block")
            guard !blocks.contains(where: { $0 != 0 }) else {
                throw MalformedLayout(format, "a lone block of zeros", at: output.end)
            }
            try output.append(2 * block, .header, "end of the archive")
            let limit = output.end + min(input.count - output.end, maximumRecordByteCount)
            // Whole blocks only, so that the overlay begins where a reader of blocks would see it.
            let zeros = try input.firstNonzero(output.end..<limit)
            let end = zeros == input.count ? zeros : zeros - (zeros - output.end) % block
            try output.fill(to: end, .padding, .whole, of: "last record")
        }
    }
}
