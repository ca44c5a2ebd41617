import Attestations
import BuildStatements

/// Compares two files of one format part by part, wherever the parts stand.
struct LayoutComparison {
    private struct Part: Hashable {
        let kind: FileLayout.Region.Kind
        let name: String
        var number = 0
    }

    private let pair: RegionPair
    private let shipped: FileLayout
    private let rebuilt: FileLayout
    private let shippedParts: [Part]
    private let rebuiltParts: [Part]

    /// Takes two files and their layouts, which must be of one format.
    init(_ left: FileBytes, _ shipped: FileLayout, _ right: FileBytes, _ rebuilt: FileLayout) {
        pair = RegionPair(shipped: left, rebuilt: right, symbols: SymbolSearch(shipped.symbols))
        (self.shipped, self.rebuilt) = (shipped, rebuilt)
        (shippedParts, rebuiltParts) = (LayoutComparison.parts(shipped), LayoutComparison.parts(rebuilt))
    }

    /// Compares every part and counts every shipped byte.
    func compare(with walk: inout ByteWalk, into findings: inout ItemFindings) throws {
        var places: [Part: Int] = [:]
        for (index, part) in rebuiltParts.enumerated() { places[part] = index }
        var (last, isPermuted) = (-1, false)
        for (index, part) in shippedParts.enumerated() {
            guard let other = places.removeValue(forKey: part) else {
                only(shipped.regions[index], isShipped: true, into: &findings)
                continue
            }
            isPermuted = isPermuted || other < last
            last = max(last, other)
            let meaning = try meaning(index, other)
            let (left, right) = (shipped.regions[index].range, rebuilt.regions[other].range)
            try pair.compare(left, right, meaning, with: &walk, into: &findings)
        }
        if isPermuted { findings.add(LayoutComparison.permuted, .different) }
        for index in places.values.sorted() { only(rebuilt.regions[index], isShipped: false, into: &findings) }
    }

    /// A part is known by its kind and name, padding by what stands before it, and the equal ones by their number.
    private static func parts(_ layout: FileLayout) -> [Part] {
        var seen: [Part: Int] = [:]
        var before = ""
        return layout.regions.map { region in
            let isPadding = region.kind == .padding
            var part = Part(kind: region.kind, name: isPadding ? "\(region.name) after \(before)" : region.name)
            if !isPadding { before = "\(region.kind.rawValue) \(region.name)" }
            let number = seen[part, default: 0]
            seen[part] = number + 1
            part.number = number
            return part
        }
    }
}

extension LayoutComparison {
    private func meaning(_ index: Int, _ other: Int) throws -> RegionPair.Meaning {
        let region = shipped.regions[index]
        var meaning = RegionPair.Meaning(place: region.place)
        switch region.kind {
        case .signature:
            // Where a PE image is not signed, what locates the signature must be empty.
            guard try shipped.format != PELayout.format || isEmptyWhereAlone(index, other) else { break }
            (meaning.cause, meaning.accountedAs) = (.signature, .signature)
            meaning.grade = .identicalOutsideSignature
        case .checksum:
            // The layout of a PE image calls it so where it is right, or absent.
            // Nobody but a signer sets it afterwards.
            guard shipped.format == PELayout.format, isSigned(shipped) || isSigned(rebuilt) else { break }
            (meaning.cause, meaning.accountedAs) = (.signature, .signature)
            meaning.grade = .identicalOutsideSignature
        case .timestamp: meaning.cause = .timestamp
        case .buildID: meaning.cause = .buildID
        case .header, .section, .member, .padding, .overlay, .comment: break
        }
        return meaning
    }

    /// Whether a part of a signature that is all there is of one holds nothing but zeros, on each side.
    private func isEmptyWhereAlone(_ index: Int, _ other: Int) throws -> Bool {
        for (layout, file, place) in [(shipped, pair.shipped, index), (rebuilt, pair.rebuilt, other)] {
            if !isSigned(layout), try file.isNotZero(layout.regions[place].range) { return false }
        }
        return true
    }

    /// Whether there is more of a signature in a PE image than the field that would locate it.
    private func isSigned(_ layout: FileLayout) -> Bool {
        layout.regions.contains { $0.kind == .signature && $0.name.hasPrefix("certificate ") }
    }

    /// Counts a part that one side alone has.
    private func only(_ region: FileLayout.Region, isShipped: Bool, into findings: inout ItemFindings) {
        let isSignature = region.kind == .signature
        let cause: ByteDifference.Cause = isSignature ? .signature : isShipped ? .extra : .missing
        let size = "\(region.range.count) bytes"
        findings.add(
            ByteDifference(
                place: region.place,
                range: isShipped ? region.range : nil,
                byteCount: isShipped ? UInt64(region.range.count) : 0,
                accountedAs: isSignature ? .signature : .unexplained,
                cause: cause,
                fix: cause.usualFix,
                view: .property(shipped: isShipped ? size : "nothing", rebuilt: isShipped ? "nothing" : size)
            ),
            isSignature ? .identicalOutsideSignature : .different
        )
    }

    private static var permuted: ByteDifference {
        ByteDifference(
            place: "order of parts",
            range: nil,
            byteCount: 0,
            accountedAs: .unexplained,
            cause: .order,
            fix: ByteDifference.Cause.order.usualFix
        )
    }
}
