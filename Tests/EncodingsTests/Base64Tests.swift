import Encodings
import Testing

@Suite struct Base64Tests {
    // RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func agreesWithTheRFC(_ plain: String, _ text: String) {
        #expect(Base64.encode(plain.utf8) == text)
        #expect(Base64.decode(text.utf8) == Array(plain.utf8))
    }

    @Test func everyByteComesBack() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 197 &+ count) }
            #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
        }
    }

    @Test(arguments: [
        "QR==", "QQ====", "QQ=", "QQ", "Q", "=QQ=", "Q=Q=", "QQ==QQ==", "Zm9=", "Zm 9v", "Zm9v\n", "_-8=", "====",
    ])
    func refuses(_ text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test(arguments: ["0", "0g", "0A", "zz", " 0", "00 "])
    func hexRefuses(_ text: String) {
        #expect(Hex.decode(text.utf8) == nil)
    }

    @Test func digestHasOneSpelling() throws {
        let bytes = (0..<32).map { UInt8($0 * 7 % 256) }
        let digest = try #require(Digest(bytes))
        #expect(digest.bytes == bytes)
        #expect(Digest(hex: digest.hex.utf8) == digest)
        #expect(Digest(hex: digest.hex.uppercased().utf8) == nil)
        #expect(Digest(hex: digest.hex.dropLast(2).utf8) == nil)
        #expect(Digest(Array(bytes.dropLast())) == nil)
    }
}
