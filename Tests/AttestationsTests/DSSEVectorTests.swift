import Attestations
import Encodings
import SigningKeys
import StatementWriting
import Testing
import TestSupport

@Suite(.enabled(if: Vectors.has("dsse"), Comment(rawValue: Vectors.absent)))
struct DSSEVectorTests {
    @Test func encodesAsTheSpecification() throws {
        let envelope = try Envelope(parsing: try Vectors.bytes("dsse/vector.json"))
        #expect(envelope.signedBytes == (try Vectors.bytes("dsse/pae.bin")))
    }

    @Test func verifiesTheSignatureOfTheSpecification() throws {
        let envelope = try Envelope(parsing: try Vectors.bytes("dsse/vector.json"))
        let key = try PublicKey(pem: try Vectors.bytes("dsse/dsse_ec.pub"))
        let signature = try #require(envelope.signatures.first)
        #expect(key.accepts(signature.bytes, of: envelope.signedBytes))
        #expect(!key.accepts(signature.bytes, of: envelope.payload))
        let otherType = Envelope(payloadType: "x", payload: envelope.payload, signatures: [signature])
        #expect(!key.accepts(signature.bytes, of: otherType.signedBytes))
    }
}

@Suite struct PreAuthenticationEncodingTests {
    @Test(arguments: [
        ("", "", "DSSEv1 0  0 "), ("é", "a b", "DSSEv1 2 é 3 a b"),
        ("http://example.com/HelloWorld", "hello world", "DSSEv1 29 http://example.com/HelloWorld 11 hello world"),
    ])
    func encodes(_ type: String, _ payload: String, _ expected: String) {
        let encoded = PreAuthenticationEncoding.encode(payloadType: Text(type), payload: Array(payload.utf8))
        #expect(encoded == Array(expected.utf8))
    }
}
