/// How alike a shipped file and its rebuild are; the order is from worst to best.
///
/// Which grades are enough is for the reader's policy to say; by itself a grade is no pass.
package enum Grade: String, Hashable, Sendable, CaseIterable {
    /// Something that nothing explains differs.
    case different
    /// Everything inside is the same, and only the container around it differs, as with another compressor.
    case contentsIdentical = "contents-identical"
    /// The same but for exactly the area that the format reserves for a signature.
    case identicalOutsideSignature = "identical-outside-signature"
    /// The same, byte for byte.
    case identical
}

extension Grade: Comparable {
    private var rank: Int {
        switch self {
        case .different: 0
        case .contentsIdentical: 1
        case .identicalOutsideSignature: 2
        case .identical: 3
        }
    }

    /// Worse comes first.
    package static func < (left: Grade, right: Grade) -> Bool { left.rank < right.rank }
}
