import Attestations
import BuildStatements
import BuildVerification
import Digests
import Encodings
import PrivateKeys
import SigningKeys
import SourceManifest
import StatementWriting
import Testing
import Verification

/// A shipped build of the small sealed release, and the ways to rebuild it well and badly.
struct Rebuilt {
    /// Keys of two rebuilders, a waiver owner and a stranger, none of whom sealed.
    static let keys: [PrivateKey] = (0..<4).compactMap { _ in try? PrivateKey.generate(.ed25519) }
    static var rebuilders: [PrivateKey] { Array(keys[0...1]) }
    static var waiverKey: PrivateKey { keys[2] }
    static var stranger: PrivateKey { keys[3] }

    var sealed: Sealed
    var definition = SHA256.digest(of: Array("#!/bin/sh\n".utf8))
    var rebuiltOn: Text = "2026-11-23T23:00:00Z"
    var unfinished: (result: RebuildRecord.Result, reason: Text)?
    var trace: RebuildRecord.Trace? = .init()

    init() throws { sealed = try Sealed() }

    static func content(_ text: String) -> RebuildRecord.Content {
        let bytes = Array(text.utf8)
        return .init(digest: SHA256.digest(of: bytes), size: UInt64(bytes.count))
    }

    static func shipped(_ name: String, _ text: String) -> ShippedFile {
        ShippedFile(name: Array(name.utf8), content: content(text))
    }

    static let tool = "the tool, 18 bytes"
    static let library = "the library"
    static var files: [ShippedFile] { [shipped("lib.so", library), shipped("tool", tool)] }

    static func identical(_ name: String, _ text: String) throws -> RebuiltArtifact {
        var account = ByteAccount()
        account.reproduced = content(text).size
        return RebuiltArtifact(
            name: try TreePath(Array(name.utf8)),
            shipped: content(text),
            rebuilt: content(text),
            grade: .identical,
            account: account
        )
    }

    static var good: [RebuiltArtifact] {
        get throws { [try identical("lib.so", library), try identical("tool", tool)] }
    }

    /// The tool with one difference of `bytes` unexplained bytes.
    static func differing(_ grade: Grade = .different, bytes: UInt64 = 4, notListed: UInt64 = 0) throws
        -> RebuiltArtifact
    {
        let rebuilt = content("another tool")
        var account = ByteAccount()
        account.unexplained = bytes + notListed
        account.reproduced = content(tool).size - bytes - notListed
        if grade == .identicalOutsideSignature {
            account.signature = 4
            account.reproduced -= 4
        }
        return RebuiltArtifact(
            name: try TreePath(Array("tool".utf8)),
            shipped: content(tool),
            rebuilt: rebuilt,
            grade: grade,
            account: account,
            differences: [difference(grade, bytes: bytes)],
            unlistedDifferenceCount: notListed > 0 ? 1 : 0
        )
    }

    /// A file of which the rebuild has nothing.
    static func notBuilt(_ name: String, _ text: String) throws -> RebuiltArtifact {
        let content = content(text)
        var account = ByteAccount()
        account.unexplained = content.size
        let difference = RebuiltArtifact.Difference(
            in: content.digest,
            place: ".",
            shipped: content.digest,
            rebuilt: nil,
            cause: "missing",
            bytes: content.size,
            grade: .different
        )
        return RebuiltArtifact(
            name: try TreePath(Array(name.utf8)),
            shipped: content,
            rebuilt: nil,
            grade: .different,
            account: account,
            differences: [difference]
        )
    }

    static func difference(_ grade: Grade = .different, bytes: UInt64 = 4) -> RebuiltArtifact.Difference {
        .init(
            in: content(tool).digest,
            place: "section .text",
            shipped: content(tool).digest,
            rebuilt: content("another tool").digest,
            cause: "unknown",
            bytes: bytes,
            grade: grade
        )
    }

    func record(_ artifacts: [RebuiltArtifact]) throws -> RebuildRecord {
        let statement = try sealed.statement()
        return try RebuildRecord(
            release: statement.predicate.release,
            treeRoot: statement.predicate.treeRoot,
            manifest: statement.manifestDigest,
            definition: definition,
            unfinished: unfinished,
            artifacts: artifacts,
            toolchain: [.init(name: "gcc-12", version: "12.2.0-14", digest: definition)],
            environment: .init(sandbox: "bubblewrap 0.8.0", kernel: "Linux 6.1", architecture: "x86_64"),
            trace: trace,
            log: nil,
            rebuiltOn: try #require(Timestamp(rebuiltOn)),
            rebuilder: "a rebuilder"
        )
    }

