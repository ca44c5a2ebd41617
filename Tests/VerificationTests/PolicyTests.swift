import Attestations
import Encodings
import Foundation
import PrivateKeys
import SigningKeys
import SourceManifest
import Testing
import Verification

@Suite struct PolicyTests {
    static func key(_ index: Int) -> String {
        let pem = String(decoding: Sealed.keys[index].publicKey.pem, as: UTF8.self)
        return JSON.string(pem).compactString
    }

    static var text: String {
        """
        {"format":"vitrine-policy/v1","product":"boot","version":{"exact":"1.2"},
        "releaseKeys":{"threshold":2,"keys":[{"name":"a","publicKey":\(key(0))},{"name":"b","publicKey":\(key(1))}]},
        "forms":["open"],"views":["git-commit","directory"],"maximumAgeDays":400,"allowGaps":false}
        """
    }

    static func policy(_ changes: (String, String)...) throws -> Policy {
        var bytes = Array(text.utf8)
        for (old, new) in changes {
            bytes = try #require(String(decoding: bytes, as: UTF8.self).replacing(old, with: new))
        }
        return try Policy(parsing: bytes)
    }

    @Test func reads() throws {
        let policy = try Self.policy()
        #expect(policy.product == "boot" && policy.threshold == 2 && policy.keys.map(\.name) == ["a", "b"])
        #expect(policy.forms == [.open] && policy.views == [.gitCommit, .directory])
        #expect(policy.maximumAgeDays == 400 && !policy.allowsGaps && policy.digest != nil)
        #expect(try Sealed().judge(policy: policy).outcome == .passed)
    }

