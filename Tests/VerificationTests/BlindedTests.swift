import Attestations
import Digests
import Encodings
import Merkle
import SigningKeys
import SourceManifest
import Testing
import Verification

/// A confidential release: the same files as ``Sealed``, blinded.
struct Confidential {
    let sealed: Sealed
    let secret: SecretFile
    let blinded: BlindedManifest
    var envelope: Envelope

    init(gaps: UInt64 = 0, details: SourceDetails? = nil) throws {
        sealed = try Sealed()
        let bytes = try #require(BlindingSecret([UInt8](repeating: 7, count: 32)))
        secret = try SecretFile(secret: bytes, decoys: 3, details: sealed.details.json, manifest: sealed.manifest)
        var hasher = SHA256()
        blinded = try secret.blinded(using: &hasher)
        let committed = try SecretFile(
            secret: bytes,
            decoys: 0,
            details: (details ?? sealed.details).json,
            manifest: sealed.manifest
        )
        let commitment = committed.detailsCommitment(using: &hasher)
        let (release, sealedOn) = (try #require(sealed.release), try #require(sealed.sealedOn))
        let predicate = SourceManifestPredicate(
            release: release,
            treeRoot: blinded.root(using: &hasher),
            entries: UInt64(blinded.count),
            view: .directory,
            content: .blinded(gaps: gaps, detailsCommitment: commitment),
            sealedOn: sealedOn,
            requiredSigners: sealed.signers.map(\.publicKey.keyID)
        )
        let statement = SourceStatement(
            manifestDigest: SHA256.digest(of: blinded.bytes),
            predicate: try #require(predicate)
        )
        envelope = try Envelope(signing: statement.payload, with: sealed.signers)
    }

    func evidence(secret: [UInt8]?) -> Evidence {
        Evidence(manifest: blinded.bytes, attestations: EnvelopeLines.line(of: envelope), secret: secret)
    }
}

@Suite struct BlindedTests {
    @Test func passesWithTheSecretAndNotWithout() throws {
        let confidential = try Confidential()
        let with = try confidential.sealed.judge(confidential.evidence(secret: confidential.secret.bytes))
        #expect(with.outcome == .passed)
        let without = try confidential.sealed.judge(confidential.evidence(secret: nil))
        #expect(without.outcome == .inconclusive)
        #expect(without.outcome(of: .signed) == .passed)
        #expect(without.rules(.inconclusive) == [.secretMissing])
    }

    @Test func comparesWithTheOpenedManifest() throws {
        let confidential = try Confidential()
        let altered = try Sealed.reading(Array(Sealed.files.dropLast()))
        let evidence = confidential.evidence(secret: confidential.secret.bytes)
        #expect(try confidential.sealed.judge(evidence, [altered]).rules(.fails) == [.missing])
    }

