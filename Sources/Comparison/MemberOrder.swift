/// What the order of a container's members decides.
struct MemberOrder {
    /// A member whose place among others decides what is unpacked.
    struct Place: Equatable {
        let name: [UInt8]
        let kind: ContainerMember.Kind
        let isEmpty: Bool
        let target: [UInt8]?
    }

    /// The members that share a name with another, lie beneath what is no directory, or are linked, in order.
    let colliding: [Place]
    private let isPackage: Bool
    private let hasLateGlobalHeader: Bool

    /// Looks through a container.
    init(_ container: ContainerLayout) {
        colliding = MemberOrder.colliding(container)
        isPackage = container.members.contains { $0.name.elementsEqual("debian-binary".utf8) }
        hasLateGlobalHeader = MemberOrder.hasLateGlobalHeader(container.layout)
    }

    /// Whether members that are not among ``colliding`` may stand in any order.
    ///
    /// A Debian package is read by position (deb(5)); a pax global header holds for all members behind it.
    func isFree(_ format: FileFormat) -> Bool {
        switch format {
        case .ar: !isPackage
        case .tar: !hasLateGlobalHeader
        default: true
        }
    }

    private static func hasLateGlobalHeader(_ layout: FileLayout) -> Bool {
        guard let first = layout.regions.firstIndex(where: { $0.subject != "the archive" }) else { return false }
        return layout.regions[first...].contains { $0.subject == "the archive" }
    }

    private static func colliding(_ container: ContainerLayout) -> [Place] {
        var (seen, entangled): (Set<Int>, Set<Int>) = ([], [])
        var barriers: Set<Int> = []
        for member in container.members {
            let name = FoldedName(member.name)
            if !seen.insert(name.hash).inserted || name.climbs { entangled.insert(name.hash) }
            if member.kind != .directory { barriers.insert(name.hash) }
            // What a hard link gets is what its target is by then.
            if member.kind == .hardLink, let target = member.linkTarget {
                entangled.formUnion([name.hash, FoldedName(target).hash])
            }
        }
        for member in container.members {
            let name = FoldedName(member.name)
            for above in name.above where barriers.contains(above) { entangled.formUnion([above, name.hash]) }
        }
        guard !entangled.isEmpty else { return [] }
        // Names of a zip archive are unique, and whether its contents are empty is not said by how they are stored.
        let isZip = container.layout.format == "zip"
        return container.members.filter { entangled.contains(FoldedName($0.name).hash) }.map { member in
            Place(
                name: member.name,
                kind: member.kind,
                isEmpty: !isZip && member.content.isEmpty,
                target: member.linkTarget
            )
        }
    }
}

/// A name without what makes no difference on some file system: `.` steps, doubled slashes, the case of letters.
///
/// Only hashes are kept; two names that share one by chance are taken for one name, which alarms and hides nothing.
private struct FoldedName {
    /// Stands for the whole name.
    let hash: Int
    /// Stand for the names of the directories above.
    let above: [Int]
    /// Whether a step is `..`, which can lead anywhere.
    let climbs: Bool

    init(_ name: [UInt8]) {
        var hasher = Hasher()
        var (above, climbs): ([Int], Bool) = ([], false)
        var isFirst = true
        for step in name.split(separator: UInt8(ascii: "/")) where !step.elementsEqual(".".utf8) {
            if !isFirst {
                above.append(hasher.finalized)
                hasher.combine(UInt8(ascii: "/"))
            }
            isFirst = false
            climbs = climbs || step.elementsEqual("..".utf8)
            for byte in step {
                hasher.combine((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 0x20 : byte)
            }
        }
        (hash, self.above, self.climbs) = (hasher.finalized, above, climbs)
    }
}

extension Hasher {
    /// The hash of what was combined so far.
    fileprivate var finalized: Int {
        let copy = self
        return copy.finalize()
    }
}
