import Attestations
package import Digests
package import GitWorker
import SourceManifest
package import Verification

/// A commit of a git repository as a source.
///
/// libgit2 and the packs are read in a worker process; trees are parsed and every object hashed here. What is proven
/// is that the manifest lists exactly the bytes that the commit id names, as far as SHA-1 names bytes. Where a revision
/// is a plain name or an id, its files are read here too; that `HEAD~2` leads to this commit is libgit2's word.
package enum GitSource {
    /// A commit that was read, and where its repository keeps its parts.
    package struct Reading: Sendable {
        /// What was read.
        package let source: SourceReading
        /// The commit.
        package let commit: GitObjectID
        /// The repository's directories.
        package let places: RepositoryPlaces
        /// How many lines were taken from the earlier source.
        package let reusedCount: Int
    }

    /// Reads the commit that `options.revision` names.
    ///
    /// Throws ``SourceNotReadable`` when the objects are missing or contradict their ids, ``WorkerFailure`` when the
    /// worker dies or stalls, ``RepositoryRefused`` and ``RevisionUnknown`` when there is nothing to read.
    package static func read(_ repository: [UInt8], _ options: GitReadingOptions) throws -> Reading {
        let lane = try ObjectLane(repository: repository, options)
        let reader = CommitReader(options: options)
        let named = try lane.resolve(options.revision)
        try ReferenceFiles.check(options.revision, names: named.id, in: lane.places)
        let found = try reader.commit(from: named.id, lane)
        let (parts, reusedCount) = try parts(of: found, reader, lane, repository)
        let git = GitIdentity(
            commit: found.commit,
            tree: found.tree,
            tag: tag(found, reference: named.reference),
            objectReader: options.reader == .direct ? .packs : .libgit2
        )
        let source = SourceReading(
            view: .gitCommit,
            name: "commit \(found.commit.hex.prefix(12))",
            manifest: parts.manifest,
            bytes: parts.manifest.totalSize,
            git: git,
            submodules: parts.submodules,
            lfs: parts.lfs,
            attributes: parts.attributes,
            unlistedRecordCount: parts.unlistedRecordCount,
            findings: RepositoryTruth.findings(of: lane.places) + parts.findings
        )
        return Reading(source: source, commit: found.commit, places: lane.places, reusedCount: reusedCount)
    }

    /// Reads all of the commit, or where it can be done only what changed since the earlier source.
    private static func parts(
        of found: CommitReader.Found,
        _ reader: CommitReader,
        _ lane: ObjectLane,
        _ repository: [UInt8]
    ) throws -> (parts: SourceAssembly.Parts, reusedCount: Int) {
        if let earlier = reader.options.earlier,
            let changes = try SourceChanges.changes(of: found.tree, since: earlier, reader, lane, repository)
        {
            return (try SourceAssembly.assemble(changes, since: earlier), changes.reduce(0) { $0 + $1.reusedCount })
        }
        let tree = try reader.read(found, lane, repository: repository)
        return (try SourceAssembly.assemble(tree, expecting: tree.entryCount), 0)
    }

    /// The annotated tag that led to the commit, by the name of its reference, else by the one it gives itself.
    private static func tag(_ found: CommitReader.Found, reference: [UInt8]) -> GitIdentity.Tag? {
        guard let tag = found.tagObject else { return nil }
        let prefix = Array("refs/tags/".utf8)
        let name = reference.starts(with: prefix) ? Array(reference.dropFirst(prefix.count)) : tag.name
        return GitIdentity.Tag(name: name, object: tag.id)
    }
}
