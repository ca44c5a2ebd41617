package import Attestations
package import Encodings

// Statements as Vitrine writes them; the readers stand beside the types.

extension Statement {
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

extension ResourceDescriptor {
    /// The JSON object of the statement.
    package var json: JSON {
        .object([
            .init("name", .string(name)),
            .init("digest", .object([.init("sha256", .string(digest.hex))])),
        ])
    }
}

extension JSON {
    /// Raw bytes of the source, in the escaped spelling of docs/formats/manifest.md.
    static func escaped(_ bytes: [UInt8]) -> JSON {
        .string(String(decoding: TreePath.escape(bytes), as: UTF8.self))
    }

    /// A count; values above 2^63 - 1 cannot be spelled and are written as that, which no reader takes for equal.
    static func count(_ count: UInt64) -> JSON {
        .integer(Int64(clamping: count))
    }
}
