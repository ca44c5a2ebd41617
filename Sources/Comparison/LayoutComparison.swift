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
        let lacksSignature = signatureIsOnOneSide
        var (last, isPermuted) = (-1, false)
        for (index, part) in shippedParts.enumerated() {
            guard let other = places.removeValue(forKey: part) else {
                try onlyShipped(index, into: &findings)
                continue
            }
            isPermuted = isPermuted || other < last
            last = max(last, other)
            let meaning = try meaning(index, other, lacksSignature: lacksSignature)
            let (left, right) = (shipped.regions[index].range, rebuilt.regions[other].range)
            try pair.compare(left, right, meaning, with: &walk, into: &findings)
        }
        if isPermuted { findings.add(LayoutComparison.permuted, .different) }
        for index in places.values.sorted() { try onlyRebuilt(index, into: &findings) }
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
    /// Whether a part of a signature is in one of the two files only.
    private var signatureIsOnOneSide: Bool {
        let left = Set(shippedParts.filter { $0.kind == .signature })
        return left != Set(rebuiltParts.filter { $0.kind == .signature })
    }

    private func meaning(_ index: Int, _ other: Int, lacksSignature: Bool) throws -> RegionPair.Meaning {
        let region = shipped.regions[index]
        var meaning = RegionPair.Meaning(place: LayoutComparison.place(region))
        switch region.kind {
        case .signature:
            // Where one side is not signed, what locates the signature must be empty there.
            guard try !lacksSignature || shipped.format != PELayout.format || isUnsigned(index, other) else { break }
            (meaning.cause, meaning.accountedAs) = (.signature, .signature)
            meaning.grade = .identicalOutsideSignature
        case .checksum:
            // The layout of a PE image calls it so where it is right, or absent.
            guard shipped.format == PELayout.format else { break }
            (meaning.cause, meaning.accountedAs) = (.signature, .signature)
            meaning.grade = .identicalOutsideSignature
        case .timestamp: meaning.cause = .timestamp
        case .buildID: meaning.cause = .buildID
        case .header, .section, .member, .padding, .overlay, .comment: break
        }
        return meaning
    }

    private func isUnsigned(_ index: Int, _ other: Int) throws -> Bool {
        let left = try pair.shipped.isZero(shipped.regions[index].range)
        return try left || pair.rebuilt.isZero(rebuilt.regions[other].range)
    }

    private func onlyShipped(_ index: Int, into findings: inout ItemFindings) throws {
        let region = shipped.regions[index]
        let isSignature = try region.kind == .signature || isAlignment(index, shipped, pair.shipped)
        let cause: ByteDifference.Cause = isSignature ? .signature : .extra
        findings.add(
            ByteDifference(
                place: LayoutComparison.place(region),
                range: region.range,
                byteCount: UInt64(region.range.count),
                accountedAs: isSignature ? .signature : .unexplained,
                cause: cause,
                fix: cause.usualFix,
                view: .property(shipped: "\(region.range.count) bytes", rebuilt: "nothing")
            ),
            isSignature ? .identicalOutsideSignature : .different
        )
    }

    private func onlyRebuilt(_ index: Int, into findings: inout ItemFindings) throws {
        let region = rebuilt.regions[index]
        let isSignature = try region.kind == .signature || isAlignment(index, rebuilt, pair.rebuilt)
        let cause: ByteDifference.Cause = isSignature ? .signature : .missing
        findings.add(
            ByteDifference(
                place: LayoutComparison.place(region),
                range: nil,
                byteCount: 0,
                accountedAs: isSignature ? .signature : .unexplained,
                cause: cause,
                fix: cause.usualFix,
                view: .property(shipped: "nothing", rebuilt: "\(region.range.count) bytes")
            ),
            isSignature ? .identicalOutsideSignature : .different
        )
    }

    /// Whether a part is nothing but the zeros that bring a signature to a multiple of eight bytes.
    private func isAlignment(_ index: Int, _ layout: FileLayout, _ file: FileBytes) throws -> Bool {
        let region = layout.regions[index]
        guard region.kind == .padding, region.range.count < 8 else { return false }
        let neighbours = [index - 1, index + 1].filter(layout.regions.indices.contains)
        guard neighbours.contains(where: { layout.regions[$0].kind == .signature }) else { return false }
        return try file.isZero(region.range)
    }

    private static func place(_ region: FileLayout.Region) -> String { "\(region.kind.rawValue) \(region.name)" }

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

extension FileBytes {
    /// Whether all bytes of `range` are zero.
    fileprivate func isZero(_ range: Range<UInt64>) throws -> Bool {
        var place = range.lowerBound
        while place < range.upperBound {
            let end = min(range.upperBound, place + 65_536)
            guard try bytes(place..<end).allSatisfy({ $0 == 0 }) else { return false }
            place = end
        }
        return true
    }
}
