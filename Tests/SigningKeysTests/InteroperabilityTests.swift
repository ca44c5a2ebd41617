import Encodings
import PrivateKeys
import SigningKeys
import TestSupport
import Testing

@Suite(.serialized) struct InteroperabilityTests {
    private static let hasOpenssl = Command.find("openssl") != nil
    private let message = Array("a message for two implementations".utf8)

    /// The arguments with which `openssl pkeyutl` signs and verifies as a key of `scheme` does.
    private func options(_ scheme: SignatureScheme) -> [String] {
        switch scheme {
        case .rsaPKCS1SHA256, .ecdsaP256SHA256: ["-rawin", "-digest", "sha256"]
        case .rsaPSSSHA256:
            ["-rawin", "-digest", "sha256", "-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:32"]
        case .ed25519: ["-rawin"]
        }
    }

    @Test(.enabled(if: hasOpenssl, "openssl is not installed"), arguments: KeyType.allCases)
    func opensslAcceptsOurs(_ type: KeyType) throws {
        let key = try #require(TestKeys.all[type])
        let signature = try key.sign(message)
        try TemporaryDirectory.with { directory in
            try TestFile.write(key.publicKey.pem, to: "\(directory)/key")
            try TestFile.write(message, to: "\(directory)/message")
            try TestFile.write(signature, to: "\(directory)/signature")
            let verify =
                ["pkeyutl", "-verify", "-pubin", "-inkey", "key", "-sigfile", "signature", "-in", "message"]
                + options(key.publicKey.scheme)
            #expect(try Command.run("openssl", verify, in: directory).status == 0)
            try TestFile.write(message + [0], to: "\(directory)/message")
            #expect(try Command.run("openssl", verify, in: directory).status != 0)
        }
    }

