import Attestations
import Encodings

/// Compares two containers of one format: their members one by one, and every byte between them.
struct ContainerComparison {
    private let comparing: Comparing
    private let format: FileFormat
    private let depth: Int
    private let left: FileBytes
    private let right: FileBytes
    private let shipped: ContainerLayout
    private let rebuilt: ContainerLayout

    /// Reads both layouts.
    init(_ comparing: Comparing, _ format: FileFormat, _ left: FileBytes, _ right: FileBytes, depth: Int) throws {
        (self.comparing, self.format, self.depth) = (comparing, format, depth)
        (self.left, self.right) = (left, right)
        shipped = try ContainerComparison.layout(format, left, "what was shipped")
        try comparing.layouts.take(shipped)
        rebuilt = try ContainerComparison.layout(format, right, "the rebuild")
        try comparing.layouts.take(rebuilt)
    }

    private static func layout(_ format: FileFormat, _ file: FileBytes, _ whose: String) throws -> ContainerLayout {
        do {
            return try layout(format, file)
        } catch let error as MalformedLayout {
            throw Unopenable(reason: "\(whose) is malformed: \(error)")
        }
    }

    private static func layout(_ format: FileFormat, _ file: FileBytes) throws -> ContainerLayout {
        switch format {
        case .ar: try ArLayout.layout(of: file)
        case .tar: try TarLayout.layout(of: file)
        case .cpio: try CpioLayout.layout(of: file)
        case .zip: try ZipLayout.layout(of: file)
        case .rpm: try RpmLayout.layout(of: file)
        default: throw Unopenable(reason: "it is no container that is opened")
        }
    }

    /// Compares everything and counts every shipped byte.
    func compare(into findings: inout ItemFindings) throws {
        if format == .zip {
            try ZipContents(comparing, left, shipped, right, rebuilt, depth: depth).compare(into: &findings)
        } else {
            for (file, layout, whose) in [(left, shipped, "what was shipped"), (right, rebuilt, "the rebuild")] {
                guard let text = try SecondReading(comparing).disagreement(with: layout, of: file, as: format) else {
                    continue
                }
                findings.add(
                    .property("two readings of this archive disagree (\(whose))", "ours", text, .unknown),
                    .different
                )
            }
        }
        try compareParts(into: &findings)
    }

    private func compareParts(into findings: inout ItemFindings) throws {
        var parts = ContainerParts(format, left, right)
        let links = ContainerComparison.zipLinks(format, shipped, rebuilt)
        var packed = (
            DeflatedContents(shipped, of: left, "what was shipped", comparing.deflated),
            DeflatedContents(rebuilt, of: right, "the rebuild", comparing.deflated)
        )
        var hasOtherForm = false
        var windows = WindowPair(left, right)
        var (onlyShipped, onlyRebuilt) = (OneSidedParts(), OneSidedParts())
        var before: (subject: String, cause: ByteDifference.Cause)?
        let isPermuted = try RegionMatching(shipped.layout.regions, rebuilt.layout.regions).forEach { match in
            switch match {
            case .both(let index, let other):
                let (one, two) = (shipped.layout.regions[index], rebuilt.layout.regions[other])
                if isReadOut(one, links) {
                    // The content was compared as it comes out of the archive.
                    guard try !isIdentical(one, two) else { return }
                    hasOtherForm = true
                    try packed.0.check(at: one.range.lowerBound)
                    try packed.1.check(at: two.range.lowerBound)
                } else if one.kind == .member, format != .zip {
                    try compareMembers(one, two, &windows, &findings)
                } else {
                    let cause = before.flatMap { $0.subject == one.subject ? $0.cause : nil }
                    let found = try parts.compare(one, two, &windows, cause, comparing, &findings)
                    if let found { before = (one.subject, found) }
                }
            case .shipped(let index):
                let region = shipped.layout.regions[index]
                guard isReadOut(region, links) else { return onlyShipped.add(region) }
                hasOtherForm = true
                try packed.0.check(at: region.range.lowerBound)
            case .rebuilt(let index):
                let region = rebuilt.layout.regions[index]
                guard isReadOut(region, links) else { return onlyRebuilt.add(region) }
                hasOtherForm = true
                try packed.1.check(at: region.range.lowerBound)
            }
        }
        if hasOtherForm || parts.hasOtherForm {
            findings.add(.property("compressed form", "", "", .compression), .contentsIdentical)
        }
        try addOrder(isPermuted, into: &findings)
        try addOneSided(onlyShipped, onlyRebuilt, into: &findings)
    }

    /// Another order is harmless only where no member depends on what stands before it.
    private func addOrder(_ isPermuted: Bool, into findings: inout ItemFindings) throws {
        let orders = (MemberOrder(shipped), MemberOrder(rebuilt))
        if orders.0.colliding != orders.1.colliding {
            findings.add(.property("order of members that share a name", "one", "another", .order), .different)
        }
        guard isPermuted else { return }
        let isHarmless = format != .rpm && orders.0.isFree(format) && orders.1.isFree(format)
        let grade = isHarmless ? Grade.contentsIdentical : .different
        findings.add(.property("order of members", "one", "another", .order), grade)
    }

