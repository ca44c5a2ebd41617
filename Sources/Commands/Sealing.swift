import Attestations
import Encodings
import SigningKeys
import SourceManifest
import Verification

/// The sealing of a source that was read: new evidence, or a signature more on evidence that is there.
struct Sealing {
    let release: ReleaseName
    let reading: SourceReading
    let keys: SealingKeys
    let reused: SourceManifestPredicate.Reuse?
    /// The number of decoys of a confidential release; nil for an open one.
    let decoys: Int?

    /// Seals into `directory` and says what was done.
    func run(_ directory: [UInt8]) throws {
        guard reading.unlistedRecordCount == 0 else {
            throw Trouble.refusal(
                "seal refused, \(reading.unlistedRecordCount) LFS pointers and attributes more than a statement can list"
            )
        }
        if Descriptor.mode(of: directory) != nil {
            try extend(directory)
        } else {
            try create(directory)
        }
    }

    private func create(_ directory: [UInt8]) throws {
        let content = try content(secret: decoys == nil ? nil : try newSecret())
        let evidence = try NewEvidence(directory)
        let statement = try content.statement(of: release, sealedOn: try Clock.now(), requiredSigners: keys.keyIDs)
        let envelope = try Envelope(signing: statement.payload, with: keys.keys)
        try evidence.add(EvidenceFiles.manifestName, content.manifest)
        try evidence.add(EvidenceFiles.attestationsName, EnvelopeLines.line(of: envelope))
        try evidence.settle(secret: content.secret)
        try report("sealed", content, keys.keys, directory)
    }

    private func extend(_ directory: [UInt8]) throws {
        let evidence = ExistingEvidence(directory: directory)
        let content = try content(secret: decoys == nil ? nil : try oldSecret(directory))
        let added = try evidence.extend(content, release, keys)
        for key in added.signedBefore {
            let sealedOn = added.statement.predicate.sealedOn
            Console.say("\(key.publicKey.keyID) has signed this before; it was sealed on \(sealedOn)")
        }
        try report(added.signed.isEmpty ? "unchanged" : "signature added", content, added.signed, directory)
    }

    private func content(secret: SecretFile?) throws -> SealContent {
        guard let secret else { return SealContent(reading, reused: reused) }
        return try SealContent(reading, blindedBy: secret)
    }

    private func newSecret() throws -> SecretFile {
        guard let secret = BlindingSecret(try SecureRandom.bytes(BlindingSecret.byteCount)) else {
            throw Trouble("no random bytes for the secret")
        }
        return try SecretFile(
            secret: secret,
            decoys: decoys ?? 0,
            details: reading.details.json,
            manifest: reading.manifest
        )
    }

    /// What this source gives under the secret that is there.
    private func oldSecret(_ directory: [UInt8]) throws -> SecretFile {
        guard let bytes = try EvidenceFiles.read(directory).secret else {
            let path = escaped(EvidenceFiles.secretPath(beside: directory))
            throw Trouble.refusal("seal refused, \(escaped(directory)) is there and no \(path) to sign it with")
        }
        let old = try SecretFile(parsing: bytes)
        let reader: Set<Text> = ["objectReader"]
        let isSame = old.details.without(reader) == reading.details.json.without(reader)
        return try SecretFile(
            secret: old.secret,
            decoys: old.decoys,
            details: isSame ? old.details : reading.details.json,
            manifest: reading.manifest
        )
    }

    private func report(_ what: String, _ content: SealContent, _ signers: [PrivateKey], _ directory: [UInt8]) throws {
        var lines = ["\(what): \(release)", "root      \(content.root.hex)", "entries   \(reading.manifest.count)"]
        if decoys != nil { lines.append("leaves    \(content.count), decoys included") }
        lines.append("bytes     \(reading.bytes)")
        if let reused { lines.append("reused    \(reused.entries) entries of the earlier manifest") }
        for key in signers {
            lines.append("signed by \(key.publicKey.keyID) \(key.publicKey.typeName)")
        }
        lines.append("evidence  \(escaped(directory))")
        if content.secret != nil {
            lines.append("secret    \(escaped(EvidenceFiles.secretPath(beside: directory))), which only you may keep")
        }
        try Console.write(lines.joined(separator: "\n") + "\n")
    }
}
