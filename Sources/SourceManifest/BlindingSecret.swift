package import Encodings

/// The 32 secret bytes from which the salts of one blinded manifest are derived.
///
/// Who knows them can open every leaf. They are written by ``hexForSecretFile`` alone: a description, a debugger or a
/// log shows none of them.
package struct BlindingSecret: Sendable {
    /// The length of a secret, in bytes.
    package static let byteCount = 32

    private let value: Digest

    /// Takes 32 bytes of good randomness; nil for any other count.
    package init?(_ bytes: [UInt8]) {
        guard let value = Digest(bytes) else { return nil }
        self.value = value
    }

    /// Reads the 64 lower-case hexadecimal digits of a secret file; nil for anything else.
    package init?(hex: some Collection<UInt8>) {
        guard let value = Digest(hex: hex) else { return nil }
        self.value = value
    }

    /// The digits, for the secret file and nothing else.
    var hexForSecretFile: String { value.hex }

    /// The key that all salts come from.
    package func blinding<H: HashFunction & ~Copyable>(using hasher: inout H) -> Blinding {
        Blinding(key: HKDF.extract(material: value.bytes, using: &hasher))
    }
}

extension BlindingSecret: CustomStringConvertible, CustomDebugStringConvertible {
    /// Says that there is a secret, not which.
    package var description: String { "a secret, not shown" }

    /// Says that there is a secret, not which.
    package var debugDescription: String { description }
}

#if !hasFeature(Embedded)
extension BlindingSecret: CustomReflectable {
    /// Shows nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
#endif

/// What hides the entries of one manifest: docs/formats/blinded.md.
package struct Blinding: CustomStringConvertible {
    private let key: Digest

    init(key: Digest) {
        self.key = key
    }

    /// Says that there is a secret, not which.
    package var description: String { "a secret, not shown" }

    /// The salt of the entry at a path.
    package func salt<H: HashFunction & ~Copyable>(for path: TreePath, using hasher: inout H) -> Digest {
        HKDF.expand(key, info: path.bytes, using: &hasher)
    }

    /// The commitment to nothing, which hides the number of entries.
    func decoy<H: HashFunction & ~Copyable>(_ index: Int, using hasher: inout H) -> Digest {
        // No path has a NUL, so that no salt is ever the same.
        let key = HKDF.expand(key, info: [0] + Array("decoy \(index)".utf8), using: &hasher)
        let nothing: [UInt8] = []
        return HMAC.code(key: key, message: nothing.span, using: &hasher)
    }

    /// The commitment to the details of a statement.
    func detailsCommitment<H: HashFunction & ~Copyable>(_ details: [UInt8], using hasher: inout H) -> Digest {
        let key = HKDF.expand(key, info: [0] + Array("details".utf8), using: &hasher)
        return HMAC.code(key: key, message: details.span, using: &hasher)
    }
}

/// The commitment of an entry under its salt: the HMAC of its line.
package func commitment<H: HashFunction & ~Copyable>(
    to entry: Entry,
    salt: Digest,
    using hasher: inout H
) -> Digest {
    HMAC.code(key: salt, message: entry.line.span, using: &hasher)
}
