/// How a source was read when it was sealed or judged.
package enum SourceView: String, Hashable, Sendable, CaseIterable {
    /// The tree of a commit, from the objects of a repository.
    case gitCommit = "git-commit"
    /// The files of a directory, as they stand on disk.
    case directory
}

/// How much a manifest tells.
package enum ManifestForm: String, Hashable, Sendable, CaseIterable {
    /// Every entry in the clear.
    case open
    /// A commitment for every entry.
    case blinded
}
