/// How much of a whole file may be signature: as much as four files of one architecture have.
///
/// A universal file has a signature for each of its architectures, and nobody verifies what is in them.
enum SignatureExtent {
    private static let ceiling = 4 * SignedDataStructure.totalByteCeiling

    /// The same layout; without any signature where there is more of it.
    ///
    /// Zeros and right hashes of the code say nothing of their own, and do not count.
    static func bounded(_ layout: FileLayout) -> FileLayout {
        let claims = layout.regions.filter { region in
            region.kind == .signature && !unbounded.contains { region.name.contains($0) }
        }
        let total = claims.reduce(UInt64(0)) { $0 + ($1.range.upperBound - $1.range.lowerBound) }
        return total > ceiling ? layout.withoutSignatures("beyond what signatures take") : layout
    }

    private static let unbounded = [
        CodeDirectory.pageHashName, CodeSignature.roomName, CodeSignature.earlierName, "alignment of the ",
    ]
}
