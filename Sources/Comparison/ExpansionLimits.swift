import ArchiveWorker
import Verification

/// What all containers of a comparison gave together, in bytes that take about as long as others.
///
/// Inflating takes some 5 ns a byte, comparing included. bzip2 takes up to eight times as long for each byte that comes
/// out; xz ten times as long for each byte that goes in, and for what comes out no longer than others.
final class ExpansionTotal {
    private static let bzip2Cost: UInt64 = 8
    private static let xzCost: UInt64 = 10

    private var byteCount: UInt64 = 0
    /// The bytes of all files that were given to be compared.
    private(set) var inputByteCount: UInt64 = 0

    /// Counts two files that were given to be compared.
    func allow(for left: UInt64, _ right: UInt64) {
        for count in [left, right] { inputByteCount = ExpansionTotal.sum(inputByteCount, count) }
    }

    /// Counts what members cost beyond what comes out of them.
    func count(_ addedCost: UInt64, _ ceilings: ComparisonCeilings) throws(Unopenable) {
        try take(addedCost, cost: 1, ceilings)
    }

    /// Counts a container that is opened.
    fileprivate func countOpening(_ count: UInt64, _ format: ArchiveFormat, _ ceilings: ComparisonCeilings)
        throws(Unopenable)
    {
        try take(ceilings.openingByteCount, cost: 1, ceilings)
        if format == .xz { try take(count, cost: Self.xzCost, ceilings) }
    }

    /// Counts bytes that came out of a container.
    fileprivate func countData(_ count: UInt64, _ format: ArchiveFormat, _ ceilings: ComparisonCeilings)
        throws(Unopenable)
    {
        try take(count, cost: format == .bzip2 ? Self.bzip2Cost : 1, ceilings)
    }

    private func take(_ count: UInt64, cost: UInt64, _ ceilings: ComparisonCeilings) throws(Unopenable) {
        byteCount = Self.sum(byteCount, Self.product(count, cost))
        let allowed = max(ceilings.expandedFloor, Self.product(inputByteCount, ceilings.expansionRatio))
        let ceiling = min(ceilings.expandedByteCount, allowed)
        guard byteCount <= ceiling else {
            throw Unopenable(reason: "all contents together are larger than \(ceiling) bytes, or would take as long")
        }
    }

    private static func sum(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let (sum, overflow) = one.addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    private static func product(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let (product, overflow) = one.multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}

/// What one container may still give.
final class ExpansionLimits {
    private let format: ArchiveFormat
    private let ceilings: ComparisonCeilings
    private let total: ExpansionTotal
    private let byteCeiling: UInt64
    private var byteCount: UInt64 = 0
    private var memberCount = 0

    /// The limits of a container of `size` bytes.
    init(_ size: UInt64, _ format: ArchiveFormat, _ ceilings: ComparisonCeilings, _ total: ExpansionTotal) {
        (self.format, self.ceilings, self.total) = (format, ceilings, total)
        let (product, overflow) = size.multipliedReportingOverflow(by: ceilings.expansionRatio)
        byteCeiling = max(ceilings.expansionFloor, overflow ? .max : product)
    }

    /// Counts what it costs to open the container.
    func countOpening(_ size: UInt64) throws(Unopenable) {
        try total.countOpening(size, format, ceilings)
    }

    /// Counts a member.
    func countMember(_ header: MemberHeader) throws(Unopenable) {
        memberCount += 1
        guard memberCount <= ceilings.members else {
            throw Unopenable(reason: "it has more than \(ceilings.members) members")
        }
        guard max(header.name.count, header.linkTarget.count) <= ceilings.nameByteCount else {
            throw Unopenable(reason: "a name is longer than \(ceilings.nameByteCount) bytes")
        }
    }

    /// Counts bytes of contents.
    func countData(_ count: Int) throws(Unopenable) {
        byteCount += UInt64(count)
        guard byteCount <= byteCeiling else {
            throw Unopenable(reason: "its contents are larger than \(byteCeiling) bytes, too large for its size")
        }
        try total.countData(UInt64(count), format, ceilings)
    }
}
