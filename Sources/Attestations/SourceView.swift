/// How a source was read when it was sealed or judged.
package enum SourceView: String, Hashable, Sendable, CaseIterable {
    /// The tree of a commit, from the objects of a repository.
    case gitCommit = "git-commit"
    /// The files of a directory, as they stand on disk.
    case directory
}
