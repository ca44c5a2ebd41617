import Disclosures
import Encodings
import Merkle
import MerkleProofs
import PureSHA256
import SourceManifest
import Testing

@Suite struct BlindingTests {
    private static func bytes(_ hex: String) -> [UInt8] { Hex.decode(hex.utf8) ?? [] }

    // RFC 4231 sections 4.2, 4.3, 4.4, 4.7 and 4.8.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 20), "4869205468657265",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            String(repeating: "aa", count: 131),
            "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            String(repeating: "aa", count: 131),
            "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e64"
                + "2061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f2062652068"
                + "6173686564206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func messageAuthentication(_ key: String, _ message: String, _ code: String) {
        var hasher = PureSHA256()
        let (key, message) = (Self.bytes(key), Self.bytes(message))
        #expect(HMAC.code(key: key.span, message: message.span, using: &hasher).hex == code)
    }

    // RFC 5869 appendix A.1 to A.3.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 22), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
            "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        ),
        (
            (0..<80).map { Hex.encode([UInt8($0)]) }.joined(), (0x60..<0xB0).map { Hex.encode([UInt8($0)]) }.joined(),
            (0xB0..<0x100).map { Hex.encode([UInt8($0)]) }.joined(),
            "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                + "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
        (
            String(repeating: "0b", count: 22), "", "",
            "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ),
    ])
    func keyDerivation(_ material: String, _ salt: String, _ info: String, _ key: String, _ output: String) {
        var hasher = PureSHA256()
        let extracted = HKDF.extract(salt: Self.bytes(salt), material: Self.bytes(material), using: &hasher)
        #expect(extracted.hex == key)
        let info = Self.bytes(info)
        let expanded = HKDF.expand(extracted, info: info, count: output.count / 2, using: &hasher)
        #expect(expanded.map { Hex.encode($0) } == output)
        #expect(HKDF.expand(extracted, info: info, using: &hasher).hex == output.prefix(64))
        #expect(HKDF.expand(extracted, info: info, count: 8161, using: &hasher) == nil)
    }

    @Test func theBlindedFormIsThatOfTheSpecification() throws {
        var hasher = PureSHA256()
        let file = try Samples.secretFile()
        let blinded = try file.blinded(using: &hasher)
        #expect(blinded.count == file.manifest.count + file.decoys)
        // Recomputed from the text of the specification.
        let ikm = [UInt8](repeating: 7, count: 32)
        let key = HKDF.extract(material: ikm, using: &hasher)
        var commitments: [Digest] = []
        for index in 0..<file.manifest.count {
            let entry = file.manifest.entry(at: index)
            let salt = HKDF.expand(key, info: entry.path.bytes, using: &hasher)
            commitments.append(HMAC.code(key: salt, message: entry.line.span, using: &hasher))
        }
        let nothing: [UInt8] = []
        for index in 0..<file.decoys {
            let decoyKey = HKDF.expand(key, info: [0] + Array("decoy \(index)".utf8), using: &hasher)
            commitments.append(HMAC.code(key: decoyKey, message: nothing.span, using: &hasher))
        }
        #expect(blinded.commitments == commitments.sorted())
        let detailsKey = HKDF.expand(key, info: [0] + Array("details".utf8), using: &hasher)
        let details = file.details.compact
        #expect(
            file.detailsCommitment(using: &hasher)
                == HMAC.code(key: detailsKey, message: details.span, using: &hasher)
        )
        #expect(blinded.tree(using: &hasher).root == blinded.root(using: &hasher))
    }

    @Test func blindedFilesHaveOneSpelling() throws {
        var hasher = PureSHA256()
        let blinded = try Samples.secretFile().blinded(using: &hasher)
        let bytes = blinded.bytes
        let root = blinded.root(using: &hasher)
        #expect(try BlindedManifest(parsing: bytes).bytes == bytes)
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1
            if let other = try? BlindedManifest(parsing: changed) {
                #expect(other.root(using: &hasher) != root)
            }
            if let shorter = try? BlindedManifest(parsing: Array(bytes[..<place])) {
                #expect(shorter.root(using: &hasher) != root)
            }
        }
        let lines = (0..<3).map { "blinded \(Samples.digest("\($0)").hex)\n" }.sorted()
        func parse(_ lines: [String]) throws {
            _ = try BlindedManifest(parsing: Array(("vitrine-blinded/v1\n" + lines.joined()).utf8))
        }
        try parse(lines)
        try parse([])
        for broken in [
            [lines[1], lines[0]], [lines[0], lines[0]], [lines[0].uppercased()], ["blinded  " + lines[0].dropFirst(8)],
            [lines[0] + "\n"], [String(lines[0].dropLast())], ["decoy" + lines[0].dropFirst(7)],
        ] {
            #expect(throws: MalformedBlindedManifest.self) { try parse(broken) }
        }
    }

    @Test func secretFilesAreReadBackAndRefusedWhenAltered() throws {
        let file = try Samples.secretFile()
        let bytes = file.bytes
        #expect(try SecretFile(parsing: bytes).bytes == bytes)
        for place in bytes.indices {
            #expect((try? SecretFile(parsing: Array(bytes[..<place])))?.bytes != bytes)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        for (good, bad) in [
            ("vitrine-secret/v1", "vitrine-secret/v2"), ("secret 07", "secret 0707"), ("secret 07", "secret 0G"),
            ("decoys 3", "decoys 03"), ("decoys 3", "decoys -3"), ("decoys 3", "decoys 2000001"),
            ("details {", "details  {"), ("\n\nvitrine", "\nvitrine"), ("vitrine-manifest/v1", "vitrine-manifest/v3"),
            ("}\n\n", ",}\n\n"),
        ] {
            #expect(text.contains(good))
            let altered = text.split(separator: good, maxSplits: 1, omittingEmptySubsequences: false).joined(
                separator: bad
            )
            #expect(throws: MalformedSecretFile.self, "\(bad)") { try SecretFile(parsing: Array(altered.utf8)) }
        }
    }

    @Test func secretsAreNotPrinted() throws {
        let file = try Samples.secretFile()
        let secret = file.secret
        var dumped = ""
        dump(file, to: &dumped)
        dump(secret, to: &dumped)
        for text in ["\(file)", String(reflecting: file), "\(secret)", String(reflecting: secret), dumped] {
            // The bytes are all 7; as words of 64 bits they would show as this number.
            #expect(!text.contains("0707") && !text.contains("\(0x0707_0707_0707_0707)"))
        }
    }
}
