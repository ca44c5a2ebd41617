import Attestations
import Digests
import Encodings
import PrivateKeys
import SigningKeys
import SourceManifest
import StatementWriting
import Testing
import VerdictReports
import Verification

/// A small sealed release to judge, and the ways to make another of it.
struct Sealed {
    /// Keys are slow to make and are made once.
    static let keys: [PrivateKey] = (0..<3).compactMap { index in
        try? PrivateKey.generate([.rsa2048, .p256, .ed25519][index])
    }
    static let now = Timestamp("2026-11-24T12:00:00Z")

    static let files: [(mode: FileMode, path: String, content: String)] = [
        (.file, "README.md", "hello\n"),
        (.executable, "build.sh", "#!/bin/sh\n"),
        (.symbolicLink, "latest", "README.md"),
        (.file, "src/a%b \u{E9}.c", "int a;\n"),
        (.file, "src/boot.c", "int main;\n"),
    ]

    var manifest: Manifest
    var details: SourceDetails
    var release = ReleaseName(product: "boot", version: "1.2")
    var view = SourceView.directory
    var sealedOn = Timestamp("2026-11-23T22:00:00Z")
    var signers = [keys[0], keys[1]]
    var requiredSigners: [PrivateKey]?

    init(_ files: [(mode: FileMode, path: String, content: String)] = files) throws {
        manifest = try Sealed.manifest(files)
        let submodules = try files.filter { $0.mode == .submodule }.map { file in
            Submodule(
                path: try TreePath(Array(file.path.utf8)),
                commit: try #require(GitObjectID(hex: Array(file.content.utf8))),
                isResolved: false
            )
        }
        details = SourceDetails(
            entries: UInt64(manifest.count),
            bytes: manifest.totalSize,
            submodules: submodules
        )
    }

    static func manifest(_ files: [(mode: FileMode, path: String, content: String)]) throws -> Manifest {
        var writer = ManifestWriter()
        for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            try writer.append(entry(file.mode, file.path, file.content))
        }
        return writer.finish()
    }

    static func entry(_ mode: FileMode, _ path: String, _ content: String) throws -> Entry {
        let bytes = Array(content.utf8)
        return try Entry(
            mode: mode,
            size: UInt64(bytes.count),
            digest: SHA256.digest(of: bytes),
            path: try TreePath(Array(path.utf8))
        )
    }

    func predicate() throws -> SourceManifestPredicate {
        var hasher = SHA256()
        let release = try #require(release)
        let sealedOn = try #require(sealedOn)
        return try #require(
            SourceManifestPredicate(
                release: release,
                treeRoot: manifest.root(using: &hasher),
                entries: UInt64(manifest.count),
                view: view,
                content: .open(details, reused: nil),
                sealedOn: sealedOn,
                requiredSigners: (requiredSigners ?? signers).map(\.publicKey.keyID)
            )
        )
    }

    func statement() throws -> SourceStatement {
        SourceStatement(manifestDigest: SHA256.digest(of: manifest.bytes), predicate: try predicate())
    }

    func envelope() throws -> Envelope {
        try Envelope(signing: try statement().payload, with: signers)
    }

    func evidence(_ envelopes: [Envelope]? = nil) throws -> Evidence {
        let lines = try envelopes ?? [envelope()]
        return Evidence(manifest: manifest.bytes, attestations: lines.flatMap(EnvelopeLines.line))
    }

    static func policy(_ keys: [PrivateKey] = Array(keys[0...1]), threshold: Int = 1) -> Policy {
        let trusted = keys.enumerated().map {
            Policy.TrustedKey(name: Text("key \($0.offset)"), key: $0.element.publicKey)
        }
        return Policy(keys: trusted, threshold: threshold)
    }

    static func reading(
        _ files: [(mode: FileMode, path: String, content: String)] = files,
        view: SourceView = .directory,
        findings: [Finding] = []
    ) throws -> SourceReading {
        let manifest = try manifest(files)
        return SourceReading(
            view: view,
            name: view == .directory ? "directory" : "HEAD commit",
            manifest: manifest,
            bytes: manifest.totalSize,
            findings: findings
        )
    }

    func judge(
        _ evidence: Evidence? = nil,
        _ readings: [SourceReading]? = nil,
        policy: Policy = policy()
    ) throws -> Verdict {
        let readings = try readings ?? [Sealed.reading()]
        let evidence = try evidence ?? self.evidence()
        let judged = EvidenceJudge(evidence, policy: policy, at: try #require(Sealed.now))
        return Judge(judged, readings, adviser: DifferenceAdvice.adviser).verdict
    }
}

extension Verdict {
    func outcome(of name: Link.Name) -> Link.Outcome? { links.first { $0.name == name }?.outcome }

    func rules(_ effect: Finding.Effect) -> [Finding.Rule] {
        findings.filter { $0.effect == effect }.map(\.rule)
    }
}
