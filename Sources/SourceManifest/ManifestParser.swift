import Encodings

extension Manifest {
    /// Reads a manifest, strictly: every rule of docs/formats/manifest.md is checked.
    ///
    /// The ceiling on the size is checked here too; who reads a file checks it before.
    package init(parsing bytes: [UInt8]) throws(MalformedManifest) {
        var parser = ManifestParser()
        try parser.read(bytes.span)
        self.init(bytes: bytes, starts: parser.starts, totalSize: parser.totalSize)
    }
}

private struct ManifestParser {
    var starts: [UInt32] = []
    var totalSize: UInt64 = 0
    private var order = PathOrder()

    mutating func read(_ bytes: Span<UInt8>) throws(MalformedManifest) {
        guard bytes.count <= Manifest.maximumByteCount else { throw MalformedManifest(.tooLarge, line: 1) }
        guard ManifestParser.starts(bytes, with: Manifest.header) else { throw MalformedManifest(.header, line: 1) }
        var path = [UInt8](repeating: 0, count: TreePath.maximumByteCount)
        var place = Manifest.header.count
        while place < bytes.count {
            do throws(MalformedManifest.Reason) {
                guard starts.count < Manifest.maximumCount else { throw .tooManyEntries }
                starts.append(UInt32(truncatingIfNeeded: place))
                place = try line(bytes, at: place, &path)
            } catch {
                throw MalformedManifest(error, line: max(starts.count, 1) + 1)
            }
        }
        starts.append(UInt32(truncatingIfNeeded: place))
    }

    /// Whether `bytes` start with a header.
    static func starts(_ bytes: Span<UInt8>, with header: [UInt8]) -> Bool {
        guard bytes.count >= header.count else { return false }
        return header.indices.allSatisfy { bytes[$0] == header[$0] }
    }

    /// Checks the line that starts at `start`, with `path` as room; returns where the next one starts.
    private mutating func line(
        _ bytes: Span<UInt8>,
        at start: Int,
        _ path: inout [UInt8]
    ) throws(MalformedManifest.Reason) -> Int {
        let fields = try EntryLine(bytes, at: start)
        var place = fields.pathStart
        var raw = path.mutableSpan
        let count = try EscapedPath.read(bytes, at: &place, into: &raw)
        let checked = path.span.extracting(0..<count)
        do {
            try TreePath.check(checked)
        } catch {
            throw .path(error)
        }
        try order.admit(checked)
        let (sum, overflows) = totalSize.addingReportingOverflow(fields.size)
        guard !overflows else { throw .totalSizeOverflow }
        totalSize = sum
        return place + 1
    }
}
