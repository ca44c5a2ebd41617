#if DEBUG  // Looks inside modules, which only a debug build lets it do.
import Attestations
import BuildStatements
import DirectorySource
import Disclosures
import Encodings
import SourceManifest
import StatementWriting
import Verification

@testable import PrivateKeys
@testable import SigningKeys

extension FuzzTarget {
    /// What a release's evidence is made of, and what is disclosed of it.
    static let manifests: [FuzzTarget] = [
        FuzzTarget("manifest") { bytes in
            guard let manifest = try? Manifest(parsing: bytes) else { return false }
            var writer = ManifestWriter()
            for index in 0..<manifest.count {
                // What is refused here is missing below.
                try? writer.append(manifest.entry(at: index))
                promise(manifest.index(of: manifest.path(at: index)) == index)
            }
            let written = writer.finish()
            promise(manifest.bytes == bytes && written.bytes == bytes)
            return true
        },
        FuzzTarget("blinded-manifest") { bytes in
            guard let manifest = try? BlindedManifest(parsing: bytes) else { return false }
            promise(manifest.bytes == bytes)
            return true
        },
        FuzzTarget("secret-file") { bytes in
            guard let file = try? SecretFile(parsing: bytes) else { return false }
            promise(file.bytes == bytes)
            _ = try? SourceDetails(file.details, at: "details")
            return true
        },
        FuzzTarget("disclosure") { bytes in
            guard let disclosure = try? Disclosure(parsing: bytes) else { return false }
            promise(disclosure.bytes == bytes)
            _ = try? EnvelopeLines(objects: disclosure.envelopes)
            return true
        },
    ]

    static let attestations: [FuzzTarget] = [
        FuzzTarget("envelope") { bytes in
            guard let envelope = try? Envelope(parsing: bytes) else { return false }
            // Unknown fields are ignored, so the second round is the one that must agree.
            promise((try? Envelope(parsing: envelope.json.compact)) == envelope)
            return true
        },
        FuzzTarget("envelope-lines") { bytes in
            guard let lines = try? EnvelopeLines(parsing: bytes) else { return false }
            promise((try? EnvelopeLines(parsing: lines.envelopes.flatMap(EnvelopeLines.line))) == lines)
            return true
        },
        FuzzTarget("statement") { bytes in
            guard let statement = try? Statement(parsing: bytes) else { return false }
            promise((try? Statement(parsing: statement.json.compact)) == statement)
            guard let source = try? SourceStatement(statement) else { return false }
            promise((try? SourceStatement(Statement(parsing: source.payload))) == source)
            return true
        },
        FuzzTarget("predicate") { bytes in
            guard let json = try? JSON(parsing: bytes),
                let predicate = try? SourceManifestPredicate(json, at: "predicate")
            else { return false }
            promise((try? SourceManifestPredicate(predicate.json, at: "predicate")) == predicate)
            return true
        },
        FuzzTarget("policy") { bytes in
            guard let policy = try? Policy(parsing: bytes) else { return false }
            promise(policy.threshold >= 1 && policy.threshold <= policy.keys.count)
            return true
        },
        FuzzTarget("timestamp") { bytes in
            guard let text = Text(utf8: bytes), let timestamp = Timestamp(text) else { return false }
            promise(timestamp.text == text && Timestamp(seconds: timestamp.seconds) == timestamp)
            return true
        },
        FuzzTarget("gitattributes") { bytes in
            guard let path = try? TreePath(Array(".gitattributes".utf8)) else { return false }
            for attribute in AttributesFile.byteChangingAttributes(in: bytes, at: path) {
                promise((try? ByteChangingAttribute(attribute.json, at: "attribute")) == attribute)
            }
            return true
        },
        FuzzTarget("lfs-pointer") { bytes in
            guard let pointer = LFSPointer(bytes) else { return false }
            promise(bytes.count < LFSPointer.sizeLimit)
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            promise(lines.contains("oid sha256:\(pointer.oid.hex)") && lines.contains("size \(pointer.size)"))
            return true
        },
    ]

    static let builds: [FuzzTarget] = [
        FuzzTarget("rebuild-record") { bytes in
            guard let statement = try? Statement(parsing: bytes), let record = try? RebuildRecord(statement) else {
                return false
            }
            promise((try? RebuildRecord(Statement(parsing: record.payload))) == record)
            let worst = RebuildRecord.Result(worst: RebuildRecord.worstGrade(of: record.artifacts))
            promise(record.reason != nil || record.result == worst)
            for artifact in record.artifacts where artifact.unlistedDifferenceCount == 0 {
                promise(artifact.differences.reduce(0) { $0 + $1.bytes } == artifact.account.unexplained)
            }
            return true
        },
        FuzzTarget("provenance") { bytes in
            guard let statement = try? Statement(parsing: bytes), let provenance = try? Provenance(statement) else {
                return false
            }
            promise((try? Provenance(Statement(parsing: provenance.payload))) == provenance)
            return true
        },
        FuzzTarget("waiver") { bytes in
            guard let statement = try? Statement(parsing: bytes), let waiver = try? Waiver(statement) else {
                return false
            }
            promise((try? Waiver(Statement(parsing: waiver.payload))) == waiver)
            return true
        },
    ]

    static let keys: [FuzzTarget] = [
        FuzzTarget("public-key-pem") { bytes in
            guard let key = try? PublicKey(pem: bytes) else { return false }
            promise((try? PublicKey(pem: key.pem)) == key)
            return true
        },
        FuzzTarget("spki") { bytes in
            guard let key = try? PublicKey(spki: bytes) else { return false }
            promise(key.spki == bytes)
            return true
        },
        FuzzTarget("private-key-pem") { bytes in
            // Without a passphrase: the rounds of an encrypted key are what makes it slow. Its form is read all the same.
            if var pem = try? PEM(parsing: bytes) {
                try? EncryptedPrivateKeyInfo.check(pem.content)
                wipe(&pem.content)
            }
            _ = try? PrivateKey.isEncrypted(pem: bytes)
            guard let key = try? PrivateKey(pem: bytes) else { return false }
            promise((try? PublicKey(pem: key.publicKey.pem)) == key.publicKey)
            return true
        },
    ]
}
#endif
