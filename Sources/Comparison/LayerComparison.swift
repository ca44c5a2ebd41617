import ArchiveWorker
import Attestations
import BuildStatements

/// One side of a pair of compressed files.
struct Layer {
    /// The compressed file.
    let file: FileBytes
    /// How it is compressed.
    let format: ArchiveFormat

    /// The parts that are not just the spelling of the content: where these differ, something else than compression does.
    ///
    /// `numbers` are what the reader told at the end: how many bytes it took, then for gzip each deflated content's.
    func parts(_ numbers: [UInt64]) throws -> [FileLayout.Region] {
        guard let taken = numbers.first, taken <= file.count else {
            throw Unopenable(reason: "its reader took more bytes than there are")
        }
        let layout =
            switch format {
            case .gzip: try GzipLayout.layout(of: file, deflateCounts: Array(numbers.dropFirst()))
            case .bzip2 where taken < file.count: try Bzip2Layout.layout(of: file, streamCounts: [taken])
            case .bzip2: try Bzip2Layout.layout(of: file)
            case .xz: try XzLayout.layout(of: file)
            case .zstd: try ZstdLayout.layout(of: file)
            case .ar, .cpio, .iso9660, .tar, .zip: throw Unopenable(reason: "it is no compressed file")
            }
        if format == .xz || format == .zstd, try file.isNotZero(taken..<file.count) {
            throw Unopenable(reason: "not all of it is compressed content")
        }
        return try layout.layout.regions.filter { region in
            switch region.kind {
            case .timestamp, .comment, .overlay, .section, .buildID, .signature: return true
            case .header:
                // Of a skippable frame, which can be empty, the head is as free as what it holds.
                return ["extra field", "file name"].contains(region.name)
                    || region.subject.hasPrefix("skippable frame")
            case .padding: return try region.range.count >= 8 || file.isNotZero(region.range)
            case .member, .checksum: return false
            }
        }
    }
}

extension Layer {
    /// The parts of a gzip file, with the numbers that its reader told; nil for another format.
    func deflated(_ numbers: [UInt64]) throws -> ContainerLayout? {
        format == .gzip ? try GzipLayout.layout(of: file, deflateCounts: Array(numbers.dropFirst())) : nil
    }

    /// Throws where a file is larger than compressing `count` bytes can explain: the rest is no spelling of them.
    func checkSize(_ parts: [FileLayout.Region], of count: UInt64) throws(Unopenable) {
        let own = file.count - min(file.count, parts.reduce(0) { $0 + UInt64($1.range.count) })
        guard own > count, own - count > count / 8 + 1024 else { return }
        throw Unopenable(reason: "it is larger than its content of \(count) bytes can explain")
    }
}

/// Compares two compressed files by what they hold.
struct LayerComparison {
    private let comparing: Comparing
    private let left: Layer
    private let right: Layer

    /// Compares as part of `comparing`.
    init(_ comparing: Comparing, _ left: Layer, _ right: Layer) {
        (self.comparing, self.left, self.right) = (comparing, left, right)
    }

    /// Compares the contents and what stands beside them; the content stands in the place of the compressed bytes.
    func compare(name: [UInt8], depth: Int, into findings: inout ItemFindings) throws {
        let (leftSpool, rightSpool) = (try comparing.spool(), try comparing.spool())
        let streams = (
            try MemberStream(left.file, as: left.format, contents: true, comparing),
            try MemberStream(right.file, as: right.format, contents: true, comparing)
        )
        // An empty content may come as no member at all.
        _ = (try streams.0.nextMember(), try streams.1.nextMember())
        let outcome = try ContentPair(streams.0, streams.1, leftSpool, rightSpool).compare()
        guard try streams.0.nextMember() == nil, try streams.1.nextMember() == nil else {
            throw Unopenable(reason: "it holds more than one content")
        }
        // Before anything is counted: what cannot be accounted for is compared as bytes.
        let parts = (try left.parts(streams.0.endNumbers ?? []), try right.parts(streams.1.endNumbers ?? []))
        let counts = outcome.counts
        try left.checkSize(parts.0, of: counts.0)
        try right.checkSize(parts.1, of: counts.1)
        try checkDeflated((streams.0.endNumbers ?? [], streams.1.endNumbers ?? []), counts)
        try compare(parts.0, parts.1, into: &findings)
        // Whatever the contents are graded: how they are packed differs too, and nothing tells what that hides.
        let (one, other) = (
            "\(left.file.count) bytes of \(left.format)", "\(right.file.count) bytes of \(right.format)"
        )
        findings.add(.property("compressed form", one, other, .compression), .contentsIdentical)
        switch outcome {
        case .equal(let count): findings.reproduce(count)
        case .different(let one, let other):
            let item = try comparing.files(one, other, name: LayerComparison.inner(name, left.format), depth: depth + 1)
            comparing.add(item, to: &findings)
        }
    }

