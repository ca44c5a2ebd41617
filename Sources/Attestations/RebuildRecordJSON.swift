package import Encodings

// The parts of a rebuild record as JSON, in the order of docs/formats/rebuild.md.

extension RebuildRecord {
    /// The JSON object of the predicate as Vitrine writes it.
    package var json: JSON {
        .object([
            .init("product", .string(release.product)),
            .init("version", .string(release.version)),
            .init("treeRoot", .string(treeRoot.hex)),
            .init("manifest", .string(manifest.hex)),
            .init("definition", .object([.init("sha256", .string(definition.hex))])),
            .init("result", .string(result.rawValue)),
            .init("reason", reason.map { .string($0) } ?? .null),
            .init("artifacts", .array(artifacts.map(\.json))),
            .init("toolchain", .array(toolchain.map(\.json))),
            .init("environment", environment.json),
            .init("trace", trace?.json ?? .null),
            .init("log", log?.json ?? .null),
            .init("rebuiltOn", .string(rebuiltOn.text)),
            .init("rebuilder", .object([.init("id", .string(rebuilder))])),
        ])
    }
}

extension RebuiltArtifact {
    fileprivate var json: JSON {
        .object([
            .init("name", .escaped(name.bytes)),
            .init("sha256", .string(shipped.digest.hex)),
            .init("size", .count(shipped.size)),
            .init("rebuilt", rebuilt?.json ?? .null),
            .init("grade", .string(grade.rawValue)),
            .init("account", .object(ByteAccount.Class.allCases.map { .init(Text($0.rawValue), .count(account[$0])) })),
            .init("differences", .array(differences.map(\.json))),
            .init("differencesNotListed", .count(unlistedDifferenceCount)),
        ])
    }

    init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        let name = try fields.path("name")
        let shipped = RebuildRecord.Content(digest: try fields.digest("sha256"), size: try fields.count("size"))
        let rebuilt = try fields.nullable("rebuilt", RebuildRecord.Content.init)
        let grade = try fields.choice("grade", of: Grade.self)
        var classes = try fields.object("account")
        var account = ByteAccount()
        for each in ByteAccount.Class.allCases { account[each] = try classes.count(Text(each.rawValue)) }
        try classes.finish()
        let differences = try fields.list("differences", Difference.init)
        let unlisted = try fields.count("differencesNotListed")
        try fields.finish()
        self.init(
            name: name,
            shipped: shipped,
            rebuilt: rebuilt,
            grade: grade,
            account: account,
            differences: differences,
            unlistedDifferenceCount: unlisted
        )
    }
}

extension RebuiltArtifact.Difference {
    fileprivate var json: JSON {
        .object([
            .init("id", .string(id.hex)),
            .init("place", .string(place)),
            .init("shipped", shipped.map { .string($0.hex) } ?? .null),
            .init("rebuilt", rebuilt.map { .string($0.hex) } ?? .null),
            .init("cause", .string(cause)),
            .init("bytes", .count(bytes)),
            .init("grade", .string(grade.rawValue)),
        ])
    }

    fileprivate init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        id = try fields.digest("id")
        self.place = try fields.text("place")
        shipped = try fields.nullable("shipped", Digest.init)
        rebuilt = try fields.nullable("rebuilt", Digest.init)
        cause = try fields.text("cause")
        bytes = try fields.count("bytes")
        grade = try fields.choice("grade", of: Grade.self)
        try fields.finish()
    }
}

extension Digest {
    /// Reads a JSON string of 64 hex digits.
    init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        guard case .string(let text) = json, let digest = Digest(hex: text) else {
            throw UnexpectedJSON(place, .badValue(expected: "64 lower-case hex digits"))
        }
        self = digest
    }
}

extension Text {
    /// Reads a JSON string.
    init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        guard case .string(let text) = json else { throw UnexpectedJSON(place, .wrongType(expected: "a string")) }
        self = text
    }
}

extension RebuildRecord.Content {
    var json: JSON { .object([.init("sha256", .string(digest.hex)), .init("size", .count(size))]) }

    init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        digest = try fields.digest("sha256")
        size = try fields.count("size")
        try fields.finish()
    }
}

extension RebuildRecord.ToolchainPart {
    fileprivate var json: JSON {
        .object([
            .init("name", .string(name)), .init("version", .string(version)), .init("sha256", .string(digest.hex)),
        ])
    }

    init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        name = try fields.shortText("name")
        version = try fields.shortText("version")
        digest = try fields.digest("sha256")
        try fields.finish()
    }
}

extension RebuildRecord.Environment {
    fileprivate var json: JSON {
        .object([
            .init("sandbox", .string(sandbox)), .init("kernel", .string(kernel)),
            .init("architecture", .string(architecture)),
        ])
    }

    init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        sandbox = try fields.shortText("sandbox")
        kernel = try fields.shortText("kernel")
        architecture = try fields.shortText("architecture")
        try fields.finish()
    }
}

extension RebuildRecord.Trace {
    fileprivate var json: JSON {
        .object([
            .init("openedSource", .count(openedSource)),
            .init("neverOpenedSource", .count(neverOpenedSource)),
            .init("toolchainFiles", .count(toolchainFiles)),
            .init("producedFiles", .count(producedFiles)),
            .init("unexplained", .count(unexplained)),
            .init("networkAttempts", .count(networkAttempts)),
        ])
    }

    init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        openedSource = try fields.count("openedSource")
        neverOpenedSource = try fields.count("neverOpenedSource")
        toolchainFiles = try fields.count("toolchainFiles")
        producedFiles = try fields.count("producedFiles")
        unexplained = try fields.count("unexplained")
        networkAttempts = try fields.count("networkAttempts")
        try fields.finish()
    }
}
