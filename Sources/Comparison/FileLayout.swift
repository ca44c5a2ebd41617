/// How a format divides a file: regions that cover every byte exactly once, in order.
///
/// A layout says what bytes are for. It never says that they are harmless.
package struct FileLayout: Hashable, Sendable {
    /// A part of a file.
    package struct Region: Hashable, Sendable {
        /// What the bytes of a region are for.
        package enum Kind: String, Hashable, Sendable, CaseIterable {
            /// Headers and tables of the format.
            case header
            /// A section or segment with content.
            case section
            /// The content of a member of a container, as it is stored.
            case member
            /// A time stamp field.
            case timestamp
            /// A build id, or another identity that the linker derives from the rest.
            case buildID = "build-id"
            /// A checksum field that the format derives from the rest, signature included.
            case checksum
            /// Exactly the area that the format reserves for a signature, with the fields that locate it.
            case signature
            /// Bytes between parts, or that fill up a part; a format gives them no meaning.
            case padding
            /// Bytes behind the last part that the format knows of.
            case overlay
            /// Free text of the format, as the comment of an archive.
            case comment
        }

        /// The bytes, seen from the start of the file.
        package let range: Range<UInt64>
        /// What they are for.
        package let kind: Kind
        /// What of the subject the bytes are; put before it to make the name.
        package let part: LayoutPart
        /// The member whose bytes these are, or the whole name; shared by all regions of a member.
        package let subject: String

        /// The name that people know the part by, as `.text` or `local header of a.txt`; ASCII, untrusted parts escaped.
        package var name: String { part == .whole ? subject : part.rawValue + subject }

        /// Kind and name as a difference tells where it is; the name is cut where it is long.
        package var place: String {
            guard subject.utf8.count > Region.shownByteCount else {
                return "\(kind.rawValue) \(part.rawValue)\(subject)"
            }
            let shown = String(decoding: subject.utf8.prefix(Region.shownByteCount), as: UTF8.self)
            return "\(kind.rawValue) \(part.rawValue)\(shown) (cut)"
        }

        /// As many as make a place too long for a record of a rebuild: what is cut there could be taken for another.
        private static let shownByteCount = 8192

        /// Names a part.
        package init(_ range: Range<UInt64>, _ kind: Kind, _ name: String) {
            self.init(range, kind, .whole, of: name)
        }

        /// Names a part of a member; many regions can hold one `subject` without a copy of it.
        package init(_ range: Range<UInt64>, _ kind: Kind, _ part: LayoutPart, of subject: String) {
            self.range = range
            self.kind = kind
            self.part = part
            self.subject = subject
        }

        /// Whether both are the same bytes, for the same use, under the same name.
        package static func == (left: Region, right: Region) -> Bool {
            left.range == right.range && left.kind == right.kind && left.name == right.name
        }

        /// Hashes what ``==(_:_:)`` compares.
        package func hash(into hasher: inout Hasher) {
            hasher.combine(range)
            hasher.combine(kind)
            hasher.combine(name)
        }
    }

    /// The name of a place within a file, from a symbol table.
    package struct Symbol: Hashable, Sendable {
        /// The bytes, seen from the start of the file.
        package let range: Range<UInt64>
        /// The name; ASCII, escaped.
        package let name: String

        /// Names a place.
        package init(_ range: Range<UInt64>, _ name: String) {
            self.range = range
            self.name = name
        }
    }

    /// The name of the format, as `ELF` or `zip`.
    package let format: String
    /// The parts, in order, from the first byte to the last, none empty, none overlapping.
    package let regions: [Region]
    /// The symbols, ordered by where they begin; they may overlap.
    package let symbols: [Symbol]

    /// Fills what `regions` leave open with padding, or with an overlay behind the last one.
    ///
    /// Nil where regions overlap, reach behind the end, or are out of order; empty ones are left out.
    package init?(format: String, count: UInt64, regions: [Region], symbols: [Symbol] = []) {
        self.format = format
        self.symbols = symbols
        if FileLayout.cover(regions, count) {
            // Nothing is left open: the regions are kept as they are, not copied.
            self.regions = regions
            return
        }
        var covered: [Region] = []
        covered.reserveCapacity(regions.count + 1)
        var end: UInt64 = 0
        for region in regions where !region.range.isEmpty {
            guard region.range.lowerBound >= end, region.range.upperBound <= count else { return nil }
            if region.range.lowerBound > end {
                covered.append(Region(end..<region.range.lowerBound, .padding, "between parts"))
            }
            covered.append(region)
            end = region.range.upperBound
        }
        if end < count { covered.append(Region(end..<count, .overlay, "behind the last part")) }
        self.regions = covered
    }

    /// The same layout in which nothing is a signature, for a reason that is added to the names.
    func withoutSignatures(_ reason: String) -> FileLayout {
        let regions = regions.map { region in
            region.kind == .signature ? Region(region.range, .section, "\(region.name), \(reason)") : region
        }
        let count = regions.last?.range.upperBound ?? 0
        // The ranges are those of a layout.
        return FileLayout(format: format, count: count, regions: regions, symbols: symbols) ?? self
    }

    /// Whether `regions` are in order, none empty, without a gap, from the first of `count` bytes to the last.
    private static func cover(_ regions: [Region], _ count: UInt64) -> Bool {
        var end: UInt64 = 0
        for region in regions {
            guard region.range.lowerBound == end, !region.range.isEmpty else { return false }
            end = region.range.upperBound
        }
        return end == count
    }
}

/// Why bytes that begin like a format are not of that format.
package struct MalformedLayout: Error, Hashable, Sendable {
    /// The format, as `ELF`.
    package let format: String
    /// What is wrong, as `section 3 reaches behind the end of the file`.
    package let reason: String
    /// Where, in bytes from the start of the file.
    package let offset: UInt64

    /// Reports what is wrong and where.
    package init(_ format: String, _ reason: String, at offset: UInt64) {
        self.format = format
        self.reason = reason
        self.offset = offset
    }
}

extension MalformedLayout: CustomStringConvertible {
    /// The format, the reason and the place.
    package var description: String { "\(format): \(reason), at byte \(offset)" }
}
