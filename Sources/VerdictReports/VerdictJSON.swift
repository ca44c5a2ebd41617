import Attestations
package import Encodings
package import Verification

extension Verdict {
    /// The value of `format`.
    package static let format: Text = "vitrine-verdict/v1"

    /// The documented JSON object, docs/formats/verdict.md.
    package var json: JSON {
        .object([
            .init("format", .string(Verdict.format)),
            .init("verdict", .string(outcome.rawValue)),
            .init("product", .optional(release?.product.string)),
            .init("version", .optional(release?.version.string)),
            .init("treeRoot", .optional(treeRoot?.hex)),
            .init("manifestSHA256", .optional(manifestDigest?.hex)),
            .init("links", .array(links.map(\.json))),
            .init("findings", .array(findings.map(\.json))),
            .init("findingsNotListed", .integer(Int64(clamping: unlistedFindingCount))),
        ])
    }
}

extension Link {
    fileprivate var json: JSON {
        .object([
            .init("link", .string(name.rawValue)),
            .init("outcome", .string(outcome.rawValue)),
            .init("summary", .string(summary)),
            .init(
                "evidence",
                .array(
                    evidence.map { .object([.init("name", .string($0.name)), .init("value", .string($0.value))]) }
                )
            ),
        ])
    }
}

extension Finding {
    /// The JSON object of a verdict; path, recorded and found are null where a finding has none.
    package var json: JSON {
        .object([
            .init("rule", .string(rule.rawValue)),
            .init("effect", .string(effect.rawValue)),
            .init("path", .optional(escapedPath)),
            .init("recorded", .optional(recorded)),
            .init("found", .optional(found)),
            .init("cause", .string(cause)),
            .init("next", .string(next)),
        ])
    }
}

extension JSON {
    fileprivate static func optional(_ string: String?) -> JSON {
        string.map { .string($0) } ?? .null
    }
}
