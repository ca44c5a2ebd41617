import Attestations
import Digests
import Encodings
import SigningKeys
import Testing

@Suite struct StatementTests {
    static let open = """
        {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"boot@1.2","digest":{"sha256":\
        "\(String(repeating: "1", count: 64))"}}],"predicateType":"urn:vitrine:source-manifest:v1","predicate":\
        {"product":"boot","version":"1.2","treeRoot":"\(String(repeating: "2", count: 64))","entries":3,"bytes":70,\
        "form":"open","view":"git-commit","git":{"commit":"\(String(repeating: "3", count: 40))",\
        "tree":"\(String(repeating: "4", count: 40))","tag":{"name":"v1%20x",\
        "object":"\(String(repeating: "5", count: 40))"},"objectReader":"packs"},\
        "swhid":"swh:1:dir:\(String(repeating: "4", count: 40))",\
        "submodules":[{"path":"lib","commit":"\(String(repeating: "6", count: 40))","resolved":false}],\
        "lfs":[{"path":"a%20b","oid":"\(String(repeating: "7", count: 64))","size":9}],\
        "attributes":[{"path":".gitattributes","line":1,"pattern":"*.c","attribute":"eol=crlf"}],\
        "emptyDirectories":["e"],"reused":{"manifest":"\(String(repeating: "8", count: 64))","entries":2},\
        "sealedOn":"2026-11-23T22:00:00Z",\
        "requiredSigners":["SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]}}
        """

    static let blinded = """
        {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"boot@1.2","digest":{"sha256":\
        "\(String(repeating: "1", count: 64))"}}],"predicateType":"urn:vitrine:source-manifest:v1","predicate":\
        {"product":"boot","version":"1.2","treeRoot":"\(String(repeating: "2", count: 64))","entries":3,\
        "form":"blinded","view":"directory","gaps":1,"detailsCommitment":"\(String(repeating: "9", count: 64))",\
        "sealedOn":"2026-11-23T22:00:00Z",\
        "requiredSigners":["SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]}}
        """

    static func read(_ bytes: [UInt8]) throws -> SourceStatement? {
        try SourceStatement(try Statement(parsing: bytes))
    }

    @Test(arguments: [open, blinded])
    func writesWhatItRead(_ text: String) throws {
        let statement = try #require(try Self.read(Array(text.utf8)))
        #expect(statement.payload == Array(text.utf8))
        #expect(statement.predicate.gaps == 1)
    }

    @Test func readsTheFields() throws {
        let statement = try #require(try Self.read(Array(Self.open.utf8)))
        let predicate = statement.predicate
        let details = try #require(predicate.details)
        #expect(predicate.release.subject == "boot@1.2")
        #expect(predicate.entries == 3 && details.entries == 3 && details.bytes == 70)
        #expect(details.git?.tag?.name == Array("v1 x".utf8))
        #expect(details.lfs.first?.path.bytes == Array("a b".utf8))
        #expect(predicate.view == .gitCommit)
    }

    @Test func detailsComeBack() throws {
        let details = try #require(try Self.read(Array(Self.open.utf8))?.predicate.details)
        let bytes = details.json.compact
        #expect(try SourceDetails(try JSON(parsing: bytes), at: "details") == details)
        #expect(try SourceDetails(try JSON(parsing: bytes), at: "details").json.compact == bytes)
    }

    @Test(arguments: [open, blinded])
    func refusesEveryTruncation(_ text: String) {
        let bytes = Array(text.utf8)
        for end in bytes.indices {
            #expect(throws: MalformedStatement.self) { try Self.read(Array(bytes[..<end])) }
        }
    }

    /// No byte can be flipped and leave the same statement; most flips leave none.
    @Test(arguments: [open, blinded])
    func everyFlippedByteChangesTheStatement(_ text: String) throws {
        var bytes = Array(text.utf8)
        let statement = try Self.read(bytes)
        for index in bytes.indices {
            for bit in [0, 5] {
                bytes[index] ^= 1 << bit
                #expect((try? Self.read(bytes)) != statement, "byte \(index), bit \(bit)")
                bytes[index] ^= 1 << bit
            }
        }
    }

