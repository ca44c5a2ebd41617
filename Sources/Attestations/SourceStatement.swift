package import Encodings

/// The statement that `seal` signs: one subject, the manifest file, and the claim about it.
package struct SourceStatement: Hashable, Sendable {
    /// The SHA-256 of the file `source.manifest`.
    package let manifestDigest: Digest
    /// The claim.
    package let predicate: SourceManifestPredicate

    /// Makes the statement about a manifest file.
    package init(manifestDigest: Digest, predicate: SourceManifestPredicate) {
        self.manifestDigest = manifestDigest
        self.predicate = predicate
    }

    /// Reads a statement of our predicate type; nil for one of any other type.
    ///
    /// It must have exactly one subject, named as the release, with exactly one digest, `sha256`.
    package init?(_ statement: Statement) throws(MalformedStatement) {
        guard statement.predicateType == SourceManifestPredicate.type else { return nil }
        do throws(UnexpectedJSON) {
            guard statement.subjects.count == 1, let only = statement.subjects.first else {
                throw UnexpectedJSON("subject", .badValue(expected: "exactly one subject"))
            }
            let subject = try ResourceDescriptor(only, at: "subject[0]")
            predicate = try SourceManifestPredicate(statement.predicate, at: "predicate")
            guard subject.name == predicate.release.subject else {
                throw UnexpectedJSON("subject[0].name", .badValue(expected: "predicate.product@predicate.version"))
            }
            manifestDigest = subject.digest
        } catch {
            throw .unexpected(error)
        }
    }
}