    /// A rebuild in which the tool differs and the library does not.
    func mixedRecord() throws -> RebuildRecord {
        var rebuilt = self
        var trace = RebuildRecord.Trace()
        (trace.openedSource, trace.neverOpenedSource, trace.toolchainFiles, trace.producedFiles) = (2, 3, 41, 7)
        rebuilt.trace = trace
        return try rebuilt.record([Rebuilt.identical("lib.so", Rebuilt.library), Rebuilt.differing()])
    }

    func provenance() throws -> Provenance {
        let statement = try sealed.statement()
        return try Provenance(
            outputs: Rebuilt.files.map {
                ResourceDescriptor(name: Text(String(decoding: $0.name, as: UTF8.self)), digest: $0.content.digest)
            },
            release: statement.predicate.release,
            treeRoot: statement.predicate.treeRoot,
            definition: definition,
            revision: "v1.2",
            settings: [.init("sandbox", "bubblewrap 0.8.0"), .init("network", "none")],
            manifest: statement.manifestDigest,
            toolchain: [
                .init(name: "gcc-12", uri: "pkg:deb/debian/gcc-12@12.2.0-14?arch=amd64", digest: definition)
            ],
            builder: "urn:example:builder",
            builderVersion: "0.2.0",
            invocation: "2026-11-23T22:10:00Z-1",
            startedOn: try #require(Timestamp("2026-11-23T22:10:00Z")),
            finishedOn: try #require(Timestamp("2026-11-23T22:11:30Z")),
            log: SHA256.digest(of: Array("log\n".utf8))
        )
    }

    func waiverStatement() throws -> Waiver {
        let waiver = try Statement(parsing: try waiver().payload)
        return try #require(try Waiver(waiver))
    }

    func line(_ artifacts: [RebuiltArtifact], _ keys: PrivateKey...) throws -> Envelope {
        try Envelope(signing: try record(artifacts).payload, with: keys)
    }

    func waiver(
        _ ids: [Digest] = [difference().id],
        artifact: String = tool,
        version: Text = "1.2",
        expires: Text = "2027-01-01T00:00:00Z",
        _ keys: PrivateKey...
    ) throws -> Envelope {
        let waiver = try Waiver(
            release: try #require(ReleaseName(product: "boot", version: version)),
            artifact: ResourceDescriptor(name: "tool", digest: Rebuilt.content(artifact).digest),
            differences: ids,
            reason: "a build host's name",
            owner: "release team",
            waivedOn: try #require(Timestamp("2026-11-23T23:30:00Z")),
            expiresOn: try #require(Timestamp(expires))
        )
        return try Envelope(signing: waiver.payload, with: keys.isEmpty ? [Rebuilt.waiverKey] : keys)
    }

    static func trusted(_ keys: [PrivateKey]) -> [Policy.TrustedKey] {
        keys.map { Policy.TrustedKey(name: "somebody", key: $0.publicKey) }
    }

    static func policy(
        _ rebuilders: [PrivateKey] = rebuilders,
        threshold: Int = 1,
        waivers: BuildDemands.Quorum? = .init(keys: trusted([waiverKey])),
        grades: [Grade] = BuildDemands.usualGrades,
        disagreement: BuildDemands.Disagreement = .inconclusive
    ) -> Policy {
        let quorum = BuildDemands.Quorum(keys: trusted(rebuilders), threshold: threshold)
        let build = BuildDemands(rebuilders: quorum, waivers: waivers, grades: grades, disagreement: disagreement)
        return Policy(keys: trusted(Array(Sealed.keys[0...1])), build: build)
    }

    func judge(
        _ lines: [Envelope],
        _ shipped: [ShippedFile] = files,
        policy: Policy = policy(),
        local: RebuildRecord? = nil,
        closer: [Finding] = []
    ) throws -> Verdict {
        let evidence = try sealed.evidence([sealed.envelope()] + lines)
        return try judge(evidence, shipped, policy: policy, local: local, closer: closer)
    }

    func judge(
        _ evidence: Evidence,
        _ shipped: [ShippedFile] = files,
        policy: Policy = policy(),
        local: RebuildRecord? = nil,
        closer: [Finding] = []
    ) throws -> Verdict {
        let now = try #require(Sealed.now)
        let judged = EvidenceJudge(evidence, policy: policy, at: now)
        let build = RebuildJudge(judged, shipped: shipped, local: local, closer: closer, at: now)
        return Judge(judged, [try Sealed.reading()], build: build).verdict
    }
}

extension Verdict {
    /// The outcomes of `rebuilt` and `accounted`, and the exit status.
    var build: [String] {
        [outcome(of: .rebuilt), outcome(of: .accounted)].map { $0?.rawValue ?? "none" } + ["\(outcome.exitStatus)"]
    }

    func summary(of name: Link.Name) -> String? { links.first { $0.name == name }?.summary }
}
