import Attestations
import Digests
import Encodings
import Testing

/// The example of docs/formats/rebuild.md and its kin, changed in one place at a time.
@Suite struct RebuildRecordTests {
    static let zeros = String(repeating: "0", count: 64)
    static let artifact = String(repeating: "a", count: 64)
    static let other = String(repeating: "b", count: 64)

    static func id(_ place: Text = "x", _ rebuilt: String? = other) -> String {
        let digest = Digest(hex: Text(artifact))
        let rebuilt = rebuilt.flatMap { Digest(hex: Text($0)) }
        return digest.map { RebuiltArtifact.Difference.id(in: $0, place: place, shipped: $0, rebuilt: rebuilt).hex }
            ?? ""
    }

    static func difference(_ place: Text = "x", bytes: Int = 4, grade: String = "different") -> String {
        """
        {"id":"\(id(place))","place":"\(place)","shipped":"\(artifact)","rebuilt":"\(other)","cause":"unknown",\
        "bytes":\(bytes),"grade":"\(grade)"}
        """
    }

    static func account(_ counts: (Int, Int, Int, Int, Int)) -> String {
        """
        {"reproduced":\(counts.0),"signature":\(counts.1),"third-party":\(counts.2),"waived":\(counts.3),\
        "unexplained":\(counts.4)}
        """
    }

    static func artifact(
        _ name: String = "tool",
        rebuilt: String = #"{"sha256":"\#(other)","size":9}"#,
        grade: String = "different",
        account: String = account((6, 0, 0, 0, 4)),
        differences: String = difference(),
        notListed: Int = 0
    ) -> String {
        """
        {"name":"\(name)","sha256":"\(Self.artifact)","size":10,"rebuilt":\(rebuilt),"grade":"\(grade)",\
        "account":\(account),"differences":[\(differences)],"differencesNotListed":\(notListed)}
        """
    }

    static let same = artifact(
        rebuilt: #"{"sha256":"\#(artifact)","size":10}"#,
        grade: "identical",
        account: account((10, 0, 0, 0, 0)),
        differences: ""
    )
    static let missing = artifact(
        rebuilt: "null",
        account: account((0, 0, 0, 0, 10)),
        differences: """
            {"id":"\(id(".", nil))","place":".","shipped":"\(artifact)","rebuilt":null,"cause":"missing","bytes":10,\
            "grade":"different"}
            """
    )
    static let trace = """
        {"openedSource":1,"neverOpenedSource":2,"toolchainFiles":3,"producedFiles":4,"unexplained":0,\
        "networkAttempts":5}
        """

