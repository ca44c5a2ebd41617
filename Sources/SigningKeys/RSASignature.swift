internal import Encodings

/// RSASSA-PKCS1-v1_5 by building the one right block and comparing (RFC 8017 section 8.2.2).
///
/// A parser of the block has been the way in for forgeries (CVE-2006-4339 and its kin); there is none here.
enum RSASignature {
    /// The block that a signature of `message` must give: 00 01 FF … FF 00 DigestInfo.
    ///
    /// Nil where the modulus is too short for it, which no accepted key is.
    static func encodedMessage(for message: SignedMessage, length: Int) -> [UInt8]? {
        let digestInfo = prefix + message.digest.bytes
        // RFC 8017 section 9.2: at least eight bytes of FF.
        let padding = length - digestInfo.count - 3
        guard padding >= 8 else { return nil }
        return [0x00, 0x01] + [UInt8](repeating: 0xFF, count: padding) + [0x00] + digestInfo
    }

    /// DigestInfo for SHA-256 with NULL parameters, up to the digest (RFC 8017 section 9.2 note 1).
    private static let prefix: [UInt8] = [
        0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
        0x20,
    ]
}
