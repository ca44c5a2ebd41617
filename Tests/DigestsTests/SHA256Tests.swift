import Digests
import Encodings
import TestSupport
import Testing

@Suite struct SHA256Tests {
    // FIPS 180-2 appendix B, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func agreesWithTheStandard(_ message: String, _ hex: String) {
        #expect(SHA256.digest(of: Array(message.utf8)).hex == hex)
    }

    @Test func aMillionLetters() {
        var function = SHA256()
        let thousand = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        for _ in 0..<1000 {
            function.update(thousand.span)
        }
        #expect(function.finish().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func oneValueServesMessageAfterMessage() {
        var generator = SeededGenerator(seed: 1)
        var reused = SHA256()
        for count in [0, 1, 55, 56, 63, 64, 65, 127, 128, 1000, 0, 70_000] {
            let message = generator.bytes(count)
            #expect(reused.digest(message) == SHA256.digest(of: message))
        }
    }

    @Test func piecesMakeTheSameMessage() {
        var generator = SeededGenerator(seed: 2)
        let message = generator.bytes(300)
        let whole = SHA256.digest(of: message)
        var function = SHA256()
        for cut in 0...message.count {
            function.update(message.span.extracting(0..<cut))
            function.update(message.span.extracting(cut..<message.count))
            #expect(function.finish() == whole)
            unsafe function.update(message.span.bytes.extracting(0..<cut))
            unsafe function.update(message.span.bytes.extracting(cut..<message.count))
            #expect(function.finish() == whole)
        }
    }

    @Test(.enabled(if: Command.find("sha256sum") != nil, "sha256sum is not installed"))
    func agreesWithSha256sum() throws {
        var generator = SeededGenerator(seed: 3)
        let message = generator.bytes(262_145)
        let output = try TemporaryDirectory.with { directory in
            try TestFile.write(message, to: directory + "/message")
            return try Command.run("sha256sum", [directory + "/message"]).text
        }
        #expect(output.prefix(64) == SHA256.digest(of: message).hex)
    }
}