    static func record(
        _ artifacts: String = artifact(),
        result: String = "different",
        reason: String = "null",
        names: [String] = ["tool"]
    ) -> String {
        let subjects = names.map { #"{"name":"\#($0)","digest":{"sha256":"\#(artifact)"}}"# }.joined(separator: ",")
        return """
            {"_type":"https://in-toto.io/Statement/v1","subject":[\(subjects)],"predicateType":"urn:vitrine:rebuild:v1",\
            "predicate":{"product":"boot","version":"1.2","treeRoot":"\(zeros)","manifest":"\(zeros)",\
            "definition":{"sha256":"\(zeros)"},"result":"\(result)","reason":\(reason),"artifacts":[\(artifacts)],\
            "toolchain":[{"name":"gcc-12","version":"12.2","sha256":"\(zeros)"}],\
            "environment":{"sandbox":"bubblewrap","kernel":"Linux","architecture":"x86_64"},"trace":\(trace),\
            "log":{"sha256":"\(zeros)","size":3},"rebuiltOn":"2026-11-23T22:00:00Z","rebuilder":{"id":"me"}}}
            """
    }

    static func read(_ text: String) throws -> RebuildRecord? {
        try RebuildRecord(try Statement(parsing: Array(text.utf8)))
    }

    @Test(arguments: [
        record(), record(same, result: "reproduced"),
        record(missing, result: "not-rebuildable", reason: #""no compiler""#),
        record(same, result: "inconclusive", reason: #""it opened /etc/passwd""#),
        record("\(artifact("a")),\(artifact("a%20b"))", names: ["a", "a%20b"]),
        record(
            artifact(
                grade: "identical-outside-signature",
                account: account((6, 4, 0, 0, 0)),
                differences: difference(bytes: 0, grade: "identical-outside-signature")
            ),
            result: "reproduced-outside-signature"
        ),
        record(
            artifact(
                grade: "contents-identical",
                account: account((10, 0, 0, 0, 0)),
                differences: difference(bytes: 0, grade: "contents-identical")
            ),
            result: "contents-identical"
        ),
        record(artifact(account: account((1, 2, 3, 0, 9)), notListed: 2)),
    ])
    func writesWhatItRead(_ text: String) throws {
        let record = try #require(try Self.read(text))
        #expect(String(decoding: record.payload, as: UTF8.self) == text)
        #expect(record.release.version == "1.2" && record.trace?.networkAttempts == 5 && record.log?.size == 3)
    }

    @Test func leavesOtherPredicatesAlone() throws {
        #expect(
            try Self.read(
                #"{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"urn:x","predicate":1}"#
            ) == nil
        )
    }

    /// What does not agree with the rest.
    @Test(arguments: [
        // Results.
        record(result: "reproduced"), record(same, result: "different"), record(same, result: "contents-identical"),
        record(result: "not-rebuildable", reason: #""x""#), record(missing, result: "not-rebuildable"),
        record(same, result: "inconclusive"), record(reason: #""x""#), record(result: "passed"),
        record(same, result: "inconclusive", reason: #""""#), record(result: "Different"),
        // Names.
        record(names: ["other"]), record(names: []), record(names: ["tool", "tool"]), record("", names: []),
        record("\(artifact("b")),\(artifact("a"))", names: ["b", "a"]),
        record("\(artifact("a")),\(artifact("a"))", names: ["a", "a"]), record(artifact("../a"), names: ["../a"]),
        record(artifact("/a"), names: ["/a"]), record(artifact("a b"), names: ["a b"]),
        // Grades.
        record(artifact(grade: "contents-identical"), result: "contents-identical"),
        record(artifact(grade: "identical"), result: "reproduced"),
        record(artifact(rebuilt: "null")), record(artifact(differences: ""), result: "different"),
        record(artifact(rebuilt: #"{"sha256":"\#(artifact)","size":10}"#)),
        record(
            artifact(
                rebuilt: #"{"sha256":"\#(artifact)","size":11}"#,
                grade: "identical",
                account: account((10, 0, 0, 0, 0)),
                differences: ""
            ),
            result: "reproduced"
        ),
        record(artifact(differences: difference(grade: "identical"))),
        record(
            artifact(grade: "contents-identical", notListed: 1),
            result: "contents-identical"
        ),
        record(
            artifact(
                grade: "identical-outside-signature",
                differences: difference(grade: "identical-outside-signature")
            ),
            result: "reproduced-outside-signature"
        ),
        // Accounts.
        record(artifact(account: account((6, 0, 0, 0, 5)))), record(artifact(account: account((6, 0, 0, 0, 3)))),
        record(artifact(account: account((6, 0, 0, 0, 3)), notListed: 1)),
        record(artifact(account: account((5, 0, 0, 1, 4)))), record(artifact(account: account((0, 0, 0, 0, 0)))),
        record(artifact(account: account((-1, 0, 0, 0, 4)))),
        record(artifact(account: account((.max, .max, .max, 0, 4)))),
        record(
            artifact(
                account: account((0, 0, 0, 0, .max)),
                differences:
                    "\(difference("x", bytes: .max)),\(difference("y", bytes: .max)),\(difference("z", bytes: 1))"
            )
        ),
        record(
            artifact(
                rebuilt: #"{"sha256":"\#(artifact)","size":10}"#,
                grade: "identical",
                account: account((9, 0, 0, 0, 0)),
                differences: ""
            ),
            result: "reproduced"
        ),
        record(
            artifact(
                rebuilt: #"{"sha256":"\#(artifact)","size":10}"#,
                grade: "identical",
                account: account((9, 1, 0, 0, 0)),
                differences: ""
            ),
            result: "reproduced"
        ),
        // Differences.
        record(artifact(account: account((2, 0, 0, 0, 8)), differences: "\(difference()),\(difference())")),
        record(artifact(differences: difference(""))), record(artifact(differences: difference("\u{E9}"))),
    ])
    func refusesWhatDoesNotAgree(_ text: String) {
        #expect(throws: MalformedStatement.self) { try Self.read(text) }
    }

    /// A changed place, and what becomes of it.
    @Test(arguments: [
        ("\"id\":\"\(id())\"", "\"id\":\"\(zeros)\""), (#""place":"x""#, #""place":"y""#),
        (#""cause":"unknown""#, #""cause":"Unknown""#), (#""cause":"unknown""#, #""cause":"""#),
        (#""place":"x","shipped":"\#(artifact)""#, #""place":"x","shipped":null"#),
        (#""log":{"#, #""log":{"x":1,"#), (#""log":{"#, #""logs":{"#),
        (#""rebuilder":{"id":"me"}"#, #""rebuilder":"me""#),
        (#""id":"me""#, #""id":"""#), (#""id":"me""#, #""id":"m\u0007""#), (#""name":"gcc-12""#, #""name":"""#),
        (#""networkAttempts":5"#, #""networkAttempts":-5"#),
        (#""unexplained":0,"networkAttempts""#, #""unexplained":1,"networkAttempts""#),
        (#""reason":null,"#, ""), (#""trace":{"#, #""trace":[],"x":{"#), ("T22:00:00Z", "T24:00:00Z"),
        (#""product":"boot""#, #""product":"bo ot""#),
        (#""differencesNotListed":0"#, #""differencesNotListed":0,"x":0"#),
        (#""definition":{"sha256""#, #""definition":{"sha1":"x","sha256""#),
    ])
    func refusesAChange(_ old: String, _ new: String) throws {
        let text = Self.record()
        #expect(try Self.read(text) != nil)
        let range = try #require(text.firstRange(of: old))
        #expect(throws: MalformedStatement.self) { try Self.read(text.replacingCharacters(in: range, with: new)) }
    }

    @Test func hasCeilings() throws {
        let digest = try #require(Digest(hex: Text(Self.artifact)))
        let content = RebuildRecord.Content(digest: digest, size: 0)
        func record(_ artifacts: [RebuiltArtifact]) throws -> RebuildRecord {
            try RebuildRecord(
                release: try #require(ReleaseName(product: "a", version: "1")),
                treeRoot: digest,
                manifest: digest,
                definition: digest,
                artifacts: artifacts,
                toolchain: [],
                environment: .init(sandbox: "-", kernel: "-", architecture: "-"),
                trace: nil,
                log: nil,
                rebuiltOn: try #require(Timestamp(seconds: 0)),
                rebuilder: "-"
            )
        }
        func artifact(_ index: Int) throws -> RebuiltArtifact {
            RebuiltArtifact(
                name: try TreePath(Array("f\(index)".utf8)),
                shipped: content,
                rebuilt: content,
                grade: .identical,
                account: ByteAccount()
            )
        }
        let many = try (0...RebuildRecord.maximumArtifactCount).map { try artifact($0) }
        #expect(try record(many.dropLast()).result == .reproduced)
        #expect(throws: UnexpectedJSON.self) { try record(many) }
        let differences = (0...RebuiltArtifact.maximumDifferenceCount).map { index in
            RebuiltArtifact.Difference(
                in: digest,
                place: Text("p\(index)"),
                shipped: digest,
                rebuilt: nil,
                cause: "extra",
                bytes: 0,
                grade: .contentsIdentical
            )
        }
        for count in [differences.count - 1, differences.count] {
            let other = RebuildRecord.Content(digest: SHA256.digest(of: [1]), size: 1)
            let artifact = RebuiltArtifact(
                name: try TreePath([0x61]),
                shipped: content,
                rebuilt: other,
                grade: .contentsIdentical,
                account: ByteAccount(),
                differences: Array(differences.prefix(count))
            )
            if count <= RebuiltArtifact.maximumDifferenceCount {
                #expect(try record([artifact]).result == .contentsIdentical)
            } else {
                #expect(throws: UnexpectedJSON.self) { try record([artifact]) }
            }
        }
    }

    /// The id as docs/formats/rebuild.md spells it.
    @Test func differenceIDs() {
        let lines = "vitrine-difference/v1\n\(Self.artifact)\nx\n\(Self.artifact)\n-\n"
        #expect(Self.id("x", nil) == SHA256.digest(of: Array(lines.utf8)).hex)
    }
}

@Suite struct WaiverAndProvenanceTests {
    static let zeros = String(repeating: "0", count: 64)
    static let ones = String(repeating: "1", count: 64)
    static let subject = #"{"name":"tool","digest":{"sha256":"\#(zeros)"}}"#

    static let waiver = """
        {"_type":"https://in-toto.io/Statement/v1","subject":[\(subject)],"predicateType":"urn:vitrine:waiver:v1",\
        "predicate":{"product":"boot","version":"1.2","differences":["\(zeros)","\(ones)"],"reason":"r","owner":"o",\
        "waivedOn":"2026-11-23T22:00:00Z","expiresOn":"2026-11-23T22:00:01Z"}}
        """

    static let provenance = """
        {"_type":"https://in-toto.io/Statement/v1","subject":[\(subject)],\
        "predicateType":"https://slsa.dev/provenance/v1","predicate":{"buildDefinition":{\
        "buildType":"urn:vitrine:build:v1","externalParameters":{"product":"boot","version":"1.2",\
        "treeRoot":"\(zeros)","definition":{"sha256":"\(ones)"},"revision":"v1"},"internalParameters":{"a":"b"},\
        "resolvedDependencies":[{"name":"source.manifest","digest":{"sha256":"\(zeros)"}},\
        {"name":"gcc","uri":"pkg:deb/debian/gcc@1?arch=amd64","digest":{"sha256":"\(ones)"}}]},\
        "runDetails":{"builder":{"id":"urn:b","version":{"vitrine":"0.2"}},"metadata":{"invocationId":"1",\
        "startedOn":"2026-11-23T22:00:00Z","finishedOn":"2026-11-23T22:00:00Z"},\
        "byproducts":[{"name":"log","digest":{"sha256":"\(ones)"}}]}}}
        """

    static func payload(_ text: String) throws -> [UInt8]? {
        let statement = try Statement(parsing: Array(text.utf8))
        return try Waiver(statement)?.payload ?? Provenance(statement)?.payload
    }

    @Test(arguments: [waiver, provenance]) func writesWhatItRead(_ text: String) throws {
        #expect(try Self.payload(text) == Array(text.utf8))
    }

    @Test(arguments: [
        (zeros + "\",\"" + ones, ones + "\",\"" + zeros), (zeros + "\",\"" + ones, zeros + "\",\"" + zeros),
        (#"["\#(zeros)","\#(ones)"]"#, "[]"), (#""reason":"r""#, #""reason":"""#), (#""owner":"o","#, ""),
        ("22:00:01Z", "22:00:00Z"), ("22:00:01Z", "21:00:00Z"), (#""owner":"o""#, #""owner":"o","x":1"#),
        (#""subject":["#, #""subject":[\#(subject),"#), (#""name":"tool""#, #""name":"../tool""#),
        (#""digest":{"#, #""digest":{"sha512":"x","#), (#""version":"1.2""#, #""version":"""#),
    ])
    func refusesInAWaiver(_ old: String, _ new: String) throws {
        let range = try #require(Self.waiver.firstRange(of: old))
        #expect(throws: MalformedStatement.self) {
            try Self.payload(Self.waiver.replacingCharacters(in: range, with: new))
        }
    }

    @Test(arguments: [
        (#""subject":["#, #""subject":[\#(subject),"#), (subject, ""), (#""name":"source.manifest""#, #""name":"gcc""#),
        (#""name":"gcc""#, #""name":"source.manifest""#), (#""uri":"pkg"#, #""url":"pkg"#),
        (#"{"a":"b"}"#, #"{"a":1}"#),
        (#""revision":"v1""#, #""revision":1"#), (#""revision":"v1""#, #""revision":"""#),
        (#""id":"urn:b""#, #""id":"""#),
        (#""startedOn":"2026"#, #""startedOn":"2027"#), (#""name":"log""#, #""name":"dog""#),
        (#""byproducts":["#, #""byproducts":[{"name":"log","digest":{"sha256":"\#(zeros)"}},"#),
        (#""vitrine":"0.2""#, #""vitrine":"0.2","x":"y""#), (#""runDetails":{"#, #""runDetails":{"x":1,"#),
    ])
    func refusesInProvenance(_ old: String, _ new: String) throws {
        let range = try #require(Self.provenance.firstRange(of: old))
        #expect(throws: MalformedStatement.self) {
            try Self.payload(Self.provenance.replacingCharacters(in: range, with: new))
        }
    }

    @Test func leavesOtherBuildTypesAlone() throws {
        let range = try #require(Self.provenance.firstRange(of: "urn:vitrine:build:v1"))
        #expect(try Self.payload(Self.provenance.replacingCharacters(in: range, with: "urn:other")) == nil)
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>, with new: String) -> String {
        String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
