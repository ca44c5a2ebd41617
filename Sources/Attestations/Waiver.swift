package import Encodings

/// Somebody's word that named differences of one shipped file are accepted until a day; predicate type
/// `urn:vitrine:waiver:v1`.
///
/// Rules: docs/formats/waiver.md. It counts for whoever trusts the keys that signed it with waivers.
package struct Waiver: Hashable, Sendable {
    /// The predicate type.
    package static let type: Text = "urn:vitrine:waiver:v1"
    /// The most differences of one waiver.
    package static let maximumDifferenceCount = 1000

    /// The release.
    package let release: ReleaseName
    /// The shipped file.
    package let artifact: ResourceDescriptor
    /// The ids of the accepted differences, in order.
    package let differences: [Digest]
    /// Why they are accepted.
    package let reason: Text
    /// Who answers for that.
    package let owner: Text
    /// When the owner says it was written.
    package let waivedOn: Timestamp
    /// From when on it counts no longer.
    package let expiresOn: Timestamp

    /// Makes a waiver; the differences are put in order.
    ///
    /// Throws unless there is a difference and none twice, and it expires after it was written.
    package init(
        release: ReleaseName,
        artifact: ResourceDescriptor,
        differences: [Digest],
        reason: Text,
        owner: Text,
        waivedOn: Timestamp,
        expiresOn: Timestamp
    ) throws(UnexpectedJSON) {
        self.release = release
        self.artifact = artifact
        self.differences = differences.sorted()
        self.reason = reason
        self.owner = owner
        self.waivedOn = waivedOn
        self.expiresOn = expiresOn
        try check(at: "predicate")
    }

    /// Reads a statement of our predicate type; nil for one of any other type.
    package init?(_ statement: Statement) throws(MalformedStatement) {
        guard statement.predicateType == Waiver.type else { return nil }
        do throws(UnexpectedJSON) {
            guard statement.subjects.count == 1, let only = statement.subjects.first else {
                throw UnexpectedJSON("subject", .badValue(expected: "exactly one subject"))
            }
            artifact = try ResourceDescriptor(only, at: "subject[0]")
            var fields = try JSONFields(statement.predicate, at: "predicate")
            release = try fields.release()
            differences = try fields.list("differences", Digest.init)
            reason = try fields.text("reason")
            owner = try fields.text("owner")
            waivedOn = try fields.timestamp("waivedOn")
            expiresOn = try fields.timestamp("expiresOn")
            try fields.finish()
            try check(at: "predicate")
        } catch {
            throw .unexpected(error)
        }
    }

    private func check(at place: String) throws(UnexpectedJSON) {
        guard (try? TreePath(escaped: artifact.name.utf8)) != nil else {
            throw UnexpectedJSON("subject[0].name", .badValue(expected: "an escaped path"))
        }
        let isOrdered = zip(differences, differences.dropFirst()).allSatisfy { $0 < $1 }
        guard (1...Waiver.maximumDifferenceCount).contains(differences.count), isOrdered else {
            let expected = "1 to \(Waiver.maximumDifferenceCount) ids in order, none twice"
            throw UnexpectedJSON("\(place).differences", .badValue(expected: expected))
        }
        try StatementText.check(reason, at: "\(place).reason")
        try StatementText.check(owner, at: "\(place).owner")
        guard waivedOn < expiresOn else {
            throw UnexpectedJSON("\(place).expiresOn", .badValue(expected: "later than waivedOn"))
        }
    }

    /// The JSON object of the predicate as Vitrine writes it.
    package var json: JSON {
        .object([
            .init("product", .string(release.product)),
            .init("version", .string(release.version)),
            .init("differences", .array(differences.map { .string($0.hex) })),
            .init("reason", .string(reason)),
            .init("owner", .string(owner)),
            .init("waivedOn", .string(waivedOn.text)),
            .init("expiresOn", .string(expiresOn.text)),
        ])
    }

    /// The bytes to be signed.
    package var payload: [UInt8] {
        Statement(subjects: [artifact.json], predicateType: Waiver.type, predicate: json).json.compact
    }
}
