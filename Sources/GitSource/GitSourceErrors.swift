import Encodings
package import GitWorker
package import Verification

/// libgit2 does not open the repository.
package struct RepositoryRefused: Error, Hashable, Sendable {
    /// Why.
    package let refusal: WorkerRefusal
    /// libgit2's text; untrusted bytes.
    package let text: [UInt8]

    init(_ refusal: WorkerRefusal, text: [UInt8]) {
        self.refusal = refusal
        self.text = text
    }
}

extension RepositoryRefused: CustomStringConvertible {
    /// The reason, with libgit2's text escaped.
    package var description: String {
        let text = ASCII.escape(text)
        return switch refusal {
        case .noRepository: "not a git repository (to read plain files, use --directory): \(text)"
        case .sha256Repository:
            "a repository with SHA-256 object names, which this libgit2 cannot open (libgit2 1.6 and later can "
                + "when built with EXPERIMENTAL_SHA256); check the commit out and use --directory"
        default: "libgit2 cannot open the repository: \(text)"
        }
    }
}

/// A revision names nothing that libgit2 finds.
package struct RevisionUnknown: Error, Hashable, Sendable {
    /// The revision as it was asked for.
    package let revision: [UInt8]
    /// libgit2's text; untrusted bytes.
    package let text: [UInt8]
}

extension RevisionUnknown: CustomStringConvertible {
    /// The revision and libgit2's text, both escaped.
    package var description: String {
        "no commit for the revision \(ASCII.escape(revision)): "
            + ASCII.escape(text)
    }
}

/// The repository does not give the tree that its ids promise: the findings say where.
///
/// A finding that fails means the bytes contradict the ids; one that is inconclusive, that they are not there.
package struct SourceNotReadable: Error, Hashable, Sendable {
    /// What was found; never empty.
    package let findings: [Finding]
}
