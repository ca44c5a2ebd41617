import Testing

@testable import Comparison

/// Makes what an entry of an APK signing block holds.
enum SignersBytes {
    static let certificate = der(0x30, der(0x30), MessageBytes.algorithm, der(0x03, [0, 1]))

    /// A length and the bytes.
    static func prefixed(_ parts: [UInt8]...) -> [UInt8] {
        let bytes = parts.flatMap { $0 }
        return ZipFile.field(UInt64(bytes.count), 4) + bytes
    }

    /// One signer; `versions` are those of the system that schemes from 3 on name.
    static func value(
        digest: Int = 32,
        certificate: [UInt8] = certificate,
        versions: [UInt8] = [],
        signature: Int = 256,
        key: [UInt8] = der(0x30, MessageBytes.algorithm),
        behind: [UInt8] = []
    ) -> [UInt8] {
        let digests = prefixed(prefixed([1, 1, 0, 0], prefixed([UInt8](repeating: 7, count: digest))))
        let attributes = prefixed(prefixed([1, 2, 3, 4], [5]))
        let data = prefixed(digests, prefixed(prefixed(certificate)), versions, attributes, behind)
        let signatures = prefixed(prefixed([1, 1, 0, 0], prefixed([UInt8](repeating: 8, count: signature))))
        return prefixed(prefixed(data, versions, signatures, prefixed(key)))
    }
}

@Suite struct AndroidSignersTests {
    @Test func readsWhatSignersWrite() {
        let versions: [UInt8] = [28, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F]
        #expect(AndroidSigners.areWellFormed(SignersBytes.value(), namesVersions: false))
        #expect(AndroidSigners.areWellFormed(SignersBytes.value(versions: versions), namesVersions: true))
        #expect(AndroidSigners.areWellFormed(SignersBytes.value(behind: [0, 0, 0, 0]), namesVersions: false))
    }

    @Test func refusesEverythingElse() {
        let good = SignersBytes.value()
        let refused = [
            [], [1, 2, 3], [0, 0, 0, 0], good + [0], Array(good.dropLast()), SignersBytes.value(digest: 65),
            SignersBytes.value(signature: 1025), SignersBytes.value(certificate: [1, 2, 3]),
            SignersBytes.value(key: [1, 2, 3]), SignersBytes.value(behind: [0, 0, 0, 1]),
            SignersBytes.value(behind: [1, 0, 0, 0, 9]), [UInt8](repeating: 0xA5, count: 1000),
        ]
        for (index, value) in refused.enumerated() {
            #expect(!AndroidSigners.areWellFormed(value, namesVersions: false), "case \(index)")
        }
        #expect(!AndroidSigners.areWellFormed(good, namesVersions: true))
        // Every length: of all, of the signer, of its data, of the digests.
        for place in [0, 4, 8, 12, 16] {
            let changed = good.with([good[place] ^ 1], at: place)
            #expect(!AndroidSigners.areWellFormed(changed, namesVersions: false), "byte \(place)")
        }
    }
}
