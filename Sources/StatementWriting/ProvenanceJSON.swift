import Attestations
package import BuildStatements
package import Encodings

extension Provenance {
    /// The bytes to be signed.
    package var payload: [UInt8] {
        Statement(subjects: outputs.map(\.json), predicateType: Provenance.type, predicate: json).json.compact
    }

    /// The JSON object of the predicate as Vitrine writes it.
    package var json: JSON {
        let source = Dependency(name: Provenance.manifestName, uri: nil, digest: manifest)
        return .object([
            .init(
                "buildDefinition",
                .object([
                    .init("buildType", .string(Provenance.buildType)),
                    .init("externalParameters", externalParameters),
                    .init("internalParameters", .object(settings.map { .init($0.name, .string($0.value)) })),
                    .init("resolvedDependencies", .array(([source] + toolchain).map(\.json))),
                ])
            ),
            .init("runDetails", runDetails),
        ])
    }

    private var externalParameters: JSON {
        var members: [JSON.Member] = [
            .init("product", .string(release.product)),
            .init("version", .string(release.version)),
            .init("treeRoot", .string(treeRoot.hex)),
            .init("definition", .object([.init("sha256", .string(definition.hex))])),
        ]
        if let revision { members.append(.init("revision", .string(revision))) }
        return .object(members)
    }

    private var runDetails: JSON {
        let byproducts = log.map { [ResourceDescriptor(name: Provenance.logName, digest: $0).json] } ?? []
        return .object([
            .init(
                "builder",
                .object([
                    .init("id", .string(builder)),
                    .init("version", .object([.init("vitrine", .string(builderVersion))])),
                ])
            ),
            .init(
                "metadata",
                .object([
                    .init("invocationId", .string(invocation)),
                    .init("startedOn", .string(startedOn.text)),
                    .init("finishedOn", .string(finishedOn.text)),
                ])
            ),
            .init("byproducts", .array(byproducts)),
        ])
    }
}

extension Provenance.Dependency {
    fileprivate var json: JSON {
        var members: [JSON.Member] = [.init("name", .string(name))]
        if let uri { members.append(.init("uri", .string(uri))) }
        members.append(.init("digest", .object([.init("sha256", .string(digest.hex))])))
        return .object(members)
    }
}
