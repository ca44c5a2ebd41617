import Attestations
import DirectorySource
import Encodings
import Glibc
import SigningKeys
import SourceManifest
import Verification

/// Evidence that is there already.
///
/// It is only ever extended, by signatures over the payload it holds.
struct ExistingEvidence {
    /// Where a statement may differ and still claim the same: when and by whom it was made, and how it was read.
    private static let circumstances: Set<Text> = ["sealedOn", "requiredSigners", "reused", "objectReader"]

    let directory: [UInt8]

    /// What adding signatures came to.
    struct Extension {
        let statement: SourceStatement
        let signed: [PrivateKey]
        let signedBefore: [PrivateKey]
    }

    /// Signs the payload of the evidence with every key that has not signed it yet.
    ///
    /// Refused, with status 1, unless it claims what `content` claims of `release`.
    func extend(_ content: SealContent, _ release: ReleaseName, _ keys: SealingKeys) throws -> Extension {
        let lock = try EvidenceAppending.lock(directory)
        defer { close(lock) }
        let files = try EvidenceFiles.read(directory)
        guard files.manifest == content.manifest else {
            throw refusal("it is the evidence of another source than this one, whose root is \(content.root.hex)")
        }
        let old = files.attestations ?? []
        let envelopes: [Envelope]
        do throws(MalformedEnvelopeLines) {
            envelopes = try EnvelopeLines(parsing: old).envelopes
        } catch {
            throw refusal("its attestations cannot be read: \(escaped(Array(error.description.utf8)))")
        }
        let statement = try content.statement(of: release, sealedOn: try Clock.now(), requiredSigners: keys.keyIDs)
        guard let existing = envelopes.lazy.compactMap({ same($0, as: statement) }).first else {
            throw refusal("it states something else of this source")
        }
        let payload = existing.payload
        let fitting = envelopes.filter { $0.payloadType == Envelope.inTotoPayloadType && $0.payload == payload }
        let signedBefore = keys.keys.filter { key in
            fitting.contains { envelope in
                envelope.signatures.contains { key.publicKey.accepts($0.bytes, of: envelope.signedBytes) }
            }
        }
        let missing = keys.keys.filter { key in
            !signedBefore.contains { $0.publicKey.keyID == key.publicKey.keyID }
        }
        if !missing.isEmpty {
            try EvidenceAppending.append(try Envelope(signing: payload, with: missing), to: old, in: directory)
        }
        return Extension(statement: existing, signed: missing, signedBefore: signedBefore)
    }

    /// The statement of an envelope, where it claims the same and is spelled as we would spell it.
    private func same(_ envelope: Envelope, as wanted: SourceStatement) -> SourceStatement? {
        guard envelope.payloadType == Envelope.inTotoPayloadType,
            let statement = try? Statement(parsing: envelope.payload),
            let source = try? SourceStatement(statement), source.payload == envelope.payload,
            source.manifestDigest == wanted.manifestDigest
        else { return nil }
        let circumstances = ExistingEvidence.circumstances
        let isSame = source.predicate.json.without(circumstances) == wanted.predicate.json.without(circumstances)
        return isSame ? source : nil
    }

    private func refusal(_ reason: String) -> Trouble {
        .refusal("seal refused, \(escaped(directory)) is there: \(reason)", hints: ["an earlier seal is never changed"])
    }
}
