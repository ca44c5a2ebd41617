/// How many bytes of what was shipped fall into which class; every byte in exactly one.
///
/// Bytes are counted after opening: the contents of a compressed layer stand in its place, so the total can be larger
/// than the file. What is not opened counts as it is.
package struct ByteAccount: Hashable, Sendable {
    /// Where a byte comes from.
    package enum Class: String, Hashable, Sendable, CaseIterable {
        /// The rebuild has it too.
        case reproduced
        /// It lies in exactly the area that the format reserves for a signature.
        case signature
        /// It belongs to a file that the build definition declares by its digest.
        case thirdParty = "third-party"
        /// A signed waiver accepts the difference it belongs to.
        case waived
        /// Nothing explains it.
        case unexplained
    }

    /// Bytes that the rebuild has too.
    package var reproduced: UInt64 = 0
    /// Bytes of a signature area.
    package var signature: UInt64 = 0
    /// Bytes of declared files of others.
    package var thirdParty: UInt64 = 0
    /// Bytes of differences that a waiver accepts.
    package var waived: UInt64 = 0
    /// Bytes that nothing explains.
    package var unexplained: UInt64 = 0

    /// Counts nothing yet.
    package init() {}

    /// The bytes of a class.
    package subscript(_ class: Class) -> UInt64 {
        get {
            switch `class` {
            case .reproduced: reproduced
            case .signature: signature
            case .thirdParty: thirdParty
            case .waived: waived
            case .unexplained: unexplained
            }
        }
        set {
            switch `class` {
            case .reproduced: reproduced = newValue
            case .signature: signature = newValue
            case .thirdParty: thirdParty = newValue
            case .waived: waived = newValue
            case .unexplained: unexplained = newValue
            }
        }
    }

    /// All bytes; counts that do not fit stay at the largest number, which no sum of honest files reaches.
    package var total: UInt64 {
        Class.allCases.reduce(0) { ByteAccount.sum($0, self[$1]) }
    }

    /// Adds every count of `other`.
    package mutating func add(_ other: ByteAccount) {
        for each in Class.allCases { self[each] = ByteAccount.sum(self[each], other[each]) }
    }

    private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
