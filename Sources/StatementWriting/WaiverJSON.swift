import Attestations
package import BuildStatements
package import Encodings

extension Waiver {
    /// The bytes to be signed.
    package var payload: [UInt8] {
        Statement(subjects: [artifact.json], predicateType: Waiver.type, predicate: json).json.compact
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
}
