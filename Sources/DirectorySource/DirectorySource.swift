import Attestations
import Encodings
import SourceManifest
package import Verification

/// A tree of files on disk as a source.
///
/// Raw bytes from descriptor to digest: names are never text, no symbolic link is followed beneath the root, no path
/// is resolved twice. Only a `.git` at the top, and the `.git` file of a submodule that the caller names, is left out.
/// Not proven: that all files were read at one moment. A writer who changes a file before or after it is read, and
/// leaves no trace in its times, is not seen.
package enum DirectorySource {
    /// Reads the tree beneath the directory at the raw path `root`.
    ///
    /// Whatever is odd in the tree is a finding of the reading; an error means that we could not look at all.
    package static func read(
        _ root: [UInt8],
        _ options: ReadingOptions = ReadingOptions()
    ) throws(DirectoryReadingError) -> SourceReading {
        FileDescriptor.raiseOpenFileLimit()
        let descriptor: FileDescriptor
        do throws(DescriptorError) {
            descriptor = try FileDescriptor.open(root, for: .listing)
        } catch {
            throw .root(error)
        }
        return try assemble(try DirectoryWalk.harvest(descriptor, options))
    }

    private static func assemble(_ yield: DirectoryWalk.Yield) throws(DirectoryReadingError) -> SourceReading {
        let harvests = yield.harvests
        var findings = TreeFindings()
        var hygiene = NameHygiene()
        let observations = harvests.flatMap(\.observations)
        findings.add(observations)
        findings.lookAt(harvests.flatMap(\.linkedNames))
        let lfs = lfsObjects(harvests.flatMap(\.pointers))
        let attributes = attributes(harvests.flatMap(\.attributes))
        for pointer in lfs { findings.add(.lfsPointer) { pointer.finding } }
        findings.add(.lfsPointer, unlisted: yield.pointerRoom.unlistedCount)
        for attribute in attributes { findings.add(.byteChangingAttribute) { attribute.finding } }
        findings.add(.byteChangingAttribute, unlisted: yield.attributeRoom.unlistedCount)
        let manifest = try manifest(of: TreeAssembly(harvests), &findings, &hygiene)
        return SourceReading(
            view: .directory,
            name: "directory",
            manifest: manifest,
            bytes: manifest.totalSize,
            lfs: lfs,
            attributes: attributes,
            emptyDirectories: emptyDirectories(observations),
            unlistedRecordCount: yield.pointerRoom.unlistedCount + yield.attributeRoom.unlistedCount,
            findings: findings.finish() + hygiene.finish()
        )
    }

    private static func manifest(
        of tree: consuming TreeAssembly,
        _ findings: inout TreeFindings,
        _ hygiene: inout NameHygiene
    ) throws(DirectoryReadingError) -> Manifest {
        var writer = ManifestWriter(reservingEntries: tree.entryCount, pathByteCount: tree.pathByteCount)
        do throws(MalformedManifest) {
            try tree.forEach { path, entry throws(MalformedManifest) in
                hygiene.add(path)
                var mode = FileMode.symbolicLink
                if case .file(let permissions) = entry.kind {
                    findings.lookAt(permissions: permissions, of: path)
                    // git's rule: the owner's execute bit decides.
                    mode = permissions & 0o100 != 0 ? .executable : .file
                }
                try writer.append(mode: mode, size: entry.size, digest: entry.digest, path: path.span)
            }
        } catch {
            throw .notRepresentable(error)
        }
        return writer.finish()
    }

    private static func lfsObjects(_ files: [FoundRecords<LFSPointer>]) -> [LFSObject] {
        files.sorted { $0.path.lexicographicallyPrecedes($1.path) }.compactMap { file in
            guard let path = try? TreePath(file.path) else { return nil }
            return LFSObject(path: path, oid: file.records.oid, size: file.records.size)
        }
    }

    private static func attributes(_ files: [FoundRecords<[AttributesFile.Line]>]) -> [ByteChangingAttribute] {
        files.sorted { $0.path.lexicographicallyPrecedes($1.path) }.flatMap { file in
            guard let path = try? TreePath(file.path) else { return [ByteChangingAttribute]() }
            return file.records.map { $0.record(at: path) }
        }
    }

    private static func emptyDirectories(_ observations: [Observation]) -> [TreePath] {
        observations.compactMap { observation in
            guard case .emptyDirectory = observation.fact else { return nil }
            return try? TreePath(observation.path)
        }.sorted()
    }
}
