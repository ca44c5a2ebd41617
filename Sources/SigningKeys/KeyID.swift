internal import Digests
package import Encodings

/// The name of a public key: `SHA256:` and the unpadded base64 of a digest, as `ssh-keygen -lf` prints it.
///
/// The digest is SHA-256 of the SSH encoding of the key (RFC 4253 section 6.6, RFC 5656, RFC 8709), so that one name
/// holds for a key however it is wrapped: an RSA key restricted to PSS has the id of the same key unrestricted.
/// In an envelope an id is a hint. It selects a key that is already trusted and makes none trusted.
package struct KeyID: Hashable, Sendable {
    /// SHA-256 of the SSH encoding.
    package let digest: Digest

    /// Reads an id in its one spelling; nil for any other text.
    package init?(_ text: Text) {
        guard text.utf8.starts(with: KeyID.prefix) else { return nil }
        // 32 bytes are 43 digits and one character of padding, which an id leaves out.
        guard let bytes = Base64.decode(text.utf8.dropFirst(KeyID.prefix.count) + [UInt8(ascii: "=")]),
            let digest = Digest(bytes)
        else { return nil }
        self.digest = digest
    }

    /// The id of the key that `info` spells.
    init(of info: SubjectPublicKeyInfo) {
        digest = SHA256.digest(of: SSHPublicKey.encode(info.material))
    }

    /// The id as text.
    package var text: Text {
        Text(description)
    }

    private static let prefix = Array("SHA256:".utf8)
}

extension KeyID: CustomStringConvertible {
    /// The id as text.
    package var description: String {
        "SHA256:" + Base64.encode(digest.bytes).dropLast()
    }
}

extension KeyID: Comparable {
    /// Orders ids by their digests.
    package static func < (left: KeyID, right: KeyID) -> Bool {
        left.digest < right.digest
    }
}

/// The SSH encoding of public keys.
private enum SSHPublicKey {
    static func encode(_ material: SubjectPublicKeyInfo.Material) -> [UInt8] {
        switch material {
        case .rsa(let modulus, let exponent):
            string(Array("ssh-rsa".utf8)) + number(exponent) + number(modulus)
        case .p256(let point):
            string(Array("ecdsa-sha2-nistp256".utf8)) + string(Array("nistp256".utf8)) + string(point)
        case .ed25519(let key):
            string(Array("ssh-ed25519".utf8)) + string(key)
        }
    }

    /// A `string` of RFC 4251 section 5: length in four bytes, then the bytes.
    private static func string(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt32(bytes.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + bytes
    }

    /// An `mpint` of RFC 4251 section 5: a zero byte first where the top bit would read as a sign.
    private static func number(_ magnitude: [UInt8]) -> [UInt8] {
        let isNegative = magnitude.first.map { $0 >= 0x80 } == true
        return string((isNegative ? [0] : []) + magnitude)
    }
}
