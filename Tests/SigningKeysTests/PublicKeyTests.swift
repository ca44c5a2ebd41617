import Digests
import Encodings
import PrivateKeys
import SigningKeys
import TestSupport
import Testing

@Suite struct PublicKeyTests {
    // RFC 8410 section 10.1 gives the PEM text; the numbers are those of `ssh-keygen -lf` for it.
    private let ed25519 = Array(
        """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
        -----END PUBLIC KEY-----

        """.utf8
    )

    private func refusal(_ text: [UInt8]) -> SigningKeyError? {
        do {
            _ = try PublicKey(pem: text)
            return nil
        } catch {
            return error
        }
    }

    private func refusal(spki: [UInt8]) -> SigningKeyError? {
        do {
            _ = try PublicKey(spki: spki)
            return nil
        } catch {
            return error
        }
    }

    @Test func readsAndWritesTheSameText() throws {
        let key = try PublicKey(pem: ed25519)
        #expect(key.pem == ed25519)
        #expect(key.scheme == .ed25519)
        #expect(key.bits == 256)
        #expect(key.spki.count == 44)
        #expect(key.spkiSHA256 == SHA256.digest(of: key.spki))
        // Windows line ends, and no line end at the end, spell the same key.
        let windows = String(decoding: ed25519, as: UTF8.self).replacing("\n", with: "\r\n")
        #expect(try PublicKey(pem: Array(windows.utf8)) == key)
        #expect(try PublicKey(pem: Array(ed25519.dropLast())) == key)
    }

    @Test func refusesOtherPEMTexts() {
        let text = String(decoding: ed25519, as: UTF8.self)
        let line = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
        #expect(refusal(ed25519 + ed25519) == .severalBlocks)
        #expect(refusal(ed25519 + Array("x\n".utf8)) == .trailingData)
        #expect(refusal(ed25519 + Array("\n".utf8)) == .trailingData)
        let broken = [
            "", "\n", " " + text, "\n" + text, "subject=x\n" + text, line, text.replacing("BEGIN", with: "begin"),
            text.replacing("END PUBLIC", with: "END  PUBLIC"), text.replacing("-----END PUBLIC KEY-----\n", with: ""),
            text.replacing(line, with: ""), text.replacing(line, with: " " + line), text.replacing("E=\n", with: "E\n"),
            text.replacing("E=\n", with: "F=\n"),
            text.replacing(line, with: line.prefix(20) + "\n" + line.dropFirst(20)),
            text.replacing(line, with: "Proc-Type: 4,ENCRYPTED\n\n" + line),
            text.replacing("KEY-----\n", with: "KEY----\n"),
            text.replacing("-----END PUBLIC KEY-----", with: "-----END PRIVATE KEY-----"), "\u{FEFF}" + text,
        ]
        for text in broken {
            guard case .malformedPEM = refusal(Array(text.utf8)) else {
                Issue.record("not refused as malformed PEM: \(text)")
                continue
            }
        }
        #expect(refusal([UInt8](repeating: 0x41, count: 32_769)) == .tooLarge(bytes: 32_769, limit: 32_768))
    }

    @Test func refusesEveryTruncationOfTheText() {
        // All but the last line end.
        for count in 0..<ed25519.count - 1 {
            #expect(refusal(Array(ed25519.prefix(count))) != nil, "\(count)")
        }
    }

    @Test func namesAPrivateKeyGivenAsPublic() throws {
        for key in TestKeys.all.values {
            #expect(refusal(try key.openPEM()) == .privateKeyGivenAsPublic(label: "PRIVATE KEY"))
        }
        let key = try #require(TestKeys.all[.p256])
        let locked = try key.lockedPEM("passphrase")
        #expect(refusal(locked) == .privateKeyGivenAsPublic(label: "ENCRYPTED PRIVATE KEY"))
        for label in ["RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
            #expect(refusal(pemText(label, [1, 2, 3])) == .privateKeyGivenAsPublic(label: label))
        }
        #expect(
            refusal(pemText("CERTIFICATE", [1])) == .unexpectedLabel(found: "CERTIFICATE", wanted: "PUBLIC KEY")
        )
        #expect(
            refusal(pemText("RSA PUBLIC KEY", [1])) == .unexpectedLabel(found: "RSA PUBLIC KEY", wanted: "PUBLIC KEY")
        )
    }

    /// Every truncation, extension and flipped bit outside the numbers of the key is refused, and nothing traps.
    @Test(arguments: KeyType.allCases)
    func refusesBrokenDER(_ type: KeyType) throws {
        let key = try #require(TestKeys.all[type]).publicKey
        let spki = key.spki
        for count in 0..<spki.count {
            #expect(refusal(spki: Array(spki.prefix(count))) != nil)
        }
        #expect(refusal(spki: spki + [0]) != nil)
        let header = type == .ed25519 ? 12 : type == .p256 ? 27 : 32
        for index in 0..<header {
            for bit in 0..<8 {
                var changed = spki
                changed[index] ^= 1 << bit
                #expect(refusal(spki: changed) != nil, "byte \(index), bit \(bit)")
            }
        }
        // A changed number may make another key and never the same one.
        for index in header..<spki.count {
            var changed = spki
            changed[index] ^= 0x10
            if let other = try? PublicKey(spki: changed) {
                #expect(other.keyID != key.keyID)
            }
        }
    }

    @Test func refusesAPointThatIsNotOnTheCurve() throws {
        var spki = try #require(TestKeys.all[.p256]).publicKey.spki
        spki[spki.count - 1] ^= 1
        guard case .malformedKey = refusal(spki: spki) else {
            Issue.record("accepted")
            return
        }
    }

    @Test func refusesAnEvenModulus() throws {
        var spki = try #require(TestKeys.all[.rsa2048]).publicKey.spki
        // The exponent 65537 takes the last five bytes.
        spki[spki.count - 6] ^= 1
        #expect(refusal(spki: spki) == .malformedKey(reason: "RSA modulus is even"))
    }

    @Test func keyIDHasOneSpelling() throws {
        let id = try PublicKey(pem: ed25519).keyID
        let text = id.description
        #expect(text.utf8.count == 50)
        #expect(KeyID(id.text) == id)
        for other in [
            "", "SHA256:", text + "=", String(text.dropLast()), text + "A", " " + text, "sha256" + text.dropFirst(6),
            "MD5:" + text.dropFirst(7), String(text.dropFirst(7)), text.dropLast() + "=",
        ] {
            #expect(KeyID(Text(other)) == nil, "\(other)")
        }
    }
}
