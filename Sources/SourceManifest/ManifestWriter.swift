package import Encodings

/// Writes a manifest entry by entry, in order, checking what a parser would check.
package struct ManifestWriter: ~Copyable {
    private var bytes: [UInt8]
    private var starts: [UInt32] = []
    private var totalSize: UInt64 = 0
    private var order = PathOrder()
    // The bytes written; the array beyond them is room.
    private var used: Int

    /// The room that is added at a time, in bytes.
    private static let chunk = 64 << 10

    /// Makes a writer, with memory for `count` entries whose paths have `pathByteCount` bytes in all.
    ///
    /// Both are hints: a good guess saves copies, a poor one costs nothing but memory that is never touched.
    package init(reservingEntries count: Int = 0, pathByteCount: Int = 0) {
        bytes = []
        let entries = min(max(count, 0), Manifest.maximumCount)
        let paths = min(max(pathByteCount, 0), Manifest.maximumByteCount)
        // Mode, digest, separators and a size of up to six digits.
        bytes.reserveCapacity(min(entries * 80 + paths, Manifest.maximumByteCount) + 2 * ManifestWriter.chunk)
        starts.reserveCapacity(entries + 1)
        bytes.append(contentsOf: Manifest.header)
        used = bytes.count
    }

    /// The number of entries so far.
    package var count: Int { starts.count }

    /// Adds an entry; throws, and adds nothing, where that would break a rule of the format.
    package mutating func append(
        mode: FileMode,
        size: UInt64,
        digest: Digest,
        path: Span<UInt8>
    ) throws(MalformedManifest) {
        do throws(MalformedManifest.Reason) {
            try add(mode, size, digest, path)
        } catch {
            throw MalformedManifest(error, line: count + 2)
        }
    }

    /// Adds an entry; throws, and adds nothing, where that would break a rule of the format.
    package mutating func append(_ entry: Entry) throws(MalformedManifest) {
        try append(mode: entry.mode, size: entry.size, digest: entry.digest, path: entry.path.bytes.span)
    }

    /// Adds the entries in `range` of another manifest.
    package mutating func append(_ range: Range<Int>, of manifest: Manifest) throws(MalformedManifest) {
        var path = [UInt8](repeating: 0, count: TreePath.maximumByteCount)
        for index in range {
            do throws(MalformedManifest.Reason) {
                let line = try EntryLine(manifest.bytes.span, at: manifest.lineRange(at: index).lowerBound)
                var place = line.pathStart
                var raw = path.mutableSpan
                let pathCount = try EscapedPath.read(manifest.bytes.span, at: &place, into: &raw)
                try add(line.mode, line.size, line.digest, path.span.extracting(0..<pathCount))
            } catch {
                throw MalformedManifest(error, line: count + 2)
            }
        }
    }

    /// Ends the manifest.
    package consuming func finish() -> Manifest {
        bytes.removeLast(bytes.count - used)
        starts.append(UInt32(truncatingIfNeeded: used))
        return Manifest(bytes: bytes, starts: starts, totalSize: totalSize)
    }

    private mutating func add(
        _ mode: FileMode,
        _ size: UInt64,
        _ digest: Digest,
        _ path: Span<UInt8>
    ) throws(MalformedManifest.Reason) {
        do {
            try TreePath.check(path)
        } catch {
            throw .path(error)
        }
        guard mode != .submodule || size == 40 else { throw .submoduleSize }
        guard starts.count < Manifest.maximumCount else { throw .tooManyEntries }
        let (sum, overflows) = totalSize.addingReportingOverflow(size)
        guard !overflows else { throw .totalSizeOverflow }
        let room = EntryLine.maximumByteCount(pathByteCount: path.count)
        if bytes.count - used < room {
            bytes.append(contentsOf: repeatElement(0, count: ManifestWriter.chunk))
        }
        let start = used
        var output = bytes.mutableSpan
        let end = EntryLine.write(mode, size, digest, path, into: &output, at: start)
        guard end <= Manifest.maximumByteCount else { throw .tooLarge }
        try order.admit(path)
        starts.append(UInt32(truncatingIfNeeded: start))
        used = end
        totalSize = sum
    }
}
