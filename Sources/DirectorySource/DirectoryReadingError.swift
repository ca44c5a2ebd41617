package import SourceManifest

/// Why a directory could not be read at all; everything less is a finding.
package enum DirectoryReadingError: Error, Sendable, CustomStringConvertible {
    /// The root is not there, no directory, or may not be read.
    case root(DescriptorError)
    /// The reading was cancelled.
    case cancelled
    /// The tree holds more files, links and directories than a manifest can.
    case tooManyEntries(ceiling: Int)
    /// The files have far more bytes than the disk holds: holes, or many names for one file.
    case moreThanStored(ceiling: UInt64)
    /// The tree is too large for a manifest in another way: the rule it breaks.
    case notRepresentable(MalformedManifest)

    /// One line, safe on a terminal.
    package var description: String {
        switch self {
        case .root(let error): error.description
        case .cancelled: "the reading of the directory was cancelled"
        case .tooManyEntries(let ceiling): "the directory holds more than \(ceiling) files, links and directories"
        case .moreThanStored(let ceiling):
            "the files of the directory have over \(ceiling) bytes more than the disk holds: holes, or hard links"
        case .notRepresentable(let error): "the directory does not fit into a manifest: \(error)"
        }
    }
}
