import Attestations
import Encodings
import SigningKeys
import StatementWriting
import Testing

@Suite struct EnvelopeTests {
    static let text = #"{"payload":"aGVsbG8=","payloadType":"t","signatures":[{"keyid":"k","sig":"AAEC"}]}"#

    @Test func writesWhatItRead() throws {
        let envelope = try Envelope(parsing: Array(Self.text.utf8))
        #expect(envelope.payload == Array("hello".utf8))
        #expect(envelope.payloadType == "t")
        #expect(envelope.signatures == [.init(keyIDHint: "k", bytes: [0, 1, 2])])
        #expect(envelope.json.compact == Array(Self.text.utf8))
    }

    @Test func ignoresUnknownFieldsAndReadsAnEnvelopeWithoutHints() throws {
        let text = #"{"x":{"y":[1]},"payload":"","payloadType":"","signatures":[{"sig":"","cert":"…"}]}"#
        let envelope = try Envelope(parsing: Array(text.utf8))
        #expect(envelope.signatures == [.init(keyIDHint: "", bytes: [])])
    }

    @Test func keepsHintsThatOccurTwice() throws {
        let signatures = #"{"keyid":"k","sig":"AA=="},{"keyid":"k","sig":"AQ=="}"#
        let text = #"{"payload":"","payloadType":"t","signatures":[\#(signatures)]}"#
        #expect(try Envelope(parsing: Array(text.utf8)).signatures.map(\.bytes) == [[0], [1]])
    }

    @Test(arguments: text.utf8.indices)
    func refusesEveryTruncation(_ end: String.Index) {
        #expect(throws: MalformedEnvelope.self) { try Envelope(parsing: Array(Self.text.utf8[..<end])) }
    }

    @Test(arguments: [
        ("aGVsbG8=", "aGVsbG8"), ("aGVsbG8=", "aGVsbG9="), ("aGVsbG8=", "aGVs bG8="), ("aGVsbG8=", "_-8="),
        ("aGVsbG8=", "aGVsbG8=\\n"), ("AAEC", "AAEC===="), ("AAEC", "AB=="), (#""k""#, "1"), (#""k""#, "null"),
        (#""t""#, "null"), (#"[{"keyid":"k","sig":"AAEC"}]"#, "{}"), (#"[{"keyid":"k","sig":"AAEC"}]"#, "[]"),
        (#"{"keyid":"k","sig":"AAEC"}"#, "[]"), (#""sig":"AAEC""#, #""sig":"AAEC","sig":"AAEC""#),
        (#"{"payload""#, #"{"payload":"","payload""#), (#","sig":"AAEC""#, ""), (#""payload":"aGVsbG8=","#, ""),
        (#""payloadType":"t","#, ""), ("]}", "]}x"), ("]}", "]}{}"), (#"{"payload"#, #"{"\u0070ayload":"","payload"#),
    ])
    func refuses(_ old: String, _ new: String) throws {
        let bytes = try #require(Self.text.replacing(old, with: new))
        #expect(throws: MalformedEnvelope.self) { try Envelope(parsing: bytes) }
    }

    @Test(arguments: [33, 10_000])
    func refusesManySignatures(_ count: Int) {
        let signatures = [String](repeating: #"{"sig":"AAEC"}"#, count: count).joined(separator: ",")
        let text = #"{"payload":"","payloadType":"t","signatures":[\#(signatures)]}"#
        #expect(throws: MalformedEnvelope.tooManySignatures(count: count)) {
            try Envelope(parsing: Array(text.utf8))
        }
    }

    @Test func takes32Signatures() throws {
        let envelope = Envelope(
            payloadType: "t",
            payload: [],
            signatures: [Envelope.Signature](repeating: .init(keyIDHint: "", bytes: [1]), count: 32)
        )
        #expect(try Envelope(parsing: envelope.json.compact) == envelope)
    }

    @Test func refusesALargePayload() {
        let payload = [UInt8](repeating: 0, count: Envelope.maximumPayloadByteCount + 1)
        let envelope = Envelope(payloadType: "t", payload: payload, signatures: [.init(keyIDHint: "", bytes: [1])])
        #expect(throws: MalformedEnvelope.payloadTooLarge(bytes: payload.count)) {
            try Envelope(parsing: envelope.json.compact)
        }
    }
}

@Suite struct EnvelopeLinesTests {
    static let line = EnvelopeTests.text + "\n"

    @Test(arguments: [0, 1, 3, EnvelopeLines.maximumLineCount])
    func reads(_ count: Int) throws {
        let bytes = Array(String(repeating: Self.line, count: count).utf8)
        let lines = try EnvelopeLines(parsing: bytes)
        #expect(lines.envelopes.count == count)
        #expect(lines.envelopes.flatMap(EnvelopeLines.line) == bytes)
    }

    @Test func refusesTooManyLinesAndSignatures() {
        let lines = String(repeating: Self.line, count: EnvelopeLines.maximumLineCount + 1)
        #expect(throws: MalformedEnvelopeLines.tooManyLines) { try EnvelopeLines(parsing: Array(lines.utf8)) }
        let signatures = [String](repeating: #"{"sig":"AAEC"}"#, count: 32).joined(separator: ",")
        let crowded = #"{"payload":"","payloadType":"t","signatures":[\#(signatures)]}"# + "\n"
        #expect(throws: MalformedEnvelopeLines.tooManySignatures) {
            try EnvelopeLines(parsing: Array(String(repeating: crowded, count: 33).utf8))
        }
    }

    @Test func namesTheLine() {
        #expect(throws: MalformedEnvelopeLines.unterminatedLine(2)) {
            try EnvelopeLines(parsing: Array((Self.line + EnvelopeTests.text).utf8))
        }
        for bad in ["\n", "{}\n", "\r\n", "x\n", "\u{FEFF}" + Self.line] {
            #expect("\(bad.debugDescription)") { try EnvelopeLines(parsing: Array((Self.line + bad).utf8)) } throws: {
                guard case .malformedLine(2, _) = $0 as? MalformedEnvelopeLines else { return false }
                return true
            }
        }
    }
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