    @Test func demands() throws {
        let cases: [((String, String), Finding.Rule?)] = [
            (("\"boot\"", "\"root\""), .otherProduct), ((#""exact":"1.2""#, #""exact":"1.3""#), .otherVersion),
            ((#""exact":"1.2""#, #""oneOf":["1.1","1.2"]"#), nil),
            ((#""exact":"1.2""#, #""oneOf":["1.1"]"#), .otherVersion), ((#""exact":"1.2""#, #""any":true"#), nil),
            ((#"["open"]"#, #"["blinded"]"#), .formNotAllowed), ((#","directory"]"#, "]"), .viewNotAllowed),
        ]
        for (change, rule) in cases {
            let verdict = try Sealed().judge(policy: Self.policy(change))
            #expect(verdict.rules(.fails) == (rule.map { [$0] } ?? []), "\(change)")
            #expect(verdict.outcome == (rule == nil ? .passed : .failed))
            #expect(verdict.outcome(of: .signed) == (rule == nil ? .passed : .failed))
        }
    }

    @Test func judgesTheAge() throws {
        let policy = try Self.policy(("400", "1"))
        let cases: [(Text, Finding.Rule?)] = [
            ("2026-11-23T12:00:00Z", nil), ("2026-11-23T11:59:59Z", .tooOld), ("1970-01-01T00:00:00Z", .tooOld),
            ("2026-11-25T12:00:00Z", nil), ("2026-11-25T12:00:01Z", .sealedInFuture),
            ("9999-12-31T23:59:59Z", .sealedInFuture),
        ]
        for (sealedOn, rule) in cases {
            var sealed = try Sealed()
            sealed.sealedOn = Timestamp(sealedOn)
            #expect(try sealed.judge(policy: policy).rules(.fails) == (rule.map { [$0] } ?? []), "\(sealedOn)")
            // Without a demand the date is told and not judged.
            let ageless = try Self.policy((#","maximumAgeDays":400"#, ""))
            #expect(try sealed.judge(policy: ageless).outcome == .passed)
        }
    }

    @Test func picksTheSealThatMeetsTheDemands() throws {
        var (old, new) = (try Sealed(), try Sealed())
        old.release = ReleaseName(product: "boot", version: "1.1")
        new.sealedOn = Timestamp("2026-11-23T21:00:00Z")
        let evidence = try new.evidence([old.envelope(), new.envelope()])
        #expect(try new.judge(evidence, policy: Self.policy()).outcome == .passed)
    }

    @Test func readsDemandsOnABuild() throws {
        let keys = #"{"threshold":1,"keys":[{"name":"r","publicKey":\#(Self.key(2))}]}"#
        let policy = try Self.policy(
            (
                #""allowGaps":false"#,
                #""rebuilders":\#(keys),"waivers":\#(keys),"grades":["identical"],"disagreement":"shown""#
            )
        )
        let build = policy.build
        #expect(build.rebuilders?.keys.map(\.name) == ["r"] && build.rebuilders?.threshold == 1)
        #expect(build.waivers?.keys.count == 1 && build.grades == [.identical] && build.disagreement == .shown)
        let none = try Self.policy().build
        #expect(none.rebuilders == nil && none.waivers == nil && none.disagreement == .inconclusive)
        #expect(none.grades == [.identicalOutsideSignature, .identical])
        #expect(!none.needsSealedDefinition)
        let demanding = try Self.policy((#""allowGaps":false"#, #""sealedDefinition":true"#))
        #expect(demanding.build.needsSealedDefinition)
        // Keys of a build sign no source.
        #expect(try Sealed().judge(policy: policy).outcome == .passed)
        var other = try Sealed()
        other.signers = [Sealed.keys[2]]
        #expect(try other.judge(policy: policy).rules(.fails) == [.tooFewSignatures])
    }

    @Test(arguments: [
        #""rebuilders":{}"#, #""rebuilders":{"threshold":1,"keys":[]}"#, #""rebuilders":null"#, #""waivers":[]"#,
        #""rebuilders":{"threshold":2,"keys":[{"name":"r","publicKey":KEY}]}"#,
        #""rebuilders":{"threshold":0,"keys":[{"name":"r","publicKey":KEY}]}"#,
        #""rebuilders":{"threshold":1,"keys":[{"name":"r","publicKey":KEY}],"x":1}"#,
        #""waivers":{"threshold":2,"keys":[{"name":"r","publicKey":KEY},{"name":"s","publicKey":KEY}]}"#,
        #""grades":[]"#, #""grades":["different"]"#, #""grades":["identical","identical"]"#, #""grades":"identical""#,
        #""grades":null"#, #""disagreement":"ignored""#, #""disagreement":true"#, #""rebuilder":1"#,
        #""sealedDefinition":1"#, #""sealedDefinition":null"#,
    ])
    func refusesDemandsOnABuild(_ text: String) throws {
        let text = text.split(separator: "KEY", omittingEmptySubsequences: false).joined(separator: Self.key(2))
        #expect(throws: MalformedPolicy.self) { try Self.policy((#""allowGaps":false"#, text)) }
    }

    @Test(arguments: [
        (#""allowGaps":false"#, #""allowGaps":false,"x":1"#), (#""threshold":2"#, #""threshold":2,"x":1"#),
        (#""name":"a""#, #""name":"a","x":1"#), (#""exact":"1.2""#, #""exact":"1.2","any":true"#),
        (#""exact":"1.2""#, #""any":false"#), (#""exact":"1.2""#, #""exact":1"#), (#""exact":"1.2""#, #""x":"1""#),
        (#""exact":"1.2""#, #""exact":"1/2""#), (#""exact":"1.2""#, #""oneOf":[]"#), (#""exact":"1.2""#, ""),
        (#""threshold":2"#, #""threshold":0"#), (#""threshold":2"#, #""threshold":3"#),
        (#""threshold":2"#, #""threshold":-1"#), (#""threshold":2"#, #""threshold":"2""#),
        (#""product":"boot","#, ""), (#""product":"boot""#, #""product":null"#), ("vitrine-policy/v1", "v2"),
        (#"["open"]"#, "[]"), (#"["open"]"#, #"["open","open"]"#), (#"["open"]"#, #"["Open"]"#),
        (#"["open"]"#, #"[1]"#), (#""forms":["open"],"#, ""), ("git-commit", "git"), ("400", "0"), ("400", "-1"),
        ("400", "36526"), ("400", "1.5"), (#""allowGaps":false"#, #""allowGaps":0"#), ("PUBLIC", "PRIVATE"),
        (#""name":"a","#, ""), ("{\"format\"", "{\"format\":\"\",\"format\""),
    ])
    func refuses(_ old: String, _ new: String) {
        #expect(throws: MalformedPolicy.self) { try Self.policy((old, new)) }
    }

    @Test func refusesOneKeyTwiceAndNoKey() throws {
        #expect(throws: MalformedPolicy.self) { try Self.policy((Self.key(1), Self.key(0))) }
        let none = #"{"threshold":1,"keys":[]}"#
        let text = Self.text
        let start = try #require(text.range(of: #"{"threshold""#)?.lowerBound)
        let end = try #require(text.range(of: "]},")?.upperBound)
        #expect(throws: MalformedPolicy.self) {
            try Policy(parsing: Array((text[..<start] + none + "," + text[end...]).utf8))
        }
        #expect(throws: MalformedPolicy.self) { try Policy(parsing: []) }
        #expect(throws: MalformedPolicy.self) {
            try Policy(parsing: [UInt8](repeating: 0x20, count: Policy.maximumByteCount + 1))
        }
    }
}

extension JSON {
    var compactString: String { String(decoding: compact, as: UTF8.self) }
}

extension String {
    /// The bytes with the first `old` replaced by `new`; nil when there is no `old`.
    func replacing(_ old: String, with new: String) -> [UInt8]? {
        let (bytes, old) = (Array(utf8), Array(old.utf8))
        for start in bytes.indices where bytes[start...].starts(with: old) {
            return bytes[..<start] + Array(new.utf8) + bytes[(start + old.count)...]
        }
        return nil
    }
}