    /// Looks through what is deflated, where it is not the same on both sides.
    private func checkDeflated(_ numbers: ([UInt64], [UInt64]), _ counts: (UInt64, UInt64)) throws {
        let layouts = (try left.deflated(numbers.0), try right.deflated(numbers.1))
        if let one = layouts.0?.members, let other = layouts.1?.members, one.count == 1, other.count == 1,
            let first = left.file.part(one[0].content), let second = right.file.part(other[0].content),
            try comparing.walk.areIdentical(first, second)
        {
            return
        }
        for (layout, layer, count, whose) in [
            (layouts.0, left, counts.0, "what was shipped"), (layouts.1, right, counts.1, "the rebuild"),
        ] {
            guard let layout else { continue }
            var contents = DeflatedContents(layout, of: layer.file, whose, contentCount: count, comparing.deflated)
            try contents.checkAll(count)
        }
    }

    private func compare(
        _ shipped: [FileLayout.Region],
        _ rebuilt: [FileLayout.Region],
        into findings: inout ItemFindings
    ) throws {
        let pair = RegionPair(shipped: left.file, rebuilt: right.file, symbols: SymbolSearch([]))
        _ = try RegionMatching(shipped, rebuilt).forEach { match in
            switch match {
            case .both(let index, let other):
                var meaning = RegionPair.Meaning(place: shipped[index].place)
                if shipped[index].kind == .timestamp {
                    (meaning.cause, meaning.grade) = (.timestamp, .contentsIdentical)
                }
                let (one, two) = (shipped[index].range, rebuilt[other].range)
                try pair.compare(one, two, meaning, with: &comparing.walk, into: &findings)
            case .shipped(let index): findings.addOneSided(shipped[index], isShipped: true)
            case .rebuilt(let index): findings.addOneSided(rebuilt[index], isShipped: false)
            }
        }
    }

    /// What a compressed file's content is called: its name without the ending, as gzip(1) has it.
    private static func inner(_ name: [UInt8], _ format: ArchiveFormat) -> [UInt8] {
        let base = name.lastIndex(of: UInt8(ascii: "/")).map { Array(name[($0 + 1)...]) } ?? name
        let endings = [".gz": "", ".xz": "", ".zst": "", ".bz2": "", ".tgz": ".tar", ".txz": ".tar"]
        for (ending, instead) in endings where base.count > ending.utf8.count {
            if base.suffix(ending.utf8.count).elementsEqual(ending.utf8) {
                return base.dropLast(ending.utf8.count) + instead.utf8
            }
        }
        return Array("content".utf8)
    }
}

extension ItemFindings {
    /// Adds a part of a layer or container that only one side has.
    mutating func addOneSided(_ region: FileLayout.Region, isShipped: Bool) {
        let harmless = ItemFindings.harmlessCause(region)
        let cause: ByteDifference.Cause = harmless ?? (isShipped ? .extra : .missing)
        add(
            ByteDifference(
                place: region.place,
                range: isShipped ? region.range : nil,
                byteCount: isShipped ? UInt64(region.range.count) : 0,
                accountedAs: .unexplained,
                cause: cause,
                fix: cause.usualFix,
                view: .property(
                    shipped: isShipped ? "\(region.range.count) bytes" : "nothing",
                    rebuilt: isShipped ? "nothing" : "\(region.range.count) bytes"
                )
            ),
            harmless == nil ? .different : .contentsIdentical
        )
    }

    /// Why a part may differ where all contents are the same: a time, or the name gzip(1) gives unless told otherwise.
    static func harmlessCause(_ region: FileLayout.Region) -> ByteDifference.Cause? {
        if region.kind == .timestamp { return .timestamp }
        return region.name == "file name" && region.range.count <= 256 ? .compression : nil
    }
}

extension FileBytes {
    /// Whether a byte of `range` is not zero.
    func isNotZero(_ range: Range<UInt64>) throws -> Bool {
        var place = range.lowerBound
        while place < range.upperBound {
            let end = min(range.upperBound, place + 65_536)
            guard try bytes(place..<end).allSatisfy({ $0 == 0 }) else { return true }
            place = end
        }
        return false
    }
}
