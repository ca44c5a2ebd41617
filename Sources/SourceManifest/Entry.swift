package import Encodings

/// One line of a source manifest: a file of the tree, and what its content is.
package struct Entry: Hashable, Sendable {
    /// The kind of file.
    package let mode: FileMode
    /// The bytes of the content.
    package let size: UInt64
    /// SHA-256 of the content.
    package let digest: Digest
    /// Where it stands in the tree.
    package let path: TreePath

    /// Makes an entry; throws for a submodule whose size is not that of a commit id.
    package init(
        mode: FileMode,
        size: UInt64,
        digest: Digest,
        path: TreePath
    ) throws(MalformedManifest.Reason) {
        guard mode != .submodule || size == 40 else { throw .submoduleSize }
        self.mode = mode
        self.size = size
        self.digest = digest
        self.path = path
    }

    /// Reads a line without its LF; exactly the spelling of ``line`` is accepted.
    package init(parsing line: [UInt8]) throws(MalformedManifest.Reason) {
        let fields = try EntryLine(line.span, at: 0)
        do {
            path = try TreePath(escaped: line[fields.pathStart...])
        } catch {
            throw .path(error)
        }
        mode = fields.mode
        size = fields.size
        digest = fields.digest
    }

    /// The line without its LF: the data of the leaf.
    package var line: [UInt8] {
        var line = [UInt8](
            repeating: 0,
            count: EntryLine.maximumByteCount(pathByteCount: path.bytes.count)
        )
        var bytes = line.mutableSpan
        let end = EntryLine.write(mode, size, digest, path.bytes.span, into: &bytes, at: 0)
        line.removeLast(line.count - end + 1)
        return line
    }
}