    /// Whether a part is a content that was compared as it comes out of a zip archive.
    private func isReadOut(_ region: FileLayout.Region, _ links: Set<String>) -> Bool {
        format == .zip && region.kind == .member && !links.contains(region.subject)
    }

    /// The members of a zip archive that are links on either side.
    ///
    /// No content comes out of those: their targets are compared as they are stored. What is neither file nor link has
    /// no content there.
    private static func zipLinks(_ format: FileFormat, _ sides: ContainerLayout...) -> Set<String> {
        guard format == .zip else { return [] }
        return sides.reduce(into: []) { links, side in
            for member in side.members where member.kind == .symbolicLink {
                links.insert(ContainerMember.escaped(member.name))
            }
        }
    }

    private func compareMembers(
        _ one: FileLayout.Region,
        _ two: FileLayout.Region,
        _ windows: inout WindowPair,
        _ findings: inout ItemFindings
    ) throws {
        if one.range.count == two.range.count, UInt64(one.range.count) <= WindowPair.partCeiling,
            try windows.isEqual(one.range, two.range)
        {
            try count(one, &findings)
            return
        }
        guard let first = left.part(one.range), let second = right.part(two.range) else {
            throw OutsideBytes(range: one.range, count: left.count)
        }
        let item = try comparing.files(first, second, name: ContainerComparison.name(one), depth: depth + 1)
        comparing.addDiffering(item, to: &findings)
    }

    private func isIdentical(_ one: FileLayout.Region, _ two: FileLayout.Region) throws -> Bool {
        guard let first = left.part(one.range), let second = right.part(two.range) else { return false }
        return try comparing.walk.areIdentical(first, second)
    }

    /// Counts a member that both sides have.
    private func count(_ member: FileLayout.Region, _ findings: inout ItemFindings) throws {
        guard !comparing.options.declaredDigests.isEmpty, let file = left.part(member.range) else {
            return findings.reproduce(UInt64(member.range.count))
        }
        let item = try comparing.files(file, file, name: ContainerComparison.name(member), depth: depth + 1)
        findings.fold(item.grade, item.account)
    }

    private static func name(_ member: FileLayout.Region) -> [UInt8] {
        // The subject is the one escaped spelling of the name.
        (try? TreePath.unescape(member.subject.utf8)) ?? Array(member.subject.utf8)
    }
}

extension ContainerComparison {
    /// Adds members that one side has, each as one item, and other parts that one side has, each by itself.
    private func addOneSided(
        _ left: OneSidedParts,
        _ right: OneSidedParts,
        into findings: inout ItemFindings
    ) throws {
        guard !left.isEmpty || !right.isEmpty else { return }
        let one = ContainerParts(format, self.left, self.right)
        // Raw names, which are there already; the subject of a member is the one escaped spelling of its name.
        let (inShipped, inRebuilt) = (Set(shipped.members.map(\.name)), Set(rebuilt.members.map(\.name)))
        for (parts, own, other, isShipped) in [
            (left, inShipped, inRebuilt, true), (right, inRebuilt, inShipped, false),
        ] {
            for group in parts.groups {
                guard let name = try? TreePath.unescape(group.subject.utf8), own.contains(name), !other.contains(name)
                else {
                    for region in group.regions { try one.addOneSided(region, isShipped: isShipped, to: &findings) }
                    continue
                }
                try addMember(group, isShipped: isShipped, into: &findings)
            }
        }
    }

    /// A member of one side: its content, and the headers that belong to it.
    private func addMember(_ group: OneSidedParts.Group, isShipped: Bool, into findings: inout ItemFindings) throws {
        // The contents of a zip archive were listed as they came out of it.
        let regions = group.regions
        let content = format == .zip ? nil : regions.first { $0.kind == .member }
        let file = (isShipped ? left : right)
        let count = regions.reduce(UInt64(0)) { sum, region in
            region == content ? sum : sum + ContainerParts.countedBytes(region, format)
        }
        if format == .zip {
            let cause: ByteDifference.Cause = isShipped ? .extra : .missing
            findings.add(
                .property("headers of \(group.subject)", "", "", cause, byteCount: isShipped ? count : 0),
                .different
            )
            return
        }
        let part = content.map(\.range).flatMap(file.part) ?? FileBytes(file.file, 0..<0)
        let name = (try? TreePath.unescape(group.subject.utf8)) ?? Array(group.subject.utf8)
        comparing.add(
            try comparing.oneSide(part, name: name, isShipped: isShipped, headerByteCount: count),
            to: &findings
        )
    }
}

/// The parts that one side has and the other has not, by what they belong to.
struct OneSidedParts {
    /// Parts of one member.
    struct Group {
        let subject: String
        var regions: [FileLayout.Region]
    }

    /// In the order of their first parts.
    private(set) var groups: [Group] = []
    private var places: [String: Int] = [:]
    private var last = -1

    var isEmpty: Bool { groups.isEmpty }

    mutating func add(_ region: FileLayout.Region) {
        if last >= 0, groups[last].subject == region.subject {
            groups[last].regions.append(region)
        } else if let place = places[region.subject] {
            last = place
            groups[place].regions.append(region)
        } else {
            last = groups.count
            places[region.subject] = last
            groups.append(Group(subject: region.subject, regions: [region]))
        }
    }
}
