import Encodings
import SigningKeys
import TestSupport
import Testing

/// Third-party vectors: `valid` must be accepted, `invalid` and `acceptable` must not.
@Suite(.enabled(if: Vectors.has(Wycheproof.folder), Comment(rawValue: Vectors.absent)))
struct WycheproofTests {
    /// What came of one file.
    private struct Tally {
        var accepted = 0
        var refused = 0
        var keysRefused = 0
        var disagreements: [String] = []
    }

    /// Runs a file.
    ///
    /// `valid` counts in the groups that `isOurs`. `ours` are the numbers of vectors that are invalid under the
    /// scheme of the file and right under the one asked for.
    private func run(
        _ name: String,
        scheme: SignatureScheme? = nil,
        ours: Set<Int> = [],
        isOurs: (Wycheproof.Group) -> Bool = { _ in true }
    ) throws -> Tally {
        var tally = Tally()
        for group in try Wycheproof.read(name).testGroups {
            let spki = try #require(group.spki)
            guard let key = try? PublicKey(spki: spki) else {
                tally.keysRefused += 1
                continue
            }
            for vector in group.tests {
                let message = try #require(vector.message)
                // Some ECDSA vectors are no whole bytes; no bytes are then tried.
                let signature = vector.signature ?? []
                let accepted = key.accepts(signature, of: SignedMessage(message), under: scheme ?? key.scheme)
                tally.accepted += accepted ? 1 : 0
                tally.refused += accepted ? 0 : 1
                let isRight = vector.result == "valid" && isOurs(group) || ours.contains(vector.tcId)
                if accepted != isRight {
                    tally.disagreements.append("\(name) \(vector.tcId) \(vector.result): accepted \(accepted)")
                }
            }
        }
        return tally
    }

    // The keys with the exponent 3 are refused as keys.
    @Test(arguments: [
        ("rsa_signature_2048_sha256", 7, 2), ("rsa_signature_3072_sha256", 7, 1), ("rsa_signature_4096_sha256", 7, 0),
    ])
    func pkcs1(_ name: String, _ accepted: Int, _ keysRefused: Int) throws {
        let tally = try run(name)
        #expect(tally.disagreements == [])
        #expect(tally.accepted == accepted)
        #expect(tally.keysRefused == keysRefused)
    }

    @Test(arguments: ["rsa_signature_2048_sha384", "rsa_signature_2048_sha512"])
    func pkcs1WithAnotherHashIsRefused(_ name: String) throws {
        // 221: "The message is hashed with SHA-256 instead".
        let tally = try run(name, ours: [221], isOurs: { _ in false })
        #expect(tally.disagreements == [])
        #expect(tally.accepted == 1)
        #expect(tally.refused > 250)
    }

    @Test func generatedPKCS1Signatures() throws {
        var signed = 0
        for group in try Wycheproof.read("rsa_pkcs1_2048_sig_gen").testGroups {
            let spki = try #require(group.spki)
            guard let key = try? PublicKey(spki: spki) else {
                #expect(group.tests.allSatisfy { $0.result == "acceptable" })
                continue
            }
            let pkcs8 = try #require(group.privateKeyPkcs8.flatMap { Hex.decode($0.utf8) })
            let privateKey = try PrivateKey(pem: pemText("PRIVATE KEY", pkcs8))
            #expect(privateKey.publicKey == key)
            for vector in group.tests {
                let message = try #require(vector.message)
                let signature = try #require(vector.signature)
                let isOurs = group.sha == "SHA-256"
                #expect(key.accepts(signature, of: message) == isOurs, "\(vector.tcId)")
                #expect((try privateKey.sign(message) == signature) == isOurs, "\(vector.tcId)")
                signed += isOurs ? 1 : 0
            }
        }
        #expect(signed == 8)
    }

    @Test(arguments: [
        "rsa_pss_2048_sha256_mgf1_32", "rsa_pss_3072_sha256_mgf1_32", "rsa_pss_4096_sha256_mgf1_32",
    ])
    func pss(_ name: String) throws {
        let tally = try run(name, scheme: .rsaPSSSHA256)
        #expect(tally.disagreements == [])
        #expect(tally.accepted == 63)
        // The keys say rsaEncryption: of their own scheme is only 108, "PKCS #1 v1.5 signature with SHA-256".
        let own = try run(name, ours: [108], isOurs: { _ in false })
        #expect(own.disagreements == [])
        #expect(own.accepted == 1)
    }

    @Test func pssKeyWithParameters() throws {
        let tally = try run("rsa_pss_2048_sha256_mgf1_32_params")
        #expect(tally.disagreements == [])
        #expect(tally.accepted == 63)
        #expect(tally.keysRefused == 0)
    }

    @Test(arguments: ["rsa_pss_2048_sha256_mgf1_0", "rsa_pss_2048_sha256_mgf1sha1_20", "rsa_pss_misc"])
    func pssWithOtherParametersIsRefused(_ name: String) throws {
        // 69: "s_len changed to 32".
        let ours: Set<Int> = name == "rsa_pss_2048_sha256_mgf1_0" ? [69] : []
        let tally = try run(name, scheme: .rsaPSSSHA256, ours: ours) { group in
            group.sha == "SHA-256" && group.mgfSha == "SHA-256" && group.sLen == 32
        }
        #expect(tally.disagreements == [])
        #expect(tally.accepted == (name == "rsa_pss_2048_sha256_mgf1sha1_20" ? 0 : 1))
        #expect(tally.refused > 100)
    }

    @Test(arguments: [("ecdsa_secp256r1_sha256", 174), ("ed25519", 88)])
    func ellipticCurves(_ name: String, _ accepted: Int) throws {
        let tally = try run(name)
        #expect(tally.disagreements == [])
        #expect(tally.accepted == accepted)
        #expect(tally.keysRefused == 0)
    }
}
