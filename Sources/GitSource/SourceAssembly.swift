import Attestations
import Digests
import DirectorySource
import Encodings
import SourceManifest
import Verification

/// Writes the manifest of a commit, directory by directory, and gathers what the statement lists.
///
/// A submodule whose commit was read contributes its files under its path; any other keeps its `160000` line.
struct SourceAssembly: ~Copyable {
    private var writer: ManifestWriter
    private var hygiene = NameHygiene()
    private var path: [UInt8] = []
    private var sha256 = SHA256()
    private var submodules: [Submodule] = []
    private var lfs: [LFSObject] = []
    private var attributes: [ByteChangingAttribute] = []
    private let lfsRoom = RecordRoom()
    private let attributeRoom = RecordRoom()
    private var unreadAttributeFiles: [Finding] = []

    /// What was gathered.
    struct Parts {
        let manifest: Manifest
        let submodules: [Submodule]
        let lfs: [LFSObject]
        let attributes: [ByteChangingAttribute]
        let unlistedRecordCount: Int
        let findings: [Finding]
    }

    /// Writes everything that `tree` and its submodules hold; `count` is how many entries to expect.
    static func assemble(_ tree: CommitTree, expecting count: Int) throws -> Parts {
        var assembly = SourceAssembly(expecting: count)
        try assembly.add(tree)
        return assembly.finish()
    }

    /// Writes what changed since an earlier source, and the earlier lines of all else.
    static func assemble(_ changes: [SourceChange], since earlier: EarlierSource) throws -> Parts {
        var assembly = SourceAssembly(expecting: earlier.manifest.count)
        for change in changes {
            switch change {
            case .unchanged(let range): try assembly.add(range, of: earlier)
            case .file(let path, let mode, let object):
                assembly.path = path
                let content = object.content
                try assembly.add(
                    mode,
                    BlobHash(digest: object.digest, count: object.count),
                    pointer: content.flatMap { LFSPointer($0) },
                    attributeLines: CommitReader.isAttributeFile(path) ? content.map(AttributesFile.lines) : nil
                )
            case .directory(let path, let tree):
                assembly.path = path
                try assembly.add(tree)
            }
        }
        return assembly.finish()
    }

    private mutating func add(_ range: Range<Int>, of earlier: EarlierSource) throws {
        guard let first = range.first, let last = range.last else { return }
        for index in range {
            hygiene.add(earlier.manifest.path(at: index).bytes)
        }
        let paths = earlier.manifest.path(at: first)...earlier.manifest.path(at: last)
        lfs += earlier.details.lfs.filter { paths.contains($0.path) }
        attributes += earlier.details.attributes.filter { paths.contains($0.path) }
        do throws(MalformedManifest) {
            try writer.append(range, of: earlier.manifest)
        } catch {
            throw SourceNotReadable(.malformedTree, "\(error)")
        }
    }

    private init(expecting count: Int) {
        // A path of 48 bytes is usual; the writer grows where the guess is low.
        writer = ManifestWriter(reservingEntries: count, pathByteCount: count * 48)
    }

    private consuming func finish() -> Parts {
        let gaps = submodules.filter { !$0.isResolved }.map { submodule in
            Finding(.unresolvedSubmodule, path: submodule.path.bytes, found: "commit \(submodule.commit.hex)")
        }
        return Parts(
            manifest: writer.finish(),
            submodules: submodules,
            lfs: lfs,
            attributes: attributes.sorted { ($0.path, $0.line) < ($1.path, $1.line) },
            unlistedRecordCount: lfsRoom.unlistedCount + attributeRoom.unlistedCount,
            findings: SourceAssembly.notices(gaps, .unresolvedSubmodule)
                + SourceAssembly.notices(unreadAttributeFiles, .byteChangingAttribute)
                + SourceAssembly.notices(lfs.lazy.map(\.finding), .lfsPointer, beside: lfsRoom)
                + SourceAssembly.notices(attributes.lazy.map(\.finding), .byteChangingAttribute, beside: attributeRoom)
                + hygiene.finish()
        )
    }

    /// The first 1,000 findings of one kind, and how many more there are, those without room included.
    private static func notices(
        _ all: some Collection<Finding>,
        _ rule: Finding.Rule,
        beside room: RecordRoom? = nil
    ) -> [Finding] {
        let more = all.count - min(all.count, 1000) + (room?.unlistedCount ?? 0)
        return Array(all.prefix(1000)) + (more > 0 ? [Finding(rule, found: "and \(more) more")] : [])
    }

