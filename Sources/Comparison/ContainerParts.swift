import Attestations
import BuildStatements

/// What a differing part of a container means.
struct ContainerParts {
    /// Whether bytes differ that follow from how contents are compressed, and are not counted.
    private(set) var hasOtherForm = false

    private let format: FileFormat
    private let left: FileBytes
    private let right: FileBytes

    /// Parts of two containers of one format.
    init(_ format: FileFormat, _ left: FileBytes, _ right: FileBytes) {
        (self.format, self.left, self.right) = (format, left, right)
    }

    /// Compares two parts that stand for one another; the cause where they differ.
    ///
    /// `before` is the cause of a difference in what belongs to the same member.
    mutating func compare(
        _ one: FileLayout.Region,
        _ two: FileLayout.Region,
        _ windows: inout WindowPair,
        _ before: ByteDifference.Cause?,
        _ comparing: Comparing,
        _ findings: inout ItemFindings
    ) throws -> ByteDifference.Cause? {
        let isSmall = UInt64(max(one.range.count, two.range.count)) <= WindowPair.partCeiling
        if isSmall, try windows.isEqual(one.range, two.range) {
            findings.reproduce(ContainerParts.countedBytes(one, format))
            return nil
        }
        if format == .zip, try ZipDirectoryPlace.isAllThatDiffers(one, left, two, right) {
            findings.reproduce(ContainerParts.countedBytes(one, format))
            return nil
        }
        let free = try freeBytes(one, two)
        hasOtherForm = hasOtherForm || !free.isEmpty
        let pair = RegionPair(shipped: left, rebuilt: right, symbols: SymbolSearch([]))
        var meaning = ContainerParts.meaning(one, format, before)
        // A size that differs as the contents do follows from them; the same size in another spelling does not.
        if one.part == .size, let (first, second) = try sizes(one, two), first != second {
            (meaning.cause, meaning.grade) = (format == .ar ? .compression : .unknown, .contentsIdentical)
        }
        if try isFilling(one, in: left), try isFilling(two, in: right) { meaning.grade = .contentsIdentical }
        let count = findings.differenceCount
        // Around the bytes that follow from how the contents are compressed, which count for nothing.
        for (first, second) in ContainerParts.pieces(one.range, two.range, without: free) {
            try pair.compare(first, second, meaning, with: &comparing.walk, into: &findings)
        }
        return findings.differenceCount > count ? meaning.cause ?? .unknown : nil
    }

    /// Adds a part that only one side has.
    func addOneSided(_ region: FileLayout.Region, isShipped: Bool, to findings: inout ItemFindings) throws {
        let isFilled = try isFilling(region, in: isShipped ? left : right)
        findings.addOneSided(region, isShipped: isShipped, isFilling: isFilled)
    }

    /// Whether a part is zeros that fill a block or the last record up; how many follows from sizes and settings.
    private func isFilling(_ region: FileLayout.Region, in file: FileBytes) throws -> Bool {
        guard region.kind == .padding, [.tar, .cpio].contains(format) else { return false }
        let isBlock = region.part == .padding && region.range.count < 512
        guard isBlock || format == .tar && region.subject == "last record" else { return false }
        return try !file.isNotZero(region.range)
    }

    /// The numbers in two fields for sizes, which the layout has read before.
    private func sizes(_ one: FileLayout.Region, _ two: FileLayout.Region) throws -> (UInt64, UInt64)? {
        func size(_ file: FileBytes, _ range: Range<UInt64>) throws -> UInt64? {
            guard range.count <= 16 else { return nil }
            let field = try file.bytes(range)
            switch format {
            // Ten digits, and the two bytes that end a header.
            case .ar: return field.count == 12 ? FixedField.padded(field, 0..<10, base: 10)?.flatMap { $0 } : nil
            case .tar: return TarHeader.number(field, 0..<field.count)?.flatMap { UInt64(exactly: $0) }
            default: return nil
            }
        }
        guard let first = try size(left, one.range), let second = try size(right, two.range) else { return nil }
        return (first, second)
    }

