import DirectorySource
import Encodings
import Verification

/// The names that git keeps at the top of a repository (gitrepository-layout).
///
/// A bare repository is judged by its commit alone. A directory of altered files with `HEAD`, `objects` and `refs` put
/// among them would look like one, and its files would be read by a person and by no judge.
enum GitDirectoryLayout {
    private static let maximumListed = 20
    private static let names: Set<String> = [
        "HEAD", "FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "BISECT_LOG",
        "AUTO_MERGE", "COMMIT_EDITMSG", "MERGE_MSG", "MERGE_MODE", "SQUASH_MSG", "TAG_EDITMSG", "branches", "commondir",
        "common", "config", "config.worktree", "description", "gc.log", "gc.pid", "gitdir", "hooks", "index", "info",
        "lfs", "locked", "logs", "modules", "objects", "packed-refs", "rebase-apply", "rebase-merge", "refs", "remotes",
        "rr-cache", "sequencer", "shallow", "sharedindex", "svn", "worktrees",
    ]

    /// A finding for every name at the top of the repository at `directory` that git does not keep there.
    static func strangers(in directory: [UInt8]) throws -> [Finding] {
        let known = Set(names.map { Array($0.utf8) })
        let found = try DirectoryNames.read(directory).filter { !known.contains($0) }
        let sorted = found.sorted { $0.lexicographicallyPrecedes($1) }
        var findings = sorted.prefix(maximumListed).map { name in
            Finding(
                .fileBesideRepository,
                path: name,
                recorded: "nothing",
                found: "a name that git does not keep there"
            )
        }
        if sorted.count > maximumListed {
            findings.append(Finding(.fileBesideRepository, found: "and \(sorted.count - maximumListed) more names"))
        }
        return findings
    }
}