    @Test func refusesAnotherSecret() throws {
        let confidential = try Confidential()
        let text = String(decoding: confidential.secret.bytes, as: UTF8.self)
        let cases: [(String, String, Finding.Rule)] = [
            ("secret 07", "secret 08", .secretDiffers), ("decoys 3", "decoys 4", .secretDiffers),
            ("README", "README2", .secretDiffers), (#""entries":5"#, #""entries":6"#, .secretDiffers),
            (#""lfs":[]"#, #""lfs":[ ]"#, .malformedSecret), ("/v1", "/v2", .malformedSecret),
        ]
        for (old, new, rule) in cases {
            let secret = try #require(text.replacing(old, with: new))
            let verdict = try confidential.sealed.judge(confidential.evidence(secret: secret))
            #expect(verdict.outcome == .failed)
            #expect(verdict.rules(.fails) == [rule], "\(old)")
        }
    }

    @Test func refusesDetailsOrGapsThatWereNotSigned() throws {
        let other = SourceDetails(entries: 5, bytes: 1)
        for confidential in [try Confidential(gaps: 1), try Confidential(details: other)] {
            let verdict = try confidential.sealed.judge(confidential.evidence(secret: confidential.secret.bytes))
            #expect(verdict.rules(.fails) == [.secretDiffers])
        }
    }

    @Test func anOpenManifestDoesNotStandForABlindedOne() throws {
        let confidential = try Confidential()
        let evidence = Evidence(
            manifest: confidential.sealed.manifest.bytes,
            attestations: EnvelopeLines.line(of: confidential.envelope)
        )
        #expect(try confidential.sealed.judge(evidence).rules(.fails) == [.manifestDiffers])
    }
}

@Suite struct DisclosureJudgeTests {
    static let now = Sealed.now

    static func judge(
        _ disclosure: Disclosure,
        _ contents: [DisclosureJudge.Content] = [],
        policy: Policy = Sealed.policy()
    ) throws -> DisclosureJudge {
        DisclosureJudge(disclosure.bytes, contents: contents, policy: policy, at: try #require(now))
    }

    static func path(_ path: String) throws -> TreePath { try TreePath(Array(path.utf8)) }

    static func disclosure(_ sealed: Sealed, _ paths: [String]) throws -> Disclosure {
        var hasher = SHA256()
        let tree = sealed.manifest.tree(using: &hasher)
        let items = try paths.map { try sealed.manifest.disclose(try path($0), tree: tree) }
        return Disclosure(form: .open, envelopes: [try sealed.envelope().json], items: items)
    }

    static func content(
        _ path: String,
        _ content: String,
        _ mode: FileMode = .file
    ) throws -> DisclosureJudge.Content {
        let bytes = Array(content.utf8)
        let digest = SHA256.digest(of: bytes)
        return .init(try Entry(mode: mode, size: UInt64(bytes.count), digest: digest, path: try Self.path(path)))
    }

    @Test func passesForWhatIsDisclosed() throws {
        let sealed = try Sealed()
        let disclosure = try Self.disclosure(sealed, ["README.md", "src", "nothing"])
        let judged = try Self.judge(disclosure, [Self.content("README.md", "hello\n")])
        #expect(judged.verdict.outcome == .passed)
        #expect(judged.disclosure == disclosure)
        #expect(judged.verdict.outcome(of: .source) == .notJudged)
    }

    @Test func contentsDecideToo() throws {
        let disclosure = try Self.disclosure(try Sealed(), ["README.md", "nothing"])
        let cases: [(DisclosureJudge.Content, Outcome, Finding.Rule)] = [
            (try Self.content("README.md", "hullo\n"), .failed, .disclosedContentDiffers),
            (try Self.content("README.md", "hello\n", .executable), .failed, .disclosedContentDiffers),
            (try Self.content("README.md", "hello\n", .symbolicLink), .failed, .disclosedContentDiffers),
            (try Self.content("nothing", ""), .failed, .disclosedContentDiffers),
            (try Self.content("src/boot.c", "int main;\n"), .inconclusive, .contentNotDisclosed),
        ]
        for (content, outcome, rule) in cases {
            let verdict = try Self.judge(disclosure, [content]).verdict
            #expect(verdict.outcome == outcome)
            #expect(verdict.findings.map(\.rule) == [rule])
        }
    }

    @Test func refusesOtherKeysProofsAndBytes() throws {
        let sealed = try Sealed()
        let disclosure = try Self.disclosure(sealed, ["README.md"])
        let untrusted = try Self.judge(disclosure, policy: Sealed.policy([Sealed.keys[2]]))
        #expect(untrusted.verdict.outcome == .failed && untrusted.disclosure == nil)
        let other = try Sealed(Array(Sealed.files.dropLast()))
        let mixed = Disclosure(form: .open, envelopes: [try other.envelope().json], items: disclosure.items)
        #expect(try Self.judge(mixed).verdict.rules(.fails) == [.proofFails])
        let empty = Disclosure(form: .open, envelopes: disclosure.envelopes, items: [])
        #expect(try Self.judge(empty).verdict.outcome != .passed)
        let malformed = DisclosureJudge([], contents: [], policy: Sealed.policy(), at: try #require(Self.now))
        #expect(malformed.verdict.rules(.fails) == [.malformedDisclosure])
    }

    @Test func everyFlippedByteIsRefused() throws {
        var sealed = try Sealed()
        sealed.signers = [Sealed.keys[2]]
        let policy = Sealed.policy([Sealed.keys[2]])
        let disclosure = try Self.disclosure(sealed, ["README.md"])
        var bytes = disclosure.bytes
        let hint = Array(Sealed.keys[2].publicKey.keyID.description.utf8)
        let now = try #require(Self.now)
        for index in bytes.indices {
            bytes[index] ^= 1
            let verdict = DisclosureJudge(bytes, contents: [], policy: policy, at: now).verdict
            if verdict.outcome == .passed { #expect(Unauthenticated.holds(disclosure.bytes, index, hint: hint)) }
            bytes[index] ^= 1
        }
    }

    @Test func opensLeavesOfABlindedManifest() throws {
        let confidential = try Confidential()
        var hasher = SHA256()
        let tree = confidential.blinded.tree(using: &hasher)
        let path = try Self.path("README.md")
        let items = try confidential.secret.disclose(path, of: confidential.blinded, tree: tree, using: &hasher)
        let envelopes = [confidential.envelope.json]
        let content = try Self.content("README.md", "hello\n")
        let disclosure = Disclosure(form: .blinded, envelopes: envelopes, items: items)
        #expect(try Self.judge(disclosure, [content]).verdict.outcome == .passed)
        let asOpen = Disclosure(form: .open, envelopes: envelopes, items: items)
        #expect(try Self.judge(asOpen).verdict.outcome == .failed)
    }
}

@Suite struct DeltaJudgeTests {
    static func judge(_ old: Evidence, _ new: Evidence, policy: Policy = Sealed.policy()) throws -> DeltaJudge {
        DeltaJudge(old: old, new: new, policy: policy, at: try #require(Sealed.now))
    }

    @Test func saysWhatChangedBetweenVerifiedReleases() throws {
        var old = try Sealed(Array(Sealed.files.dropLast()))
        old.release = ReleaseName(product: "boot", version: "1.1")
        let new = try Sealed()
        let judged = try Self.judge(old.evidence(), new.evidence())
        #expect(judged.outcome == .passed)
        #expect(judged.result?.delta.added == [4])
        let confidential = try Confidential()
        let opened = confidential.evidence(secret: confidential.secret.bytes)
        #expect(try Self.judge(old.evidence(), opened).result?.delta.added == [4])
        #expect(try Self.judge(old.evidence(), confidential.evidence(secret: nil)).outcome == .inconclusive)
    }

    @Test func refusesWhatIsNotVerified() throws {
        let (sealed, other) = (try Sealed(), try Sealed([(.file, "a", "b")]))
        let mixed = Evidence(manifest: other.manifest.bytes, attestations: try sealed.evidence().attestations)
        let missing = Evidence(manifest: nil, attestations: nil)
        #expect(try Self.judge(sealed.evidence(), mixed).outcome == .failed)
        #expect(try Self.judge(mixed, sealed.evidence()).outcome == .failed)
        #expect(try Self.judge(sealed.evidence(), missing).outcome == .inconclusive)
        var another = try Sealed()
        another.release = ReleaseName(product: "other", version: "1.2")
        let products = try Self.judge(another.evidence(), sealed.evidence())
        #expect(products.outcome == .failed && products.result == nil)
        let untrusted = Sealed.policy([Sealed.keys[2]])
        #expect(try Self.judge(sealed.evidence(), sealed.evidence(), policy: untrusted).result == nil)
    }
}
