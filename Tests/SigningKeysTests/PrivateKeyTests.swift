import Encodings
import PrivateKeys
import SigningKeys
import TestSupport
import Testing

@Suite struct PrivateKeyTests {
    private func refusal(_ text: [UInt8], _ passphrase: String? = nil) -> SigningKeyError? {
        do {
            _ = try PrivateKey(pem: text, passphrase: passphrase.map(secret))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: KeyType.allCases)
    func comesBackFromBothForms(_ type: KeyType) throws {
        let key = try #require(TestKeys.all[type])
        let open = try key.openPEM()
        #expect(try PrivateKey(pem: open).publicKey == key.publicKey)
        #expect(try !PrivateKey.isEncrypted(pem: open))
        let locked = try key.lockedPEM("correct horse")
        #expect(try PrivateKey.isEncrypted(pem: locked))
        let again = try PrivateKey(pem: locked, passphrase: secret("correct horse"))
        #expect(again.publicKey == key.publicKey)
        let message: [UInt8] = [1, 2, 3]
        #expect(key.publicKey.accepts(try again.sign(message), of: message))
    }

    @Test func refusesThePassphraseThatDoesNotFit() throws {
        let key = try #require(TestKeys.all[.ed25519])
        let open = try key.openPEM()
        let locked = try key.lockedPEM("correct horse")
        #expect(refusal(locked) == .passphraseNeeded)
        #expect(refusal(locked, "Correct horse") == .wrongPassphrase)
        #expect(refusal(locked, "correct horse\n") == .wrongPassphrase)
        #expect(refusal(locked, "") == .passphraseLength(found: 0, limit: 1024))
        let long = String(repeating: "x", count: 1025)
        #expect(refusal(locked, long) == .passphraseLength(found: 1025, limit: 1024))
        #expect(refusal(open, "correct horse") == .notEncrypted)
        #expect(throws: SigningKeyError.passphraseLength(found: 0, limit: 1024)) {
            _ = try key.pem(passphrase: secret(""))
        }
    }

    @Test func refusesOtherThings() throws {
        let key = try #require(TestKeys.all[.rsa2048])
        let open = try key.openPEM()
        #expect(refusal(key.publicKey.pem) == .publicKeyGivenAsPrivate)
        #expect(refusal(open + open) == .severalBlocks)
        #expect(refusal(open + [0]) == .trailingData)
        #expect(
            refusal(pemText("RSA PRIVATE KEY", [1, 2])) == .traditionalPrivateKey(label: "RSA PRIVATE KEY")
        )
        #expect(
            refusal(pemText("CERTIFICATE", [1, 2])) == .unexpectedLabel(found: "CERTIFICATE", wanted: "PRIVATE KEY")
        )
        for label in ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
            for content: [UInt8] in [[0], [0x30, 0], [0x30, 0x80], key.publicKey.spki, [0x30, 3, 2, 1, 0]] {
                guard case .malformedKey = refusal(pemText(label, content), label == "PRIVATE KEY" ? nil : "x") else {
                    Issue.record("\(label) \(content.prefix(8)) not refused as malformed")
                    continue
                }
            }
        }
    }

    @Test func refusesEveryTruncation() throws {
        for type in [KeyType.ed25519, .p256] {
            let open = try #require(TestKeys.all[type]).openPEM()
            for count in 0..<open.count - 1 {
                #expect(refusal(Array(open.prefix(count))) != nil)
            }
        }
    }

    /// A damaged key is refused, or does not sign, or signs rightly for the public key it then has.
    @Test(arguments: [KeyType.rsa2048, .p256, .ed25519])
    func neverGivesOutAFaultySignature(_ type: KeyType) throws {
        let text = String(decoding: try #require(TestKeys.all[type]).openPEM(), as: UTF8.self)
        let digits = text.split(separator: "\n").dropFirst().dropLast().joined()
        let content = try #require(Base64.decode(digits.utf8))
        var faults = 0
        for index in stride(from: 0, to: content.count, by: type == .rsa2048 ? 5 : 1) {
            var changed = content
            changed[index] ^= 0x04
            guard let key = try? PrivateKey(pem: pemText("PRIVATE KEY", changed)) else { continue }
            guard let signature = try? key.sign([1, 2, 3]) else {
                faults += 1
                continue
            }
            #expect(key.publicKey.accepts(signature, of: [1, 2, 3]))
        }
        // The seed of an Ed25519 key gives its public key, so that every seed is right.
        #expect(faults > 0 || type == .ed25519)
    }

    @Test(.enabled(if: Command.find("openssl") != nil, "openssl is not installed"))
    func refusesWhatOpensslAlsoMakes() throws {
        try TemporaryDirectory.with { directory in
            let others: [([String], (SigningKeyError) -> Bool)] = [
                (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], { $0 == modulus(1024) }),
                (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2047"], { $0 == modulus(2047) }),
                (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_pubexp:3"], { $0 == .exponent(found: "03") }),
                (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_pubexp:257"], { $0 == .exponent(found: "0101") }),
                (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], isUnsupported),
                (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], isUnsupported),
                (
                    ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"],
                    isUnsupported
                ),
                (["-algorithm", "X25519"], isUnsupported), (["-algorithm", "ED448"], isUnsupported),
                (["-algorithm", "RSA-PSS"], isUnsupported),
            ]
            for (arguments, isExpected) in others {
                let key = try opensslKey(arguments, in: directory)
                let found = #expect(throws: SigningKeyError.self) { _ = try PrivateKey(pem: key.secret) }
                #expect(found.map(isExpected) == true, "\(arguments): \(String(describing: found))")
                let foundPublic = #expect(throws: SigningKeyError.self) { _ = try PublicKey(pem: key.open) }
                #expect(foundPublic.map(isExpected) == true, "\(arguments): \(String(describing: foundPublic))")
            }
        }
    }

    @Test func secretsDoNotPrint() {
        let word = secret("correct horse")
        var dumped = ""
        dump(word, to: &dumped)
        for text in ["\(word)", String(reflecting: word), String(describing: word), dumped, "\([word])"] {
            #expect(!text.contains("correct"))
            #expect(text.contains("secret"))
        }
        var bytes = Array("correct horse".utf8)
        let wiped = Secret(wiping: &bytes)
        #expect(bytes == [UInt8](repeating: 0, count: 13))
        #expect(wiped.withBytes { $0[0] } == UInt8(ascii: "c"))
    }

    @Test func randomBytesDiffer() throws {
        #expect(try SecureRandom.bytes(32) != SecureRandom.bytes(32))
        #expect(try SecureRandom.bytes(0).isEmpty)
    }

    private func isUnsupported(_ error: SigningKeyError) -> Bool {
        if case .unsupportedAlgorithm = error { true } else { false }
    }

    private func modulus(_ bits: Int) -> SigningKeyError {
        .modulusSize(found: bits, atLeast: 2048, atMost: 8192)
    }
}
