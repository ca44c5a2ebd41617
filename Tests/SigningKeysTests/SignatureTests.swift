import SigningKeys
import TestSupport
import Testing

@Suite struct SignatureTests {
    private let message = Array("DSSEv1 28 application/vnd.in-toto+json 2 {}".utf8)

    private func key(_ type: KeyType) throws -> PrivateKey {
        try #require(TestKeys.all[type])
    }

    @Test(arguments: KeyType.allCases)
    func acceptsItsOwnAndNoOtherMessage(_ type: KeyType) throws {
        let key = try key(type)
        for message in [message, [], [UInt8](repeating: 0x5A, count: 100_000)] {
            let signature = try key.sign(message)
            #expect(key.publicKey.accepts(signature, of: message))
            #expect(!key.publicKey.accepts(signature, of: message + [0]))
            #expect(!key.publicKey.accepts(signature, of: [0] + message))
        }
        let again = try PublicKey(pem: key.publicKey.pem)
        #expect(again == key.publicKey)
        #expect(again.type == type)
        #expect(again.typeName == type.rawValue)
    }

    @Test(arguments: KeyType.allCases)
    func signaturesButECDSAAreDeterministic(_ type: KeyType) throws {
        let key = try key(type)
        let isSame = try key.sign(message) == key.sign(message)
        #expect(isSame == (type != .p256))
    }

    @Test(arguments: KeyType.allCases)
    func refusesEveryTruncationAndExtension(_ type: KeyType) throws {
        let key = try key(type)
        let signature = try key.sign(message)
        for count in 0..<signature.count {
            #expect(!key.publicKey.accepts(Array(signature.prefix(count)), of: message))
            #expect(!key.publicKey.accepts(Array(signature.dropFirst(signature.count - count)), of: message))
        }
        for byte in UInt8.min...UInt8.max {
            #expect(!key.publicKey.accepts(signature + [byte], of: message))
            #expect(!key.publicKey.accepts([byte] + signature, of: message))
        }
        #expect(!key.publicKey.accepts(signature + signature, of: message))
        #expect(!key.publicKey.accepts([UInt8](repeating: 0, count: 1_000_000), of: message))
    }

    @Test(arguments: KeyType.allCases)
    func refusesEveryFlippedByte(_ type: KeyType) throws {
        let key = try key(type)
        let signature = try key.sign(message)
        for index in signature.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                var changed = signature
                changed[index] ^= mask
                #expect(!key.publicKey.accepts(changed, of: message), "byte \(index), mask \(mask)")
            }
        }
        for index in message.indices {
            var changed = message
            changed[index] ^= 0x01
            #expect(!key.publicKey.accepts(signature, of: changed))
        }
    }

    @Test func refusesEveryOtherKeyAndScheme() throws {
        for (type, key) in TestKeys.all {
            let signature = try key.sign(message)
            for (otherType, other) in TestKeys.all where otherType != type {
                #expect(!other.publicKey.accepts(signature, of: message))
            }
            for scheme in SignatureScheme.allCases where scheme != key.publicKey.scheme {
                #expect(!key.publicKey.accepts(signature, of: SignedMessage(message), under: scheme))
            }
            let sameType = try PrivateKey.generate(type == .rsa4096 ? .rsa2048 : type)
            #expect(!sameType.publicKey.accepts(signature, of: message))
        }
    }

    @Test func acceptsRawECDSAOf64BytesOnly() throws {
        let key = try key(.p256)
        for _ in 0..<64 {
            let der = try key.sign(message)
            let raw = try #require(rawSignature(der))
            #expect(key.publicKey.accepts(raw, of: message))
            #expect(!key.publicKey.accepts(Array(raw.dropLast()), of: message))
            #expect(!key.publicKey.accepts(raw + [0], of: message))
            #expect(!key.publicKey.accepts(Array(raw[32...] + raw[..<32]), of: message))
        }
        #expect(!key.publicKey.accepts([UInt8](repeating: 0, count: 64), of: message))
        #expect(!key.publicKey.accepts([UInt8](repeating: 0xFF, count: 64), of: message))
    }

    /// A signature or the modulus added to it is one number twice; only the smaller is a signature.
    @Test func refusesASignatureNotBelowTheModulus() throws {
        let key = try key(.rsa2048)
        #expect(!key.publicKey.accepts([UInt8](repeating: 0xFF, count: 256), of: message))
        #expect(!key.publicKey.accepts([UInt8](repeating: 0, count: 256), of: message))
    }

    /// r and s of a DER signature, 32 bytes each.
    private func rawSignature(_ der: [UInt8]) -> [UInt8]? {
        var rest = der.dropFirst(2)
        var raw: [UInt8] = []
        for _ in 0..<2 {
            guard let count = rest.dropFirst().first else { return nil }
            let number = rest.dropFirst(2).prefix(Int(count)).drop { $0 == 0 }
            raw += [UInt8](repeating: 0, count: 32 - number.count) + number
            rest = rest.dropFirst(2 + Int(count))
        }
        return raw
    }
}
