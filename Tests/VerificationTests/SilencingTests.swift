import Attestations
import PrivateKeys
import SigningKeys
import StatementWriting
import Testing
import Verification

/// Ways to make a rebuilder's bad word disappear.
@Suite struct SilencingTests {
    let rebuilt: Rebuilt
    let good: Envelope
    let bad: Envelope

    init() throws {
        rebuilt = try Rebuilt()
        good = try rebuilt.line(Rebuilt.good, Rebuilt.keys[0])
        bad = try rebuilt.line([Rebuilt.identical("lib.so", Rebuilt.library), Rebuilt.differing()], Rebuilt.keys[1])
    }

    private func junk(_ key: KeyID) -> Envelope.Signature { .init(keyIDHint: key.text, bytes: [1, 2, 3]) }

    /// The vendor names the rebuilder as one who sealed, and puts a signature there that does not hold.
    @Test(arguments: [true, false]) func aRebuilderThatIsOnlyNamedDidNotSeal(_ isRequired: Bool) throws {
        var forged = rebuilt
        if isRequired { forged.sealed.requiredSigners = forged.sealed.signers + [Rebuilt.keys[1]] }
        let seal = try forged.sealed.envelope()
        let signatures = seal.signatures + [junk(Rebuilt.keys[1].publicKey.keyID)]
        let line = Envelope(payloadType: seal.payloadType, payload: seal.payload, signatures: signatures)
        let good = try forged.line(Rebuilt.good, Rebuilt.keys[0])
        let bad = try forged.line(
            [Rebuilt.identical("lib.so", Rebuilt.library), Rebuilt.differing()],
            Rebuilt.keys[1]
        )
        let verdict = try forged.judge(forged.sealed.evidence([line, good, bad]))
        #expect(verdict.outcome == (isRequired ? .failed : .inconclusive))
        if isRequired {
            #expect(verdict.rules(.fails).contains(.signatureStripped))
        } else {
            #expect(verdict.rules(.inconclusive).contains(.rebuildersDisagree))
            #expect(verdict.rules(.inconclusive).contains(.malformedRecord))
        }
        // Without the bad word it is the junk alone that is in the way.
        #expect(try forged.judge(forged.sealed.evidence([line, good])).outcome != .passed)
    }

    /// Who sealed the source may well say that the shipped build does not come from it.
    @Test func theBadWordOfASealerCounts() throws {
        var own = rebuilt.sealed
        own.signers = [Rebuilt.keys[1]]
        let seal = try own.envelope()
        let verdict = try rebuilt.judge([seal, good, bad])
        #expect(verdict.build == ["inconclusive", "inconclusive", "3"])
        #expect(verdict.rules(.inconclusive).contains(.rebuildersDisagree))
        #expect(try rebuilt.judge([seal, good]).outcome == .passed)
        // The good word of the same key does not.
        let praise = try rebuilt.line(Rebuilt.good, Rebuilt.keys[1])
        #expect(try rebuilt.judge([seal, praise]).outcome == .inconclusive)
        #expect(try rebuilt.judge([seal, praise, good], policy: Rebuilt.policy(threshold: 2)).outcome == .inconclusive)
        let noise = try Envelope(signing: [0xFF], with: [Rebuilt.keys[1]])
        #expect(try rebuilt.judge([seal, good, noise]).outcome == .inconclusive)
    }

    @Test func junkThatNamesAReleaseKeyIsBroken() throws {
        let other = Envelope(
            payloadType: Envelope.inTotoPayloadType,
            payload: good.payload,
            signatures: good.signatures + [junk(Sealed.keys[0].publicKey.keyID)]
        )
        let verdict = try rebuilt.judge([other])
        #expect(verdict.outcome == .inconclusive && verdict.rules(.inconclusive) == [.malformedRecord])
    }
}
