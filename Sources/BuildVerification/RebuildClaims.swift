import Attestations
import BuildStatements
import Encodings
import SigningKeys
import SourceManifest
import Verification

/// A rebuild record of the verified source that counts, and who answers for it.
struct CountedRecord {
    /// The record.
    let record: RebuildRecord
    /// The independent trusted rebuilders that signed it; empty for one that was made here.
    let rebuilders: [Policy.TrustedKey]
    /// Those of the policy's rebuilders that signed it and the source too; their bad words count, their good ones not.
    var sealers: [Policy.TrustedKey] = []
    /// The line of the envelope; nil for one that was made here.
    let line: Int?
    /// Whether the build definition is a file of the sealed source.
    var isDefinitionSealed = false

    /// Whether its good words count: it was made here, or an independent rebuilder signed it.
    var isIndependent: Bool { line == nil || !rebuilders.isEmpty }

    /// Who and when, for people; ASCII.
    var origin: String {
        guard let line else { return "rebuilt here" }
        let keys = (rebuilders + sealers).map { "\($0.key.keyID) \(ASCII.escape($0.name))" }.joined(separator: ", ")
        return "line \(line), \(record.rebuiltOn), by \(keys)"
    }
}

/// What of the evidence speaks of the build of a verified source: the records and the waivers that count, and why the
/// others do not.
struct RebuildClaims {
    /// The records that count, in the order of their lines; the one that was made here first.
    private(set) var records: [CountedRecord] = []
    /// The independent rebuilders of the policy.
    private(set) var rebuilders: [Policy.TrustedKey] = []
    /// What was noticed.
    private(set) var findings: [Finding] = []
    /// What builders say they built of this source, by the SHA-256 of the output; no more than their word.
    private(set) var provenance: [Digest: Provenance] = [:]

    private let manifest: VerifiedManifest
    private let policy: Policy
    private let now: Timestamp
    private var waivers: [Digest: [Digest: Waiver]] = [:]
    private var sealers: Set<KeyID> = []

    /// Reads what keys of the policy signed; other payloads are searched for the type of a record, for a notice.
    init(
        _ manifest: VerifiedManifest,
        _ payloads: [SignedPayload],
        _ policy: Policy,
        local: RebuildRecord?,
        at now: Timestamp
    ) {
        self.manifest = manifest
        self.policy = policy
        self.now = now
        let signed = payloads.filter { !$0.everySigner.isEmpty }.map { payload in
            (payload, statement: payload.isInToto ? try? Statement(parsing: payload.payload) : nil)
        }
        for (payload, statement) in signed { addSealers(payload, statement) }
        rebuilders = policy.build.rebuilders?.keys.filter { !sealers.contains($0.key.keyID) } ?? []
        if let local { addLocal(local) }
        for payload in payloads {
            addBroken(payload)
            if payload.everySigner.isEmpty { addUnsigned(payload) }
        }
        for (payload, statement) in signed {
            do throws(MalformedStatement) {
                if let statement { try read(statement, of: payload) } else { addUnreadable(payload) }
            } catch {
                addMalformed(payload, error.description)
            }
        }
        findSealedDefinitions()
    }

    /// The waiver that accepts a difference of a shipped file.
    func waiver(of difference: RebuiltArtifact.Difference, in artifact: Digest) -> Waiver? {
        waivers[artifact]?[difference.id]
    }

    // MARK: Who counts

    /// Whoever sealed this manifest, alone or with others, is no independent rebuilder of it.
    ///
    /// Only a signature that holds tells who sealed: a key that is merely named would be silenced by a stranger.
    private mutating func addSealers(_ payload: SignedPayload, _ statement: Statement?) {
        guard let statement, let source = try? SourceStatement(statement),
            source.manifestDigest == manifest.statement.statement.manifestDigest
        else { return }
        sealers.formUnion(payload.everySigner.map(\.key.keyID))
    }

    /// The policy's rebuilders that signed, independent or not.
    private func rebuilders(of payload: SignedPayload) -> [Policy.TrustedKey] {
        let signers = Set(payload.everySigner.map(\.key.keyID))
        return policy.build.rebuilders?.keys.filter { signers.contains($0.key.keyID) } ?? []
    }

    private func isByWaiverKeys(_ payload: SignedPayload) -> Bool {
        guard let quorum = policy.build.waivers else { return false }
        let signers = Set(payload.everySigner.map(\.key.keyID))
        return quorum.keys.count { signers.contains($0.key.keyID) } >= quorum.threshold
    }

    /// A signature that names a key of the policy and does not hold: a word of its owner that was altered, or put into
    /// their mouth.
    ///
    /// Without this, a changed byte of a bad record would make it one of nobody's and leave the good ones alone.
    private mutating func addBroken(_ payload: SignedPayload) {
        let broken = payload.signatures.filter { $0.signer == nil }
        for trusted in policy.everyKey where broken.contains(where: { $0.keyIDHint == trusted.key.keyID.text }) {
            let found = "\(payload.place): a signature that names \(trusted.key.keyID) does not hold"
            findings.append(Finding(.malformedRecord, found: found))
        }
    }