    @Test func emptyDirectoriesInTheOrderOfPaths() throws {
        let many = try #require(
            Self.open.replacing(#""emptyDirectories":["e"]"#, with: #""emptyDirectories":["e","e-","e/f"]"#)
        )
        #expect(try Self.read(many)?.predicate.details?.emptyDirectories.count == 3)
    }

    @Test func anotherPredicateTypeIsNotOurs() throws {
        let other = try #require(Self.open.replacing("urn:vitrine:source-manifest:v1", with: "urn:other"))
        #expect(try Self.read(other) == nil)
    }

    @Test(arguments: [
        (#""_type":"https://in-toto.io/Statement/v1""#, #""_type":"https://in-toto.io/Statement/v0.1""#),
        (#"{"_type""#, #"{"x":1,"_type""#), (#""name":"boot@1.2""#, #""name":"boot@1.3""#),
        (#""digest":{"#, #""digest":{"sha1":"00","#), (#"{"name":"boot"#, #"{"uri":"u","name":"boot"#),
        (#""subject":[{"#, #""subject":[{"name":"x","digest":{"sha256":"00"}},{"#),
        (#""product":"boot""#, #""product":"../boot""#), (#""version":"1.2""#, #""version":"""#),
        (#""entries":3"#, #""entries":-3"#), (#""entries":3"#, #""entries":"3""#), (#""bytes":70,"#, ""),
        (#""form":"open""#, #""form":"blinded""#), (#""form":"open""#, #""form":"Open""#),
        (#""view":"git-commit""#, #""view":"directory""#), (#""swhid":"swh:1:dir:4"#, #""swhid":"swh:1:dir:5"#),
        (#""swhid":"#, #""swhid":"swh","swhid":"#), (#""objectReader":"packs""#, #""objectReader":"git""#),
        (#""resolved":false"#, #""resolved":0"#), (#""path":"lib""#, #""path":"../lib""#),
        (#""path":"a%20b""#, #""path":"a b""#), (#""path":"a%20b""#, #""path":"a%20%62""#),
        (#""line":1"#, #""line":1,"extra":1"#), (#""emptyDirectories":["e"]"#, #""emptyDirectories":[".git"]"#),
        (#""emptyDirectories":["e"]"#, #""emptyDirectories":["e","e"]"#),
        (#""emptyDirectories":["e"]"#, #""emptyDirectories":["e","e/f","e-"]"#),
        (#""emptyDirectories":["e"],"#, ""), (#""sealedOn":"2026-"#, #""sealedOn":"1926-"#),
        (#""requiredSigners":["#, #""requiredSigners":["SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","#),
        (#"["SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]"#, "[]"),
        (#"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]"#, #"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"]"#),
        (#""product":"boot""#, #""note":"x","product":"boot""#), (#""treeRoot":"2"#, #""treeRoot":"A"#),
    ])
    func refuses(_ old: String, _ new: String) throws {
        let bytes = try #require(Self.open.replacing(old, with: new))
        #expect(throws: MalformedStatement.self) { try Self.read(bytes) }
    }

    @Test(arguments: [
        (#""gaps":1,"#, ""), (#""gaps":1"#, #""gaps":1,"bytes":3"#), (#""gaps":1"#, #""gaps":1,"submodules":[]"#),
        (#""form":"blinded""#, #""form":"open""#), (#""detailsCommitment":"9"#, #""detailsCommitment":""#),
    ])
    func refusesBlinded(_ old: String, _ new: String) throws {
        let bytes = try #require(Self.blinded.replacing(old, with: new))
        #expect(throws: MalformedStatement.self) { try Self.read(bytes) }
    }

    @Test func signsForEachKey() throws {
        let keys = [try PrivateKey.generate(.p256), try PrivateKey.generate(.ed25519)]
        let envelope = try Envelope(signing: Array(Self.open.utf8), with: keys)
        #expect(envelope.payloadType == Envelope.inTotoPayloadType)
        #expect(try Envelope(parsing: envelope.json.compact) == envelope)
        for (key, signature) in zip(keys, envelope.signatures) {
            #expect(signature.keyIDHint == key.publicKey.keyID.text)
            #expect(key.publicKey.accepts(signature.bytes, of: envelope.signedBytes))
        }
        #expect(!keys[0].publicKey.accepts(envelope.signatures[1].bytes, of: envelope.signedBytes))
    }
}