    /// The bytes of a part whose difference follows from how contents are compressed, seen from its start.
    private func freeBytes(_ one: FileLayout.Region, _ two: FileLayout.Region) throws -> [Range<Int>] {
        let always = ContainerParts.freeBytes(one, format)
        let isHead = [.localHeader, .centralHeader].contains(one.part) && always.lowerBound > 0
        guard isHead, one.range.count == two.range.count else { return [always].filter { !$0.isEmpty } }
        // The method is the last field of such a part.
        let heads = (try left.bytes(one.range), try right.bytes(two.range))
        return ZipCompressionFields.explained(heads.0, heads.1, method: always.lowerBound) + [always]
    }

    /// How many bytes of a part are counted.
    static func countedBytes(_ region: FileLayout.Region, _ format: FileFormat) -> UInt64 {
        UInt64(region.range.count - freeBytes(region, format).clamped(to: 0..<region.range.count).count)
    }

    private static func meaning(
        _ region: FileLayout.Region,
        _ format: FileFormat,
        _ before: ByteDifference.Cause?
    ) -> RegionPair.Meaning {
        var meaning = RegionPair.Meaning(place: region.place)
        switch region.kind {
        case .timestamp: (meaning.cause, meaning.grade) = (.timestamp, .contentsIdentical)
        // The layouts of these two take no checksum that is wrong, so that it follows from what it is of.
        case .checksum where format == .tar || format == .zip:
            (meaning.cause, meaning.grade) = (before ?? .unknown, .contentsIdentical)
        case .signature:
            (meaning.cause, meaning.accountedAs) = (.signature, .signature)
            meaning.grade = .identicalOutsideSignature
        case .buildID: meaning.cause = .buildID
        case .header, .section, .member, .checksum, .padding, .overlay, .comment:
            switch region.part {
            case .owner: meaning.cause = .owner
            case .mode: meaning.cause = .mode
            default: break
            }
        }
        return meaning
    }

    /// The bytes of a zip header that follow from the contents and how they are compressed: method, both sizes, and where
    /// headers stand (APPNOTE 4.3.7, 4.3.9, 4.3.12, 4.3.16); seen from the start of the part.
    ///
    /// The layout and the reader take no sizes that are not those of the contents.
    private static func freeBytes(_ region: FileLayout.Region, _ format: FileFormat) -> Range<Int> {
        guard format == .zip, region.kind == .header else { return 0..<0 }
        switch (region.part, region.range.count) {
        case (.localHeader, 10): return 8..<10
        case (.localHeader, 13...): return 0..<8
        case (.centralHeader, 12): return 10..<12
        case (.centralHeader, 18): return 0..<8
        case (.centralName, _): return 0..<4
        case (.dataDescriptor, 8), (.dataDescriptor, 16): return 0..<region.range.count
        case (.whole, 22) where region.subject == "end record": return 12..<20
        default: return 0..<0
        }
    }

    private static func pieces(
        _ left: Range<UInt64>,
        _ right: Range<UInt64>,
        without free: [Range<Int>]
    ) -> [(Range<UInt64>, Range<UInt64>)] {
        let end = free.last?.upperBound ?? 0
        guard left.count >= end, right.count >= end else { return [(left, right)] }
        var pieces: [(Range<UInt64>, Range<UInt64>)] = []
        var starts = (left.lowerBound, right.lowerBound)
        for range in free {
            let (start, end) = (UInt64(range.lowerBound), UInt64(range.upperBound))
            pieces.append((starts.0..<left.lowerBound + start, starts.1..<right.lowerBound + start))
            starts = (left.lowerBound + end, right.lowerBound + end)
        }
        pieces.append((starts.0..<left.upperBound, starts.1..<right.upperBound))
        return pieces.filter { !$0.0.isEmpty || !$0.1.isEmpty }
    }
}

extension ItemFindings {
    /// How many differences there are so far.
    var differenceCount: Int { differences.count + unlistedCount }

    /// Adds a part of a container that only one side has; a signature is one wherever it is missing.
    fileprivate mutating func addOneSided(_ region: FileLayout.Region, isShipped: Bool, isFilling: Bool) {
        guard region.kind == .signature || isFilling else { return addOneSided(region, isShipped: isShipped) }
        let cause: ByteDifference.Cause = isFilling ? .unknown : .signature
        add(
            ByteDifference(
                place: region.place,
                range: isShipped ? region.range : nil,
                byteCount: isShipped ? UInt64(region.range.count) : 0,
                accountedAs: isFilling ? .unexplained : .signature,
                cause: cause,
                fix: cause.usualFix
            ),
            isFilling ? .contentsIdentical : .identicalOutsideSignature
        )
    }
}
