package import Encodings

/// What an independent build of a sealed source gave, good or bad; predicate type `urn:vitrine:rebuild:v1`.
///
/// Rules: docs/formats/rebuild.md. A record is a claim of whoever signed it, and its parts agree with each other: the
/// result follows from the grades, the grades from the differences, and the differences add up to the account.
package struct RebuildRecord: Hashable, Sendable {
    /// The predicate type.
    package static let type: Text = "urn:vitrine:rebuild:v1"
    /// The most artifacts of a record.
    package static let maximumArtifactCount = 10_000
    /// The most parts of a toolchain.
    package static let maximumToolchainCount = 10_000

    /// What the rebuild came to.
    package enum Result: String, Hashable, Sendable, CaseIterable {
        /// Every artifact is identical.
        case reproduced
        /// At worst an artifact is identical outside its signature.
        case reproducedOutsideSignature = "reproduced-outside-signature"
        /// At worst only the container of an artifact differs.
        case contentsIdentical = "contents-identical"
        /// At least one artifact is different.
        case different
        /// The build did not give anything to compare.
        case notRebuildable = "not-rebuildable"
        /// Something was given, and it is not known whether from this source alone.
        case inconclusive

        /// The result that the worst grade stands for.
        package init(worst grade: Grade) {
            self =
                switch grade {
                case .identical: .reproduced
                case .identicalOutsideSignature: .reproducedOutsideSignature
                case .contentsIdentical: .contentsIdentical
                case .different: .different
                }
        }
    }

    /// The bytes of a file: how many, and their SHA-256.
    package struct Content: Hashable, Sendable {
        /// The SHA-256.
        package let digest: Digest
        /// The number of bytes.
        package let size: UInt64

        /// Pairs a SHA-256 with a size.
        package init(digest: Digest, size: UInt64) {
            self.digest = digest
            self.size = size
        }
    }

    /// A part of the toolchain, as a package or a root file system.
    package struct ToolchainPart: Hashable, Sendable {
        /// The name, as `gcc-12`.
        package let name: Text
        /// The exact version.
        package let version: Text
        /// The SHA-256 that stands for its files; docs/formats/rebuild.md says of what.
        package let digest: Digest

        /// Names a part.
        package init(name: Text, version: Text, digest: Digest) {
            self.name = name
            self.version = version
            self.digest = digest
        }
    }

    /// Where it was built, for people.
    package struct Environment: Hashable, Sendable {
        /// The sandbox and its version.
        package let sandbox: Text
        /// The kernel and its version.
        package let kernel: Text
        /// The machine's architecture.
        package let architecture: Text

        /// Names where it was built.
        package init(sandbox: Text, kernel: Text, architecture: Text) {
            self.sandbox = sandbox
            self.kernel = kernel
            self.architecture = architecture
        }
    }

    /// How many files of which kind the build opened, where that was traced.
    package struct Trace: Hashable, Sendable {
        /// Sealed files that were opened.
        package var openedSource: UInt64 = 0
        /// Sealed files that were not.
        package var neverOpenedSource: UInt64 = 0
        /// Files of the toolchain.
        package var toolchainFiles: UInt64 = 0
        /// Files that the build had made before.
        package var producedFiles: UInt64 = 0
        /// Files that are none of these.
        package var unexplained: UInt64 = 0
        /// Attempts to reach a network.
        package var networkAttempts: UInt64 = 0

        /// Counts nothing yet.
        package init() {}
    }

    /// The release whose sealed source was built.
    package let release: ReleaseName
    /// The root of that source.
    package let treeRoot: Digest
    /// The SHA-256 of its `source.manifest`.
    package let manifest: Digest
    /// The SHA-256 of the build definition.
    package let definition: Digest
    /// What it came to.
    package let result: Result
    /// Why it is not rebuildable or inconclusive; nil exactly for every other result.
    package let reason: Text?
    /// Every shipped file that was asked about, ordered by name.
    package let artifacts: [RebuiltArtifact]
    /// What it was built with.
    package let toolchain: [ToolchainPart]
    /// Where it was built.
    package let environment: Environment
    /// What the build opened; nil where it was not traced.
    package let trace: Trace?
    /// The log of the build; nil where none was kept.
    package let log: Content?
    /// When the rebuilder says it was done.
    package let rebuiltOn: Timestamp
    /// How the rebuilder calls itself; the key that signed is what counts.
    package let rebuilder: Text

    /// Makes a record; the artifacts are put in order, and the result is the worst grade's unless `reason` gives
    /// another.
    ///
    /// Throws what does not agree.
    package init(
        release: ReleaseName,
        treeRoot: Digest,
        manifest: Digest,
        definition: Digest,
        unfinished: (result: Result, reason: Text)? = nil,
        artifacts: [RebuiltArtifact],
        toolchain: [ToolchainPart],
        environment: Environment,
        trace: Trace?,
        log: Content?,
        rebuiltOn: Timestamp,
        rebuilder: Text
    ) throws(UnexpectedJSON) {
        let artifacts = artifacts.sorted { $0.name < $1.name }
        self.release = release
        self.treeRoot = treeRoot
        self.manifest = manifest
        self.definition = definition
        self.result = unfinished?.result ?? Result(worst: RebuildRecord.worstGrade(of: artifacts))
        self.reason = unfinished?.reason
        self.artifacts = artifacts
        self.toolchain = toolchain
        self.environment = environment
        self.trace = trace
        self.log = log
        self.rebuiltOn = rebuiltOn
        self.rebuilder = rebuilder
        try check(at: "predicate")
    }

    /// The worst grade of `artifacts`.
    package static func worstGrade(of artifacts: [RebuiltArtifact]) -> Grade {
        artifacts.map(\.grade).min() ?? .different
    }

    /// The shipped bytes of all artifacts by class.
    package var account: ByteAccount {
        artifacts.reduce(into: ByteAccount()) { $0.add($1.account) }
    }
}

