#if Commands
import ArgumentParser
import Attestations
import BuildStatements
import Digests
import Encodings
import PrivateKeys
import SigningKeys
import StatementWriting
import Verification

/// `vitrine waive`: accepts named differences of a shipped file until a day.
struct WaiveCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "waive",
        abstract: "Accepts named differences of a shipped file until a day, and signs that.",
        discussion: """
            The waiver is added to the evidence as a line of its own. It counts for readers whose policy names its \
            keys as waiver keys, until it expires, and for exactly the differences whose ids are given. The ids are \
            those of the rebuild record.

            Example:
              vitrine waive manifests/demo/1.0 --artifact demo.deb --difference ID --reason 'build host in a comment' \
            --owner 'release team' --expires 2027-06-30 --key owner.key.pem
            """
    )

    @Argument(help: ArgumentHelp("The evidence directory of the release.", valueName: "evidence-dir"))
    var evidence: PathArgument

    @Option(help: ArgumentHelp("The shipped file, or its SHA-256.", valueName: "file-or-sha256"))
    var artifact: PathArgument

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("The id of an accepted difference; once for each.", valueName: "id")
    )
    var difference: [String]

    @Option(help: ArgumentHelp("Why it is accepted.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Who answers for that.", valueName: "text"))
    var owner: String

    @Option(
        help: ArgumentHelp("The day it ends, as 2027-06-30, or the time, as 2027-06-30T12:00:00Z.", valueName: "date")
    )
    var expires: String

    @Option(help: ArgumentHelp("A private key; once for each signer.", valueName: "key.pem"))
    var key: [PathArgument]

    @Option(help: ArgumentHelp("A file that holds the passphrase of the keys.", valueName: "file"))
    var passphraseFile: PathArgument?

    func validate() throws {
        for id in difference where Digest(hex: Text(id)) == nil {
            throw ValidationError("--difference is an id of 64 lower-case hexadecimal digits.")
        }
        if expiry == nil {
            throw ValidationError("--expires is a day as 2027-06-30, or a time as 2027-06-30T12:00:00Z.")
        }
    }

    private var expiry: Timestamp? { Timestamp(Text(expires)) ?? Timestamp(Text(expires + "T00:00:00Z")) }

    func run() throws -> ExitStatus {
        let now = try Clock.now()
        guard let expiry, now < expiry else { throw Trouble("--expires has passed already") }
        let records = try EvidenceRecords(evidence.bytes)
        let artifact = try subject(among: records.artifacts)
        let ids = difference.compactMap { Digest(hex: Text($0)) }
        let waiver: Waiver
        do throws(UnexpectedJSON) {
            waiver = try Waiver(
                release: records.release,
                artifact: artifact,
                differences: ids,
                reason: Text(reason),
                owner: Text(owner),
                waivedOn: now,
                expiresOn: expiry
            )
        } catch {
            throw Trouble("no such waiver can be written: \(error)")
        }
        let listed = records.artifacts.filter { $0.shipped.digest == artifact.digest }.flatMap(\.differences)
        for id in waiver.differences where !listed.contains(where: { $0.id == id }) {
            Console.say("no rebuild record in the evidence lists the difference \(id.hex) of this file")
        }
        let keys = try SealingKeys(key.map(\.bytes), Passphrase(file: passphraseFile?.bytes))
        try EvidenceAppending.append(try Envelope(signing: waiver.payload, with: keys.keys), to: evidence.bytes)
        try report(waiver, keys.keys)
        return .done
    }

    /// The file that was named, by its bytes or by its digest.
    private func subject(among artifacts: [RebuiltArtifact]) throws -> ResourceDescriptor {
        if let digest = Digest(hex: artifact.bytes) {
            let known = artifacts.first { $0.shipped.digest == digest }
            return known?.subject ?? ResourceDescriptor(name: Text(digest.hex), digest: digest)
        }
        let files = try ShippedBuild.read([artifact])
        guard files.count == 1, let file = files.first else {
            throw Trouble("\(escaped(artifact.bytes)) is not one file")
        }
        let name = String(decoding: TreePath.escape(file.name), as: UTF8.self)
        return ResourceDescriptor(name: Text(name), digest: file.content.digest)
    }

    private func report(_ waiver: Waiver, _ signers: [PrivateKey]) throws {
        var lines = ["waived: \(waiver.release)", "file      \(waiver.artifact.name) \(waiver.artifact.digest.hex)"]
        lines += waiver.differences.map { "accepts   \($0.hex)" }
        lines.append("until     \(waiver.expiresOn)")
        lines += signers.map { "signed by \($0.publicKey.keyID) \($0.publicKey.typeName)" }
        lines.append("evidence  \(escaped(evidence.bytes))")
        try Console.write(lines.joined(separator: "\n") + "\n")
    }
}

/// What unverified evidence says of its release and its rebuilds, for a person who writes about it; it decides nothing.
struct EvidenceRecords {
    /// The release of the statement about the manifest.
    let release: ReleaseName
    /// The artifacts of all rebuild records that can be read.
    let artifacts: [RebuiltArtifact]

    /// Reads the evidence in a directory.
    init(_ directory: [UInt8]) throws(Trouble) {
        let files = try EvidenceFiles.read(directory)
        guard let manifest = files.manifest, let attestations = files.attestations else {
            throw Trouble("\(escaped(directory)) holds no evidence")
        }
        let envelopes: [Envelope]
        do throws(MalformedEnvelopeLines) {
            envelopes = try EnvelopeLines(parsing: attestations).envelopes
        } catch {
            throw Trouble(
                "the attestations in \(escaped(directory)) cannot be read: \(escaped(Array("\(error)".utf8)))"
            )
        }
        let statements = envelopes.compactMap { try? Statement(parsing: $0.payload) }
        let digest = SHA256.digest(of: manifest)
        let sources = statements.compactMap { try? SourceStatement($0) }
        guard let source = sources.first(where: { $0.manifestDigest == digest }) else {
            throw Trouble("the evidence in \(escaped(directory)) has no statement about its manifest")
        }
        release = source.predicate.release
        artifacts = statements.compactMap { try? RebuildRecord($0) }.flatMap(\.artifacts)
    }
}
#endif
