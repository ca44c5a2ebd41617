#if Commands
import ArgumentParser
import Attestations
import BuildStatements
import Digests
import DirectorySource
import Encodings
import GitSource
import PrivateKeys
import Rebuild
import SigningKeys
import SourceManifest
import StatementWriting
import Verification

/// `vitrine build`: builds a sealed source in a sandbox and says how.
struct BuildCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Builds a sealed source in a sandbox, and signs how the outputs were made.",
        discussion: """
            The source must be the one that the evidence is of; whose signature the evidence carries is not judged, as \
            a builder brings no keys to trust. The outputs, the log and with --trace the list of opened files are \
            written to OUTDIR, which must not be there. SLSA provenance is added to the evidence as one more line. It \
            is the builder's word: a reader believes rebuilds, not provenance.

            Example:
              vitrine build . --evidence manifests/demo/1.0 --key builder.key.pem --out built

            Exit status: 0 built and signed, 1 the build failed or was refused, 2 could not look, 3 inconclusive.
            """
    )

    @Argument(help: ArgumentHelp("A git repository, or with --directory a tree on disk.", valueName: "source"))
    var source: PathArgument

    @OptionGroup var flags: ReadingFlags

    @Option(
        help: ArgumentHelp(
            "The build definition; \(BuildDefinition.fileName) of the source without it.",
            valueName: "file"
        )
    )
    var definition: PathArgument?

    @Option(help: ArgumentHelp("The evidence directory of the release.", valueName: "dir"))
    var evidence: PathArgument

    @Option(help: ArgumentHelp("The builder's private key.", valueName: "key.pem"))
    var key: PathArgument

    @Option(help: ArgumentHelp("A file that holds the passphrase of the key.", valueName: "file"))
    var passphraseFile: PathArgument?

    @Option(help: ArgumentHelp("Where the results go.", valueName: "outdir"))
    var out: PathArgument

    @Flag(help: "List every file that the build opens (strace).")
    var trace = false

    @Option(help: ArgumentHelp("How the builder calls itself, a URI.", valueName: "uri"))
    var builder = "urn:vitrine:builder"

    func run() throws -> ExitStatus {
        let keys = try SealingKeys([key.bytes], Passphrase(file: passphraseFile?.bytes))
        let result = try ResultDirectory(out.bytes)
        let evidence = try EvidenceFiles.read(evidence.bytes)
        let (sealed, statement) = try sealedSource(evidence)
        let place = try BuildPlace.make(sealed)
        defer { place.discard() }
        let chosen = try ChosenDefinition(definition?.bytes, in: place)
        let toolchain = try place.prepare(chosen.definition.toolchain)
        let started = try Clock.now()
        let built = try place.build(
            chosen.definition,
            toolchain,
            chosen.definition.toolchain,
            into: result.temporary,
            isTraced: trace
        )
        if let report = built.trace { try result.write("files.json", report.json.compact + [UInt8(ascii: "\n")]) }
        if let reason = built.failure {
            try result.settle()
            throw Trouble.refusal("not built: \(reason)", hints: ["the log is in \(escaped(out.bytes))"])
        }
        if let doubt = built.doubt {
            try result.settle()
            throw Trouble.inconclusive("built, and nothing signed: \(doubt)")
        }
        let making = ProvenanceMaking(statement: statement, chosen: chosen, toolchain: toolchain, result: built)
        let provenance = try making.provenance(
            revision: flags.directory ? nil : flags.rev ?? Array("HEAD".utf8),
            builder: builder,
            startedOn: started
        )
        try EvidenceAppending.append(
            try Envelope(signing: provenance.payload, with: keys.keys),
            to: self.evidence.bytes
        )
        try result.settle()
        try report(built, keys)
        return .done
    }

    /// The source, which must be that of the evidence, and the statement that speaks of it.
    private func sealedSource(_ evidence: Evidence) throws -> (SealedSource, SourceStatement) {
        let reader = SourceReader(path: source.bytes, isParanoid: flags.paranoid)
        let statement = try EvidenceStatement.find(evidence, in: self.evidence.bytes)
        let sealedOn = statement.predicate.sealedOn
        let reading: SourceReading
        let sealed: SealedSource
        do {
            switch flags.request {
            case .directory:
                let submodules = statement.predicate.details?.submodules.filter(\.isResolved).map(\.path.bytes) ?? []
                reading = try reader.directory(at: source.bytes, submodules: Set(submodules))
                sealed = .directory(reading, at: source.bytes, sealedOn: sealedOn)
            case .commit(let revision):
                let commit = try reader.commit(revision)
                reading = commit.source
                sealed = try reader.sealed(commit, sealedOn: sealedOn)
            }
        } catch let error as SourceNotReadable {
            throw RefusedByFindings(message: "build refused, the source cannot be read", findings: error.findings)
        }
        let failing = reading.findings.filter { $0.effect == .fails }
        guard failing.isEmpty else {
            throw RefusedByFindings(message: "build refused, the source has findings that fail", findings: failing)
        }
        guard try EvidenceStatement.isSource(reading.manifest, of: evidence) else {
            var hasher = SHA256()
            let roots =
                "recorded root \(statement.predicate.treeRoot.hex), found \(reading.manifest.root(using: &hasher).hex)"
            throw Trouble.refusal("build refused, the source is not that of the evidence: \(roots)")
        }
        return (sealed, statement)
    }

    private func report(_ result: BuildResult, _ keys: SealingKeys) throws {
        var lines = ["built: \(result.outputs.count) \(result.outputs.count == 1 ? "file" : "files")"]
        lines += result.outputs.prefix(100).map { "output    \($0.content.digest.hex) \($0.content.size) \($0.path)" }
        if result.outputs.count > 100 { lines.append("and \(result.outputs.count - 100) more") }
        for link in try BuildLinks.list(in: FilePath.join(out.bytes, "outputs")).prefix(100) {
            let words = "\(escaped(link.path)) -> \(escaped(link.target))"
            lines.append("link      \(words), copied as a link: it is no output, and no provenance tells it")
        }
        if let counts = result.trace?.counts { lines.append("opened    \(RebuildText.opened(counts))") }
        lines += keys.keys.map { "signed by \($0.publicKey.keyID) \($0.publicKey.typeName)" }
        lines += ["evidence  \(escaped(evidence.bytes))", "results   \(escaped(out.bytes))"]
        try Console.write(lines.joined(separator: "\n") + "\n")
    }
}

