package import Encodings

/// How a builder says outputs were made: the part of SLSA provenance v1 that Vitrine writes.
///
/// Rules: docs/formats/provenance.md. A claim of whoever signed it, and no proof that it was so.
package struct Provenance: Hashable, Sendable {
    /// The predicate type.
    package static let type: Text = "https://slsa.dev/provenance/v1"
    /// How the parameters are to be read.
    package static let buildType: Text = "urn:vitrine:build:v1"
    /// The name of the source manifest among the dependencies.
    package static let manifestName: Text = "source.manifest"
    /// The most outputs, and the most dependencies.
    package static let maximumCount = 10_000

    /// A setting of the sandbox.
    package struct Setting: Hashable, Sendable {
        /// Its name.
        package let name: Text
        /// Its value.
        package let value: Text

        /// Names a setting.
        package init(_ name: Text, _ value: Text) {
            self.name = name
            self.value = value
        }
    }

    /// A part of the toolchain.
    package struct Dependency: Hashable, Sendable {
        /// Its name, as `gcc-12`.
        package let name: Text
        /// Where it is from, as `pkg:deb/debian/gcc-12@12.2.0-14?arch=amd64`; nil where there is no such name.
        package let uri: Text?
        /// The SHA-256 that stands for its files, as in a rebuild record.
        package let digest: Digest

        /// Names a part.
        package init(name: Text, uri: Text?, digest: Digest) {
            self.name = name
            self.uri = uri
            self.digest = digest
        }
    }

    /// What was built: names and SHA-256.
    package let outputs: [ResourceDescriptor]
    /// The release whose sealed source was built.
    package let release: ReleaseName
    /// The root of that source.
    package let treeRoot: Digest
    /// The SHA-256 of the build definition.
    package let definition: Digest
    /// The git revision that was asked for; nil for a directory.
    package let revision: Text?
    /// The sandbox, name by name; no name twice.
    package let settings: [Setting]
    /// The SHA-256 of `source.manifest`.
    package let manifest: Digest
    /// What it was built with.
    package let toolchain: [Dependency]
    /// Who built: a URI.
    package let builder: Text
    /// The version of the program that built.
    package let builderVersion: Text
    /// The name of this run of it.
    package let invocation: Text
    /// When the builder says it began.
    package let startedOn: Timestamp
    /// When the builder says it was done.
    package let finishedOn: Timestamp
    /// The SHA-256 of the log; nil where none was kept.
    package let log: Digest?

    /// Makes the claim.
    ///
    /// Throws unless there is an output, no name of outputs, settings or dependencies is there twice, and it was not
    /// done before it began.
    package init(
        outputs: [ResourceDescriptor],
        release: ReleaseName,
        treeRoot: Digest,
        definition: Digest,
        revision: Text?,
        settings: [Setting],
        manifest: Digest,
        toolchain: [Dependency],
        builder: Text,
        builderVersion: Text,
        invocation: Text,
        startedOn: Timestamp,
        finishedOn: Timestamp,
        log: Digest?
    ) throws(UnexpectedJSON) {
        self.outputs = outputs
        self.release = release
        self.treeRoot = treeRoot
        self.definition = definition
        self.revision = revision
        self.settings = settings
        self.manifest = manifest
        self.toolchain = toolchain
        self.builder = builder
        self.builderVersion = builderVersion
        self.invocation = invocation
        self.startedOn = startedOn
        self.finishedOn = finishedOn
        self.log = log
        try check()
    }

    /// The bytes to be signed.
    package var payload: [UInt8] {
        Statement(subjects: outputs.map(\.json), predicateType: Provenance.type, predicate: json).json.compact
    }

    /// Throws the first thing that does not agree with the rest.
    func check() throws(UnexpectedJSON) {
        let bounds = 1...Provenance.maximumCount
        guard bounds.contains(outputs.count), Set(outputs.map(\.name)).count == outputs.count,
            outputs.allSatisfy({ (try? TreePath(escaped: $0.name.utf8)) != nil })
        else { throw UnexpectedJSON("subject", .badValue(expected: "outputs with escaped names, none twice")) }
        let names = [Provenance.manifestName] + toolchain.map(\.name)
        guard bounds.contains(names.count), Set(names).count == names.count else {
            let place = "predicate.buildDefinition.resolvedDependencies"
            throw UnexpectedJSON(place, .badValue(expected: "dependencies, no name twice"))
        }
        guard Set(settings.map(\.name)).count == settings.count else {
            let place = "predicate.buildDefinition.internalParameters"
            throw UnexpectedJSON(place, .badValue(expected: "settings, no name twice"))
        }
        let optional = [revision].compactMap(\.self) + toolchain.compactMap(\.uri)
        for text in optional + settings.flatMap({ [$0.name, $0.value] }) + [builder, builderVersion, invocation] {
            try StatementText.check(text, at: "predicate")
        }
        for part in toolchain { try StatementText.check(part.name, at: "predicate") }
        guard startedOn <= finishedOn else {
            let place = "predicate.runDetails.metadata.finishedOn"
            throw UnexpectedJSON(place, .badValue(expected: "not earlier than startedOn"))
        }
    }
}
