package import Encodings

/// An in-toto Statement v1: what a predicate claims, and about which bytes.
///
/// Only payloads that trusted keys signed are worth reading as one.
package struct Statement: Hashable, Sendable {
    /// The value of `_type`.
    package static let type: Text = "https://in-toto.io/Statement/v1"

    /// What the statement is about; not read further here.
    package let subjects: [JSON]
    /// The name of the predicate's schema.
    package let predicateType: Text
    /// The claim; not read further here.
    package let predicate: JSON

    /// Puts a statement together.
    package init(subjects: [JSON], predicateType: Text, predicate: JSON) {
        self.subjects = subjects
        self.predicateType = predicateType
        self.predicate = predicate
    }

    /// Reads the payload of an envelope; unknown fields beside the four are refused.
    package init(parsing payload: [UInt8]) throws(MalformedStatement) {
        let json: JSON
        do throws(MalformedJSON) { json = try JSON(parsing: payload) } catch { throw .notJSON(error) }
        do throws(UnexpectedJSON) {
            var fields = try JSONFields(json, at: "")
            try fields.value("_type", expected: Statement.type.string) { $0 == Statement.type ? () : nil }
            subjects = try fields.array("subject")
            predicateType = try fields.text("predicateType")
            predicate = try fields.required("predicate")
            try fields.finish()
        } catch {
            throw .unexpected(error)
        }
    }

    /// The JSON object as Vitrine writes it.
    package var json: JSON {
        .object([
            .init("_type", .string(Statement.type)),
            .init("subject", .array(subjects)),
            .init("predicateType", .string(predicateType)),
            .init("predicate", predicate),
        ])
    }
}

/// Why a payload is not the statement it should be.
package enum MalformedStatement: Error, Hashable, Sendable {
    case notJSON(MalformedJSON)
    case unexpected(UnexpectedJSON)
}

extension MalformedStatement: CustomStringConvertible {
    /// The reason and the place.
    package var description: String {
        switch self {
        case .notJSON(let error): error.description
        case .unexpected(let error): error.description
        }
    }
}

/// The subject of a statement: a name for people and the SHA-256 that it is matched by.
package struct ResourceDescriptor: Hashable, Sendable {
    /// The name.
    package let name: Text
    /// The SHA-256 of the content.
    package let digest: Digest

    /// Names content.
    package init(name: Text, digest: Digest) {
        self.name = name
        self.digest = digest
    }

    /// Reads a descriptor of exactly `name` and `digest`, the latter of exactly `sha256`.
    ///
    /// A second digest is refused: in-toto lets any one digest of a set match, so the weakest would decide.
    package init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        name = try fields.text("name")
        var digests = try JSONFields(try fields.required("digest"), at: fields.place(of: "digest"))
        digest = try digests.digest("sha256")
        try digests.finish()
        try fields.finish()
    }

    /// Reads every subject of a statement.
    static func list(_ subjects: [JSON]) throws(UnexpectedJSON) -> [ResourceDescriptor] {
        var descriptors: [ResourceDescriptor] = []
        for (index, subject) in subjects.enumerated() {
            descriptors.append(try ResourceDescriptor(subject, at: "subject[\(index)]"))
        }
        return descriptors
    }

    /// The JSON object of the statement.
    package var json: JSON {
        .object([
            .init("name", .string(name)),
            .init("digest", .object([.init("sha256", .string(digest.hex))])),
        ])
    }
}
