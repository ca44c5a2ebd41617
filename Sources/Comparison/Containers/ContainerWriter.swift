/// Collects the regions of a container from its first byte on, without a gap, under ceilings.
///
/// Until all are known they are kept in less than half the memory, since a growing list is in memory twice.
struct ContainerWriter {
    typealias Kind = FileLayout.Region.Kind

    /// The name of the format, as `tar`.
    let format: String
    /// Where the next region begins: everything before it is covered.
    private(set) var end: UInt64 = 0
    private var regions: [Packed] = []
    private var subjects: [String] = []
    private var members: [ContainerMember] = []
    private var namesByteCount = 0

    init(_ format: String) {
        self.format = format
    }

    /// The next `count` bytes are a part of `subject`; none is no region.
    mutating func append(_ count: UInt64, _ kind: Kind, _ part: LayoutPart, of subject: String) throws(MalformedLayout)
    {
        guard count > 0 else { return }
        let (next, overflow) = end.addingReportingOverflow(count)
        guard !overflow else { throw MalformedLayout(format, "a size is beyond all files", at: end) }
        guard regions.count < ContainerLayout.maximumRegionCount else {
            throw MalformedLayout(format, "more than \(ContainerLayout.maximumRegionCount) parts", at: end)
        }
        // The regions of a member follow each other.
        if subjects.last != subject { subjects.append(subject) }
        regions.append(Packed(end: next, subject: Int32(subjects.count - 1), kind: kind, part: part))
        end = next
    }

    /// The next `count` bytes are called `name`.
    mutating func append(_ count: UInt64, _ kind: Kind, _ name: String) throws(MalformedLayout) {
        try append(count, kind, .whole, of: name)
    }

    /// The bytes up to `place` are a part of `subject`; throws where they are covered already.
    mutating func fill(to place: UInt64, _ kind: Kind, _ part: LayoutPart, of subject: String) throws(MalformedLayout) {
        guard place >= end else { throw MalformedLayout(format, "parts overlap", at: place) }
        try append(place - end, kind, part, of: subject)
    }

    /// The bytes up to `place` are called `name`; throws where they are covered already.
    mutating func fill(to place: UInt64, _ kind: Kind, _ name: String) throws(MalformedLayout) {
        try fill(to: place, kind, .whole, of: name)
    }

    /// Takes note of a member.
    mutating func add(_ member: ContainerMember) throws(MalformedLayout) {
        guard members.count < ContainerLayout.maximumMemberCount else {
            throw MalformedLayout(format, "more than \(ContainerLayout.maximumMemberCount) members", at: end)
        }
        namesByteCount += member.namesByteCount
        guard namesByteCount <= ContainerLayout.maximumNamesByteCount else {
            throw MalformedLayout(
                format,
                "the names take more than \(ContainerLayout.maximumNamesByteCount) bytes",
                at: end
            )
        }
        members.append(member)
    }

    /// The layout of a file of `count` bytes; what is not covered is behind the last part.
    consuming func finish(_ count: UInt64) throws(MalformedLayout) -> ContainerLayout {
        let (format, end) = (format, end)
        guard end <= count else { throw MalformedLayout(format, "the last part reaches behind the end", at: count) }
        try append(count - end, .overlay, "behind the last part")
        var unpacked: [FileLayout.Region] = []
        unpacked.reserveCapacity(regions.count)
        var start: UInt64 = 0
        for region in regions {
            let subject = subjects[Int(region.subject)]
            unpacked.append(FileLayout.Region(start..<region.end, region.kind, region.part, of: subject))
            start = region.end
        }
        guard let layout = FileLayout(format: format, count: count, regions: unpacked) else {
            throw MalformedLayout(format, "parts overlap", at: end)
        }
        return ContainerLayout(layout: layout, members: members)
    }

    /// A region that begins where the one before it ends.
    private struct Packed {
        let end: UInt64
        /// The position of its subject in the list of them.
        let subject: Int32
        let kind: Kind
        let part: LayoutPart
    }
}