    @Test(.enabled(if: hasOpenssl, "openssl is not installed"), arguments: KeyType.allCases)
    func opensslOpensOurEncryptedKeys(_ type: KeyType) throws {
        let key = try #require(TestKeys.all[type])
        try TemporaryDirectory.with { directory in
            try TestFile.write(try key.lockedPEM("open sesame"), to: "\(directory)/key")
            let open = ["pkey", "-in", "key", "-pubout", "-passin"]
            #expect(
                try Command.run("openssl", open + ["pass:open sesame"], in: directory).output == key.publicKey.pem
            )
            #expect(try Command.run("openssl", open + ["pass:wrong"], in: directory).status != 0)
            let parsed = try Command.run("openssl", ["asn1parse", "-in", "key"], in: directory).text
            for word in ["PBES2", "PBKDF2", "0927C0", "hmacWithSHA256", "aes-256-cbc"] {
                #expect(parsed.contains(word), "\(word)")
            }
        }
    }

    @Test(
        .enabled(if: hasOpenssl, "openssl is not installed"),
        arguments: [
            ("rsa2048", ["-algorithm", "RSA"]), ("rsa2056", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2056"]),
            ("rsa2052", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2052"]),
            ("p256", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
            ("ed25519", ["-algorithm", "ED25519"]),
            (
                "rsa-pss2048",
                [
                    "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_pss_keygen_md:sha256", "-pkeyopt",
                    "rsa_pss_keygen_mgf1_md:sha256", "-pkeyopt", "rsa_pss_keygen_saltlen:32",
                ]
            ),
        ]
    )
    func weAcceptOpenssls(_ name: String, _ arguments: [String]) throws {
        try TemporaryDirectory.with { directory in
            let pem = try opensslKey(arguments, in: directory)
            let key = try PublicKey(pem: pem.open)
            #expect(key.typeName == name)
            #expect(key.pem == pem.open)
            try TestFile.write(message, to: "\(directory)/message")
            let sign = ["pkeyutl", "-sign", "-inkey", "key.pem", "-in", "message", "-out", "signature"]
            #expect(try Command.run("openssl", sign + options(key.scheme), in: directory).status == 0)
            let signature = try TestFile.read("\(directory)/signature")
            #expect(key.accepts(signature, of: message))
            #expect(!key.accepts(signature, of: message + [0]))
            if key.scheme == .rsaPSSSHA256 {
                #expect(throws: SigningKeyError.self) { _ = try PrivateKey(pem: pem.secret) }
            } else {
                let ours = try PrivateKey(pem: pem.secret)
                #expect(ours.publicKey == key)
                #expect(key.accepts(try ours.sign(message), of: message))
            }
        }
    }

    @Test(.enabled(if: hasOpenssl, "openssl is not installed"))
    func encryptionsThatOpensslWrites() throws {
        let key = try #require(TestKeys.all[.ed25519])
        try TemporaryDirectory.with { directory in
            try TestFile.write(try key.openPEM(), to: "\(directory)/key")
            let write = ["pkcs8", "-topk8", "-in", "key", "-out", "locked", "-passout", "pass:word"]
            for options in [["-v2", "aes-256-cbc"], ["-scrypt"], ["-v2", "aes-128-cbc", "-iter", "10"]] {
                #expect(try Command.run("openssl", write + options, in: directory).status == 0)
                let locked = try TestFile.read("\(directory)/locked")
                #expect(try PrivateKey(pem: locked, passphrase: secret("word")).publicKey == key.publicKey)
                #expect(throws: SigningKeyError.wrongPassphrase) {
                    _ = try PrivateKey(pem: locked, passphrase: secret("Word"))
                }
            }
            // PBES1 with DES.
            let weak = try Command.run("openssl", write + ["-v1", "PBE-SHA1-3DES"], in: directory)
            #expect(weak.status == 0, "\(weak.errors)")
            let locked = try TestFile.read("\(directory)/locked")
            let error = #expect(throws: SigningKeyError.self) {
                _ = try PrivateKey(pem: locked, passphrase: secret("word"))
            }
            guard case .unsupportedEncryption = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func refusesMoreRoundsThanAnybodyWaitsFor() throws {
        let key = try #require(TestKeys.all[.ed25519])
        let text = String(decoding: try key.lockedPEM("word"), as: UTF8.self)
        let digits = text.split(separator: "\n").dropFirst().dropLast().joined()
        var content = try #require(Base64.decode(digits.utf8))
        // 600,000 as a DER integer.
        let rounds = try #require(content.firstRange(of: [0x02, 0x03, 0x09, 0x27, 0xC0]))
        content.replaceSubrange(rounds, with: [0x02, 0x03, 0x7F, 0xFF, 0xFF])
        #expect(throws: SigningKeyError.unsupportedEncryption(reason: "8388607 iterations, at most 2000000")) {
            _ = try PrivateKey(pem: pemText("ENCRYPTED PRIVATE KEY", content), passphrase: secret("word"))
        }
    }

    @Test(
        .enabled(if: Command.find("ssh-keygen") != nil, "ssh-keygen is not installed"),
        arguments: KeyType.allCases
    )
    func keyIDIsTheFingerprintOfSSH(_ type: KeyType) throws {
        let key = try #require(TestKeys.all[type]).publicKey
        try TemporaryDirectory.with { directory in
            try TestFile.write(key.pem, to: "\(directory)/key")
            let converted = try Command.run("ssh-keygen", ["-i", "-m", "PKCS8", "-f", "key"], in: directory)
            guard converted.status == 0 else {
                // OpenSSH before 9.6 reads no Ed25519 key in this form.
                #expect(type == .ed25519, "\(converted.errors)")
                let blob = sshBlob(ed25519: Array(key.spki.suffix(32)))
                try TestFile.write(Array("ssh-ed25519 \(blob)\n".utf8), to: "\(directory)/ssh")
                return try checkFingerprint(of: key, in: directory)
            }
            try TestFile.write(converted.output, to: "\(directory)/ssh")
            try checkFingerprint(of: key, in: directory)
        }
    }

    private func checkFingerprint(of key: PublicKey, in directory: String) throws {
        let fingerprint = try Command.run("ssh-keygen", ["-l", "-f", "ssh"], in: directory).text
        #expect(fingerprint.split(separator: " ").dropFirst().first.map(String.init) == key.keyID.description)
    }

    private func sshBlob(ed25519 key: [UInt8]) -> String {
        Base64.encode([0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + key)
    }
}
