import Attestations
import Verification

/// Looks through deflated contents whose bytes are not the other side's, for what inflating them does not show.
struct DeflatedContents {
    private let file: FileBytes
    private let members: [ContainerMember]
    private let whose: String
    private let budget: DeflateBudget
    private var room: DeflateRoom

    /// Takes the members of a zip archive, or of a gzip file of `contentCount` bytes of content.
    init(
        _ layout: ContainerLayout,
        of file: FileBytes,
        _ whose: String,
        contentCount: UInt64? = nil,
        _ budget: DeflateBudget
    ) {
        (self.file, self.whose, self.budget) = (file, whose, budget)
        members = layout.members
        let sum = members.reduce(UInt64(0)) { sum, member in
            let (next, overflow) = sum.addingReportingOverflow(member.inflatedCount ?? 0)
            return overflow ? .max : next
        }
        room = DeflateRoom(contentCount: contentCount ?? sum, streamCount: members.count)
    }

    /// Looks through the content that begins at `place`, where it is a deflated one.
    mutating func check(at place: UInt64) throws {
        let index = members.partitioningIndex { $0.content.lowerBound >= place }
        // Empty contents may begin at the same place.
        guard let member = members[index...].first(where: { !$0.content.isEmpty }), member.content.lowerBound == place,
            let count = member.inflatedCount
        else { return }
        let name = ContainerMember.escaped(member.name)
        guard try walk(member.content, "the content of \(name)", ceiling: count) == count else {
            throw refusal("zip: the content of \(name) inflates to less than its size")
        }
    }

    /// Looks through all contents, which inflate to `count` bytes together.
    mutating func checkAll(_ count: UInt64) throws {
        var rest = count
        for member in members { rest -= try walk(member.content, "a content", ceiling: rest) }
        guard rest == 0 else { throw refusal("gzip: the contents inflate to less than they did") }
    }

    private mutating func walk(_ range: Range<UInt64>, _ what: String, ceiling: UInt64) throws -> UInt64 {
        guard let part = file.part(range) else { throw OutsideBytes(range: range, count: file.count) }
        try budget.take(part.count)
        var walk = DeflateWalk(part)
        do {
            return try walk.walk(ceiling: ceiling, &room) { try budget.takeBlock() }
        } catch let error as MalformedLayout {
            throw refusal("deflate: \(what) has \(error.reason), at byte \(range.lowerBound + error.offset)")
        }
    }

    private func refusal(_ reason: String) -> Unopenable {
        Unopenable(reason: "\(whose) is malformed: \(reason)")
    }
}

/// How many deflated bytes of all containers together are looked through.
///
/// Deflated bytes do not deflate again: honest ones, whatever they are in, are not many more than were given.
final class DeflateBudget {
    /// What a block with a code of its own costs at least, in bytes.
    private static let blockCost: UInt64 = 256

    private let ceilings: ComparisonCeilings
    private let expansion: ExpansionTotal
    private var used: UInt64 = 0

    /// Takes what counts the files that were given.
    init(_ ceilings: ComparisonCeilings, _ expansion: ExpansionTotal) {
        (self.ceilings, self.expansion) = (ceilings, expansion)
    }

    /// Counts bytes; throws where there were too many.
    func take(_ count: UInt64) throws(Unopenable) {
        let (sum, overflow) = used.addingReportingOverflow(count)
        used = overflow ? .max : sum
        let (product, isLarge) = expansion.inputByteCount.multipliedReportingOverflow(by: ceilings.deflatedRatio)
        let ceiling = max(ceilings.deflatedFloor, isLarge ? .max : product)
        guard used <= ceiling else {
            throw Unopenable(reason: "more than \(ceiling) deflated bytes, with their blocks, would be looked through")
        }
    }

    /// Counts a block with a code of its own.
    func takeBlock() throws(Unopenable) { try take(Self.blockCost) }
}
