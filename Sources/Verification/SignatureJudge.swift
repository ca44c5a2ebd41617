package import Attestations
package import Encodings
package import SigningKeys

/// One claimed signature and what it came to under a policy.
package struct CheckedSignature: Hashable, Sendable {
    /// The line of the envelope, from 1.
    package let line: Int
    /// The unauthenticated hint of the envelope.
    package let keyIDHint: Text
    /// The key of the policy that made it, in whatever role it is trusted; nil when none did.
    package let signer: KeyID?
}

/// A payload and the distinct trusted keys that signed it, on whatever lines.
package struct SignedPayload: Sendable {
    /// How to read the payload.
    package let payloadType: Text
    /// The bytes that were signed.
    package let payload: [UInt8]
    /// Every claimed signature of it, in the order of the lines.
    package let signatures: [CheckedSignature]
    /// The distinct release keys that signed it, in the order of the policy.
    package let signers: [Policy.TrustedKey]
    /// The distinct keys of the policy that signed it, in whatever role they are trusted.
    package let everySigner: [Policy.TrustedKey]
}

/// A statement about source that enough distinct trusted keys signed.
///
/// Only ``SignatureJudge`` makes one. It says who signed which claim, not that the claim holds for any bytes at hand.
package struct VerifiedStatement: Sendable {
    /// The claim.
    package let statement: SourceStatement
    /// The payload it was read from, with its signatures.
    package let signed: SignedPayload

    fileprivate init(_ statement: SourceStatement, _ signed: SignedPayload) {
        self.statement = statement
        self.signed = signed
    }
}

/// Judges signatures: which trusted keys signed which payloads.
package struct SignatureJudge: Sendable {
    /// The statements about source that enough distinct trusted keys signed, the latest seal first.
    package private(set) var statements: [VerifiedStatement] = []
    /// Every payload of the evidence, in the order of the lines.
    package let payloads: [SignedPayload]
    /// What was noticed.
    package private(set) var findings: [Finding] = []

    /// Judges the envelopes of one file by the keys and the threshold of `policy`.
    ///
    /// Signatures of the same payload bytes count together, wherever they stand, and each key once. Nothing of a
    /// payload is read before enough keys signed it.
    package init(_ envelopes: [Envelope], policy: Policy) {
        payloads = SignatureJudge.check(envelopes, policy)
        for payload in payloads where payload.signers.count >= policy.threshold {
            read(payload)
        }
        statements.sort { left, right in
            let (first, second) = (left.statement.predicate.sealedOn, right.statement.predicate.sealedOn)
            guard first == second else { return second < first }
            return left.signed.payload.lexicographicallyPrecedes(right.signed.payload)
        }
    }

    private mutating func read(_ signed: SignedPayload) {
        let line = signed.signatures.first.map { "line \($0.line)" }
        guard signed.payloadType == Envelope.inTotoPayloadType else {
            let recorded = ASCII.escape(Envelope.inTotoPayloadType)
            findings.append(
                Finding(
                    .otherPayloadType,
                    recorded: "payload type \(recorded)",
                    found: "payload type \(ASCII.escape(signed.payloadType)), \(line ?? "")"
                )
            )
            return
        }
        do throws(MalformedStatement) {
            let statement = try SourceStatement(try Statement(parsing: signed.payload))
            if let statement { statements.append(VerifiedStatement(statement, signed)) }
        } catch {
            findings.append(Finding(.malformedStatement, found: ASCII.escape("\(line ?? ""): \(error)")))
        }
    }

    private static func check(_ envelopes: [Envelope], _ policy: Policy) -> [SignedPayload] {
        let keys = policy.everyKey
        // Grouped by what the signatures are made over, which holds payload type and payload.
        var groups: [[UInt8]: Int] = [:]
        var members: [[(line: Int, envelope: Envelope)]] = []
        for (index, envelope) in envelopes.enumerated() {
            let place = groups[envelope.signedBytes, default: members.count]
            groups[envelope.signedBytes] = place
            if place == members.count { members.append([]) }
            members[place].append((index + 1, envelope))
        }
        var guesses = KeyGuesses()
        return members.compactMap { group in
            guard let first = group.first?.envelope else { return nil }
            let message = SignedMessage(first.signedBytes)
            var checked: [CheckedSignature] = []
            for (line, envelope) in group {
                for signature in envelope.signatures {
                    let signer = signer(of: signature, message, among: keys, &guesses)
                    checked.append(.init(line: line, keyIDHint: signature.keyIDHint, signer: signer))
                }
            }
            let signers = Set(checked.compactMap(\.signer))
            return SignedPayload(
                payloadType: first.payloadType,
                payload: first.payload,
                signatures: checked,
                signers: policy.keys.filter { signers.contains($0.key.keyID) },
                everySigner: keys.filter { signers.contains($0.key.keyID) }
            )
        }
    }

    /// The key that made a signature: the hinted one is tried first, and then every other, since a hint is no proof.
    private static func signer(
        of signature: Envelope.Signature,
        _ message: SignedMessage,
        among keys: [Policy.TrustedKey],
        _ guesses: inout KeyGuesses
    ) -> KeyID? {
        let hinted = KeyID(signature.keyIDHint)
        let accepts = { (trusted: Policy.TrustedKey) in trusted.key.accepts(signature.bytes, of: message) }
        if let first = keys.first(where: { $0.key.keyID == hinted }), accepts(first) { return first.key.keyID }
        return keys.first { $0.key.keyID != hinted && guesses.take($0.key, message) && accepts($0) }?.key.keyID
    }
}

/// How often keys are tried that a signature does not name, over all of the evidence.
///
/// Honest signatures name their key. A thousand that name none would be tried with each of 32 keys; what is beyond
/// these ceilings counts as signed by nobody.
private struct KeyGuesses {
    private var tries = 8192
    // Ed25519 hashes the message for each try.
    private var bytes = 512 << 20

    /// Takes one try of `key`; false when there are none left.
    mutating func take(_ key: PublicKey, _ message: SignedMessage) -> Bool {
        let cost = key.scheme == .ed25519 ? message.bytes.count : 0
        guard tries > 0, cost <= bytes else { return false }
        tries -= 1
        bytes -= cost
        return true
    }
}
