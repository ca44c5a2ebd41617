/// The two forms of a manifest.
package enum ManifestForm: Hashable, Sendable, CaseIterable {
    /// Entries that anyone can read.
    case open
    /// Commitments to entries.
    case blinded

    /// The word for it.
    package var name: String {
        switch self {
        case .open: "open"
        case .blinded: "blinded"
        }
    }
}
