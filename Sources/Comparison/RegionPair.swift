import Attestations
import BuildStatements

/// Compares one part of a shipped file with one part of its rebuild, byte by byte.
struct RegionPair {
    /// The bytes shown before the first difference, and in all.
    private static let (context, shown) = (16, 48)
    /// The bytes around the first difference that its cause is guessed from.
    private static let guessed = 160

    /// The shipped file and the rebuilt one.
    let shipped: FileBytes
    let rebuilt: FileBytes
    /// The symbols of the shipped file.
    let symbols: SymbolSearch

    /// What a pair of parts is called and what its differing bytes count as.
    struct Meaning {
        let place: String
        var cause: ByteDifference.Cause?
        var accountedAs = ByteAccount.Class.unexplained
        var grade = Grade.different
    }

    /// Compares the parts `left` and `right` and counts every byte of `left`.
    func compare(
        _ left: Range<UInt64>,
        _ right: Range<UInt64>,
        _ meaning: Meaning,
        with walk: inout ByteWalk,
        into findings: inout ItemFindings
    ) throws {
        guard let (first, second) = shipped.part(left).flatMap({ one in rebuilt.part(right).map { (one, $0) } }) else {
            throw OutsideBytes(range: left, count: shipped.count)
        }
        var bytes = DifferingBytes(symbols: symbols)
        try walk.differingRuns(first, second) { run in
            bytes.add(left.lowerBound + run.lowerBound..<left.lowerBound + run.upperBound)
        }
        let common = min(first.count, second.count)
        if first.count > common { bytes.add(left.lowerBound + common..<left.upperBound) }
        findings.reproduce(first.count - bytes.count)
        for group in bytes.groups {
            // Both are seen from the start of their part.
            let start = group.range.lowerBound - left.lowerBound
            try add(group, start, meaning, (left, right), into: &findings)
        }
        if second.count > common {
            findings.add(longer(by: second.count - common, (left, right), common, meaning), meaning.grade)
        }
    }

    private func add(
        _ group: DifferingBytes.Group,
        _ start: UInt64,
        _ meaning: Meaning,
        _ parts: (Range<UInt64>, Range<UInt64>),
        into findings: inout ItemFindings
    ) throws {
        let (view, guess) = try look(start, parts)
        let cause = meaning.cause ?? guess
        findings.add(
            ByteDifference(
                place: meaning.place + (group.symbol.map { ", symbol \($0)" } ?? ""),
                range: group.range,
                byteCount: group.count,
                accountedAs: meaning.accountedAs,
                cause: cause,
                fix: cause.usualFix,
                view: view
            ),
            meaning.grade
        )
    }

    /// The bytes of both sides around a place, and what they suggest.
    private func look(
        _ start: UInt64,
        _ parts: (Range<UInt64>, Range<UInt64>)
    ) throws -> (ByteDifference.View, ByteDifference.Cause) {
        let before = min(start, UInt64(RegionPair.context))
        let wide = min(start, UInt64(RegionPair.guessed))
        func bytes(_ file: FileBytes, _ part: Range<UInt64>, _ before: UInt64, _ count: Int) throws -> [UInt8] {
            let from = min(part.lowerBound + start - before, part.upperBound)
            return try file.bytes(from..<min(part.upperBound, from + UInt64(count)))
        }
        let view = ByteDifference.View.hex(
            shippedOffset: parts.0.lowerBound + start - before,
            shipped: try bytes(shipped, parts.0, before, RegionPair.shown),
            rebuiltOffset: parts.1.lowerBound + start - before,
            rebuilt: try bytes(rebuilt, parts.1, before, RegionPair.shown)
        )
        let cause = ByteDifference.Cause.guess(
            try bytes(shipped, parts.0, wide, 2 * RegionPair.guessed),
            try bytes(rebuilt, parts.1, wide, 2 * RegionPair.guessed),
            at: Int(wide)
        )
        return (view, cause)
    }

    /// The rebuilt part goes on where the shipped one ends: no shipped byte stands for that.
    private func longer(
        by count: UInt64,
        _ parts: (Range<UInt64>, Range<UInt64>),
        _ common: UInt64,
        _ meaning: Meaning
    ) -> ByteDifference {
        ByteDifference(
            place: meaning.place,
            range: nil,
            byteCount: 0,
            accountedAs: meaning.accountedAs,
            cause: meaning.cause ?? .unknown,
            fix: meaning.cause?.usualFix,
            view: .property(shipped: "\(common) bytes", rebuilt: "\(common + count) bytes")
        )
    }
}