    /// What nobody signed whose word counts is not read; that it is there may matter to a person.
    private mutating func addUnsigned(_ payload: SignedPayload) {
        if payload.payload.contains(Array(RebuildRecord.type.utf8)) {
            findings.append(Finding(.rebuilderNotTrusted, found: "rebuild record, \(payload.place)"))
        } else if payload.payload.contains(Array(Waiver.type.utf8)) {
            findings.append(Finding(.waiverNotCounted, found: "\(payload.place), signed by no key of the policy"))
        }
    }

    // MARK: What it says

    private mutating func read(_ statement: Statement, of payload: SignedPayload) throws(MalformedStatement) {
        switch statement.predicateType {
        case RebuildRecord.type:
            let rebuilders = rebuilders(of: payload)
            let independent = rebuilders.filter { !sealers.contains($0.key.keyID) }
            if independent.isEmpty {
                findings.append(Finding(.rebuilderNotTrusted, found: "rebuild record, \(payload.place)"))
            }
            guard !rebuilders.isEmpty, let record = try RebuildRecord(statement) else { return }
            let others = rebuilders.filter { sealers.contains($0.key.keyID) }
            add(CountedRecord(record: record, rebuilders: independent, sealers: others, line: payload.line))
        case Waiver.type:
            guard isByWaiverKeys(payload) else {
                let found = "\(payload.place), signed by too few of the policy's waiver keys"
                return findings.append(Finding(.waiverNotCounted, found: found))
            }
            if let waiver = try Waiver(statement) { add(waiver, payload.place) }
        case Provenance.type:
            guard let provenance = try Provenance(statement), provenance.isAbout(manifest) else { return }
            for output in provenance.outputs { self.provenance[output.digest] = provenance }
        // What a later version says may be a no.
        case let type where type.utf8.starts(with: "urn:vitrine:rebuild:".utf8) && !rebuilders(of: payload).isEmpty:
            addMalformed(payload, "a rebuild record of another version")
        default: return
        }
    }

    private mutating func addLocal(_ record: RebuildRecord) {
        guard record.isAbout(manifest) else {
            let found = "a record of \(record.release), made here"
            return findings.append(Finding(.rebuildOfOtherSource, found: found, effect: .inconclusive))
        }
        records.append(CountedRecord(record: record, rebuilders: [], line: nil))
    }

    private mutating func add(_ counted: CountedRecord) {
        guard counted.record.isAbout(manifest) else {
            let found = "\(counted.record.release), root \(counted.record.treeRoot.hex), \(counted.origin)"
            return findings.append(Finding(.rebuildOfOtherSource, found: found))
        }
        records.append(counted)
    }

    private mutating func add(_ waiver: Waiver, _ place: String) {
        var reason: String?
        if waiver.release != manifest.predicate.release { reason = "for \(waiver.release)" }
        if waiver.expiresOn <= now { reason = "expired on \(waiver.expiresOn)" }
        if let reason { return findings.append(Finding(.waiverNotCounted, found: "\(place), \(reason)")) }
        for id in waiver.differences {
            waivers[waiver.artifact.digest, default: [:]][id] = waiver
        }
    }

    /// A payload that is no statement at all, from somebody whose word counts.
    private mutating func addUnreadable(_ payload: SignedPayload) {
        guard payload.isInToto else {
            guard !rebuilders(of: payload).isEmpty else { return }
            let found = "payload type \(ASCII.escape(payload.payloadType)), \(payload.place)"
            return findings.append(Finding(.otherPayloadType, found: found))
        }
        addMalformed(payload, "no statement")
    }

    private mutating func addMalformed(_ payload: SignedPayload, _ reason: String) {
        findings.append(Finding(.malformedRecord, found: ASCII.escape("\(payload.place): \(reason)")))
    }

    /// A sealed definition was in front of the reviewer; one that was not can declare what it wants.
    private mutating func findSealedDefinitions() {
        guard let open = manifest.open else { return }
        let wanted = Set(records.map(\.record.definition))
        guard !wanted.isEmpty else { return }
        var found: Set<Digest> = []
        for index in 0..<open.count {
            let entry = open.entry(at: index)
            if entry.mode.isFile, wanted.contains(entry.digest) { found.insert(entry.digest) }
        }
        for index in records.indices {
            records[index].isDefinitionSealed = found.contains(records[index].record.definition)
        }
    }
}

extension SignedPayload {
    /// The first line it stands on.
    fileprivate var line: Int { signatures.first?.line ?? 0 }

    fileprivate var place: String { "line \(line)" }

    fileprivate var isInToto: Bool { payloadType == Envelope.inTotoPayloadType }
}

extension VerifiedManifest {
    /// Whether a statement about these is one about the release, the root and the very file that were verified.
    fileprivate func isOf(_ release: ReleaseName, _ treeRoot: Digest, _ manifest: Digest) -> Bool {
        release == predicate.release && treeRoot == predicate.treeRoot && manifest == statement.statement.manifestDigest
    }
}

extension RebuildRecord {
    fileprivate func isAbout(_ verified: VerifiedManifest) -> Bool { verified.isOf(release, treeRoot, manifest) }
}

extension Provenance {
    fileprivate func isAbout(_ verified: VerifiedManifest) -> Bool { verified.isOf(release, treeRoot, manifest) }
}