extension RebuildRecord {
    /// Reads a statement of our predicate type; nil for one of any other type.
    ///
    /// Its subjects must be exactly the artifacts, in their order.
    package init?(_ statement: Statement) throws(MalformedStatement) {
        guard statement.predicateType == RebuildRecord.type else { return nil }
        do throws(UnexpectedJSON) {
            try self.init(statement.predicate, at: "predicate")
            guard try ResourceDescriptor.list(statement.subjects) == artifacts.map(\.subject) else {
                throw UnexpectedJSON("subject", .badValue(expected: "the artifacts of the predicate, in their order"))
            }
        } catch {
            throw .unexpected(error)
        }
    }

    /// The bytes to be signed.
    package var payload: [UInt8] {
        Statement(subjects: artifacts.map(\.subject.json), predicateType: RebuildRecord.type, predicate: json)
            .json.compact
    }
}

extension RebuildRecord {
    /// Throws the first thing that does not agree with the rest.
    private func check(at place: String) throws(UnexpectedJSON) {
        guard (1...RebuildRecord.maximumArtifactCount).contains(artifacts.count) else {
            let expected = "1 to \(RebuildRecord.maximumArtifactCount) artifacts"
            throw UnexpectedJSON("\(place).artifacts", .badValue(expected: expected))
        }
        for (earlier, later) in zip(artifacts, artifacts.dropFirst()) where earlier.name >= later.name {
            throw UnexpectedJSON("\(place).artifacts", .badValue(expected: "ordered by name, no name twice"))
        }
        for (index, artifact) in artifacts.enumerated() {
            try artifact.check(at: "\(place).artifacts[\(index)]")
        }
        guard account.total < .max else {
            throw UnexpectedJSON("\(place).artifacts", .badValue(expected: "accounts whose sum can be written"))
        }
        try checkResult(at: place)
        guard toolchain.count <= RebuildRecord.maximumToolchainCount,
            Set(toolchain.map { [$0.name, $0.version] }).count == toolchain.count
        else { throw UnexpectedJSON("\(place).toolchain", .badValue(expected: "parts, none twice")) }
        let texts = [environment.sandbox, environment.kernel, environment.architecture, rebuilder, reason ?? "-"]
        for text in texts + toolchain.flatMap({ [$0.name, $0.version] }) {
            try StatementText.check(text, at: place)
        }
    }

    private func checkResult(at place: String) throws(UnexpectedJSON) {
        let isFinished: Bool
        switch result {
        case .notRebuildable:
            guard artifacts.allSatisfy({ $0.rebuilt == nil }) else {
                throw UnexpectedJSON("\(place).result", .badValue(expected: "nothing rebuilt, as the result says"))
            }
            isFinished = false
        case .inconclusive:
            isFinished = false
        default:
            guard result == Result(worst: RebuildRecord.worstGrade(of: artifacts)) else {
                throw UnexpectedJSON("\(place).result", .badValue(expected: "what the worst grade stands for"))
            }
            // Whatever came out, it did not come from the sealed source alone.
            guard trace?.unexplained ?? 0 == 0 else {
                throw UnexpectedJSON("\(place).result", .badValue(expected: "inconclusive, as the trace is"))
            }
            isFinished = true
        }
        guard isFinished == (reason == nil) else {
            let expected = "a reason for exactly the results not-rebuildable and inconclusive"
            throw UnexpectedJSON("\(place).reason", .badValue(expected: expected))
        }
    }

    /// Reads the JSON object of a statement; `place` is how errors name it.
    package init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        release = try fields.release()
        treeRoot = try fields.digest("treeRoot")
        manifest = try fields.digest("manifest")
        definition = try fields.sha256("definition")
        result = try fields.choice("result", of: Result.self)
        reason = try fields.nullable("reason", Text.init)
        artifacts = try fields.list("artifacts", RebuiltArtifact.init)
        toolchain = try fields.list("toolchain", ToolchainPart.init)
        environment = try Environment(try fields.required("environment"), at: fields.place(of: "environment"))
        trace = try fields.nullable("trace", Trace.init)
        log = try fields.nullable("log", Content.init)
        rebuiltOn = try fields.timestamp("rebuiltOn")
        var rebuilder = try fields.object("rebuilder")
        self.rebuilder = try rebuilder.text("id")
        try rebuilder.finish()
        try fields.finish()
        try check(at: place)
    }
}
