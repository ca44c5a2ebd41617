package import Encodings

// Provenance as JSON, https://slsa.dev/spec/v1.0/provenance; the fields that Vitrine writes and no other.

extension Provenance {
    /// Reads a statement of our predicate type and build type; nil for one of any other type.
    package init?(_ statement: Statement) throws(MalformedStatement) {
        guard statement.predicateType == Provenance.type,
            statement.predicate["buildDefinition"]?["buildType"] == .string(Provenance.buildType)
        else { return nil }
        do throws(UnexpectedJSON) {
            try self.init(statement.predicate, statement.subjects)
        } catch {
            throw .unexpected(error)
        }
    }

    private init(_ json: JSON, _ subjects: [JSON]) throws(UnexpectedJSON) {
        outputs = try ResourceDescriptor.list(subjects)
        var predicate = try JSONFields(json, at: "predicate")

        var build = try predicate.object("buildDefinition")
        _ = try build.text("buildType")
        var parameters = try build.object("externalParameters")
        release = try parameters.release()
        treeRoot = try parameters.digest("treeRoot")
        definition = try parameters.sha256("definition")
        revision = try parameters.optionalText("revision")
        try parameters.finish()
        settings = try Provenance.settings(try build.required("internalParameters"))
        let place = build.place(of: "resolvedDependencies")
        var dependencies = try build.list("resolvedDependencies", Dependency.init)
        guard let first = dependencies.first, first.name == Provenance.manifestName, first.uri == nil else {
            throw UnexpectedJSON(place, .badValue(expected: "\(Provenance.manifestName) first"))
        }
        manifest = first.digest
        dependencies.removeFirst()
        toolchain = dependencies
        try build.finish()

        var run = try predicate.object("runDetails")
        var builder = try run.object("builder")
        self.builder = try builder.text("id")
        var version = try builder.object("version")
        builderVersion = try version.text("vitrine")
        try version.finish()
        try builder.finish()
        var metadata = try run.object("metadata")
        invocation = try metadata.text("invocationId")
        startedOn = try metadata.timestamp("startedOn")
        finishedOn = try metadata.timestamp("finishedOn")
        try metadata.finish()
        let byproducts = try run.list("byproducts", ResourceDescriptor.init)
        guard byproducts.count <= 1, byproducts.allSatisfy({ $0.name == Provenance.logName }) else {
            throw UnexpectedJSON(run.place(of: "byproducts"), .badValue(expected: "at most the log"))
        }
        log = byproducts.first?.digest
        try run.finish()
        try predicate.finish()
        try check()
    }

    private static let logName: Text = "log"

    private static func settings(_ json: JSON) throws(UnexpectedJSON) -> [Setting] {
        let place = "predicate.buildDefinition.internalParameters"
        guard case .object(let members) = json else { throw UnexpectedJSON(place, .wrongType(expected: "an object")) }
        var settings: [Setting] = []
        for member in members {
            guard case .string(let value) = member.value else {
                throw UnexpectedJSON("\(place).\(member.name)", .wrongType(expected: "a string"))
            }
            settings.append(Setting(member.name, value))
        }
        return settings
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
    fileprivate init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        name = try fields.text("name")
        uri = try fields.optionalText("uri")
        digest = try fields.sha256("digest")
        try fields.finish()
    }

    fileprivate var json: JSON {
        var members: [JSON.Member] = [.init("name", .string(name))]
        if let uri { members.append(.init("uri", .string(uri))) }
        members.append(.init("digest", .object([.init("sha256", .string(digest.hex))])))
        return .object(members)
    }
}