/// What evidence says of its source, for a builder who trusts nobody yet.
enum EvidenceStatement {
    /// The statement that speaks of the manifest; its signatures are not judged.
    static func find(_ evidence: Evidence, in directory: [UInt8]) throws -> SourceStatement {
        guard let manifest = evidence.manifest, let attestations = evidence.attestations else {
            throw Trouble("\(escaped(directory)) holds no evidence")
        }
        let digest = SHA256.digest(of: manifest)
        let envelopes: [Envelope]
        do throws(MalformedEnvelopeLines) { envelopes = try EnvelopeLines(parsing: attestations).envelopes } catch {
            throw Trouble(
                "the attestations in \(escaped(directory)) cannot be read: \(escaped(Array("\(error)".utf8)))"
            )
        }
        let statements = envelopes.compactMap { envelope -> SourceStatement? in
            guard envelope.payloadType == Envelope.inTotoPayloadType,
                let statement = try? Statement(parsing: envelope.payload),
                let source = try? SourceStatement(statement), source.manifestDigest == digest
            else { return nil }
            return source
        }
        guard let first = statements.first else {
            throw Trouble("the evidence in \(escaped(directory)) has no statement about its manifest")
        }
        // Whoever could add a line could else choose the name under which the builder signs.
        guard statements.allSatisfy({ $0.predicate.release == first.predicate.release }) else {
            throw Trouble.refusal("the evidence in \(escaped(directory)) gives its manifest to more than one release")
        }
        return first
    }

    /// Whether `manifest` is the open manifest of the evidence, or the one that its secret opens.
    static func isSource(_ manifest: Manifest, of evidence: Evidence) throws -> Bool {
        guard let recorded = evidence.manifest else { return false }
        if recorded == manifest.bytes { return true }
        guard recorded.starts(with: BlindedManifest.header), let secret = evidence.secret else { return false }
        let file = try SecretFile(parsing: secret)
        var hasher = SHA256()
        let blinded = try file.blinded(using: &hasher)
        return file.manifest == manifest && blinded.bytes == recorded
    }
}
#endif