    private mutating func add(_ tree: CommitTree) throws {
        try add(directory: 0, of: tree)
    }

    private mutating func add(directory: Int, of tree: CommitTree) throws {
        let start = path.count
        for entry in SourceAssembly.entries(of: directory, tree) {
            if start > 0 { path.append(UInt8(ascii: "/")) }
            path.append(contentsOf: tree.graph.name(of: entry))
            guard path.count <= TreePath.maximumByteCount else {
                throw SourceNotReadable(.pathNotRepresentable, path: path, MalformedTreePath.tooLong.rawValue)
            }
            switch entry.mode {
            case .directory: try add(directory: Int(entry.target), of: tree)
            case .submodule: try add(submodule: Int(entry.target), of: tree)
            case .file: try add(blob: Int(entry.target), .file, of: tree)
            case .executable: try add(blob: Int(entry.target), .executable, of: tree)
            case .symbolicLink: try add(blob: Int(entry.target), .symbolicLink, of: tree)
            }
            path.removeLast(path.count - start)
        }
    }

    private mutating func add(blob: Int, _ mode: FileMode, of tree: CommitTree) throws {
        guard let hash = tree.blobs.hashes[blob] else {
            throw SourceNotReadable(.missingObject, path: path, "blob \(tree.graph.blobs[blob].hex) was not read")
        }
        // Another file may have the content of an attribute file, and so its blob.
        let attributeLines = CommitReader.isAttributeFile(path) ? tree.attributeLines[blob] : nil
        try add(mode, hash, pointer: tree.blobs.pointers[blob], attributeLines: attributeLines)
    }

    private mutating func add(
        _ mode: FileMode,
        _ hash: BlobHash,
        pointer: LFSPointer?,
        attributeLines: [AttributesFile.Line]?
    ) throws {
        try write(mode, hash.count, hash.digest)
        guard mode != .symbolicLink else { return }
        if let pointer, lfsRoom.take(1) {
            lfs.append(LFSObject(path: try TreePath(path), oid: pointer.oid, size: pointer.size))
        }
        if let attributeLines {
            guard !attributeLines.isEmpty, attributeRoom.take(attributeLines.count) else { return }
            let place = try TreePath(path)
            attributes += attributeLines.map { $0.record(at: place) }
        } else if CommitReader.isAttributeFile(path) {
            let found = "\(hash.count) bytes of attributes, too many to be read"
            unreadAttributeFiles.append(Finding(.byteChangingAttribute, path: path, found: found))
        }
    }

    private mutating func add(submodule link: Int, of tree: CommitTree) throws {
        let commit = tree.graph.links[link]
        let resolved = tree.submodules[link]
        submodules.append(Submodule(path: try TreePath(path), commit: commit, isResolved: resolved != nil))
        if let resolved {
            try add(resolved)
        } else {
            // The content of a 160000 entry is the commit id in lower-case hexadecimal (docs/formats/manifest.md).
            let content = Array(commit.hex.utf8)
            try write(.submodule, UInt64(content.count), sha256.digest(content))
        }
    }

    private mutating func write(_ mode: FileMode, _ size: UInt64, _ digest: Digest) throws {
        let path = path
        hygiene.add(path)
        do throws(MalformedManifest) {
            try writer.append(mode: mode, size: size, digest: digest, path: path.span)
        } catch {
            throw SourceNotReadable(.malformedTree, path: path, "\(error)")
        }
    }

    /// The entries of a directory in the order of the paths they give.
    ///
    /// git orders a submodule as a file; one that is resolved is a directory here.
    private static func entries(of directory: Int, _ tree: CommitTree) -> [TreeGraph.Entry] {
        let entries = Array(tree.graph.entries(of: directory))
        let isResolved = { (entry: TreeGraph.Entry) in
            entry.mode == .submodule && tree.submodules[Int(entry.target)] != nil
        }
        guard entries.contains(where: isResolved) else { return entries }
        let keys = entries.map { entry in
            Array(tree.graph.name(of: entry))
                + (entry.mode == .directory || isResolved(entry) ? [UInt8(ascii: "/")] : [])
        }
        return entries.indices.sorted { keys[$0].lexicographicallyPrecedes(keys[$1]) }.map { entries[$0] }
    }
}
