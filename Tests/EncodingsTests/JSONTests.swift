import Encodings
import Testing

@Suite struct JSONTests {
    static let documents = [
        "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "[]", "{}", "\"\"",
        #"{"b":1,"a":[{"x":null},"é\n\u0001\\\""]}"#,
    ]

    @Test(arguments: documents)
    func writesWhatItRead(_ document: String) throws {
        #expect(try JSON(parsing: Array(document.utf8)).compact == Array(document.utf8))
    }

    @Test(arguments: documents)
    func refusesEveryTruncation(_ document: String) throws {
        let bytes = Array(document.utf8)
        // A shorter number may be a number; everything else ends where it ends.
        let isNumber = bytes.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) }
        for end in 0..<(isNumber ? 0 : bytes.count) {
            #expect(throws: MalformedJSON.self) { try JSON(parsing: Array(bytes[..<end])) }
        }
    }

    @Test func readsEscapes() throws {
        let parsed = try JSON(parsing: Array(#" [ "\u0041\uD83D\uDE00\/\b\f\n\r\t" ] "#.utf8))
        #expect(parsed == .array([.string("A😀/\u{08}\u{0C}\n\r\t")]))
    }

    @Test(arguments: [
        ("", MalformedJSON.Reason.unexpectedEnd), ("[1,]", .unexpectedByte), ("[1 2]", .unexpectedByte),
        ("1 2", .trailingBytes), ("{\"a\":1,\"a\":1}", .duplicateName), ("{\"a\":1,\"\\u0061\":1}", .duplicateName),
        ("1.0", .notAWholeNumber), ("1e3", .notAWholeNumber), ("01", .notAWholeNumber), ("-0", .notAWholeNumber),
        ("9223372036854775808", .numberOutOfRange), ("\"\n\"", .controlCharacter), ("\"\\x\"", .badEscape),
        ("\"\\u00g0\"", .badEscape), ("\"\\uD800\"", .loneSurrogate), ("\"\\uDC00\"", .loneSurrogate),
        ("\"\\uD800\\u0041\"", .loneSurrogate), ("\u{FEFF}1", .unexpectedByte), ("+1", .unexpectedByte),
        ("nul", .unexpectedEnd), ("NaN", .unexpectedByte), ("{1:2}", .unexpectedByte), ("'a'", .unexpectedByte),
        ("// x\n1", .unexpectedByte),
    ])
    func refuses(_ text: String, _ reason: MalformedJSON.Reason) {
        #expect { try JSON(parsing: Array(text.utf8)) } throws: { ($0 as? MalformedJSON)?.reason == reason }
    }

    @Test(
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]]
    )
    func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
        #expect(throws: MalformedJSON.self) { try JSON(parsing: [0x22] + bytes + [0x22]) }
    }

    /// Names count as values do, since each takes as much memory.
    @Test(arguments: ["0,", "[0],", "\"\","]) func theNumberOfValuesHasACeiling(_ element: String) throws {
        let nodes = element.utf8.count(where: { $0 == 0x5B }) + 1
        func array(_ count: Int) -> [UInt8] {
            [0x5B] + repeatElement(Array(element.utf8), count: count).joined().dropLast() + [0x5D]
        }
        // The array counts too.
        let most = (JSON.maximumValueCount - 1) / nodes
        _ = try JSON(parsing: array(most))
        #expect { try JSON(parsing: array(most + 1)) } throws: { ($0 as? MalformedJSON)?.reason == .tooManyValues }
    }

    @Test func namesCountAsValues() throws {
        func object(_ count: Int) -> [UInt8] {
            Array(("{" + (0..<count).map { "\"\($0)\":0" }.joined(separator: ",") + "}").utf8)
        }
        let most = (JSON.maximumValueCount - 1) / 2
        _ = try JSON(parsing: object(most))
        #expect { try JSON(parsing: object(most + 1)) } throws: { ($0 as? MalformedJSON)?.reason == .tooManyValues }
    }

    @Test func nestingHasACeiling() throws {
        let deep = { (levels: Int) -> [UInt8] in
            [UInt8](repeating: 0x5B, count: levels) + [UInt8](repeating: 0x5D, count: levels)
        }
        _ = try JSON(parsing: deep(JSON.maximumDepth))
        #expect { try JSON(parsing: deep(JSON.maximumDepth + 1)) } throws: {
            ($0 as? MalformedJSON)?.reason == .tooDeep
        }
        #expect(throws: MalformedJSON.self) { try JSON(parsing: [UInt8](repeating: 0x5B, count: 1_000_000)) }
    }

    @Test func namesThatUnicodeCallsEqualAreDifferent() throws {
        let value = try JSON(parsing: Array("{\"K\":1,\"\u{212A}\":2}".utf8))
        #expect(value["K"] == .integer(1))
    }

    @Test func fieldsAreTakenOnceAndTheRestRefused() throws {
        var fields = try JSONFields(JSON(parsing: Array(#"{"a":"x","n":3,"extra":[]}"#.utf8)), at: "doc")
        #expect(try fields.text("a") == "x")
        #expect(try fields.count("n") == 3)
        #expect(throws: UnexpectedJSON("doc.a", .missing)) { try fields.text("a") }
        #expect(throws: UnexpectedJSON("doc.extra", .unknownField)) { try fields.finish() }
    }
}
