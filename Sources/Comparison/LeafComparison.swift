import Attestations
import BuildStatements

/// Compares two files that are not opened further: by their parts, by lines, or as the bytes they are.
struct LeafComparison {
    /// The most bytes of a text that is compared by lines.
    let textCeiling: UInt64

    /// Compares two files that differ and counts every shipped byte; what the shipped one was taken for.
    ///
    /// `formats` are what the two files begin like.
    func compare(
        _ left: FileBytes,
        _ right: FileBytes,
        _ formats: (shipped: FileFormat, rebuilt: FileFormat),
        with walk: inout ByteWalk,
        into findings: inout ItemFindings
    ) throws -> String {
        let (shipped, rebuilt) = (
            try KnownLayouts.read(left, formats.shipped), try KnownLayouts.read(right, formats.rebuilt)
        )
        switch (shipped, rebuilt) {
        case (.layout(let shipped), .layout(let rebuilt)) where shipped.format == rebuilt.format:
            let marked = try CodeSignaturePair.layouts(left, shipped, right, rebuilt)
            let first = try HiddenArchive.demoted(SignatureExtent.bounded(marked.0), of: left)
            let second = try HiddenArchive.demoted(SignatureExtent.bounded(marked.1), of: right)
            try LayoutComparison(left, first, right, second).compare(with: &walk, into: &findings)
            return shipped.format
        case (.malformed(let error), _):
            findings.add(LeafComparison.malformed(error, "what was shipped"), .different)
        case (_, .malformed(let error)):
            findings.add(LeafComparison.malformed(error, "the rebuild"), .different)
        case (.none, .none):
            if let text = try text(left, right) {
                text.compare(into: &findings)
                return "text"
            }
        default: break
        }
        let meaning = RegionPair.Meaning(place: "bytes")
        try RegionPair(shipped: left, rebuilt: right, symbols: SymbolSearch([]))
            .compare(0..<left.count, 0..<right.count, meaning, with: &walk, into: &findings)
        return formats.shipped == .text ? FileFormat.data.rawValue : formats.shipped.rawValue
    }

    private func text(_ left: FileBytes, _ right: FileBytes) throws -> TextComparison? {
        guard left.count <= textCeiling, right.count <= textCeiling else { return nil }
        // The beginning decides for most files; not all of one is read for nothing.
        for file in [left, right] {
            guard TextComparison.isText(try file.bytes(0..<min(file.count, 4096))) else { return nil }
        }
        return TextComparison(try left.bytes(0..<left.count), try right.bytes(0..<right.count))
    }

    private static func malformed(_ error: MalformedLayout, _ whose: String) -> ByteDifference {
        ByteDifference(
            place: "\(whose) is malformed: \(error)",
            range: nil,
            byteCount: 0,
            accountedAs: .unexplained,
            cause: .unknown
        )
    }
}
