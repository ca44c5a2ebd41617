/// Whether bytes are built like the SignedData of PKCS#7 and CMS (RFC 5652 section 5), and small enough to be a signature.
///
/// No key is known here, so nothing is verified: values, attributes and texts of certificates can still be anything that
/// their lengths allow. What is left open is bounded by the ceilings.
enum SignedDataStructure {
    /// The most bytes of one message.
    static let byteCeiling: UInt64 = 64 << 10
    /// The most bytes of all signatures of one file.
    static let totalByteCeiling: UInt64 = 128 << 10
    private static let (sequence, set, integer, identifier): (UInt8, UInt8, UInt8, UInt8) = (0x30, 0x31, 0x02, 0x06)
    private static let (octets, bits): (UInt8, UInt8) = (0x04, 0x03)
    private static let signerCeiling = 4
    private static let certificateCeiling = 32
    /// Signatures of lattices take 5 KB.
    private static let signatureValueCeiling = 8 << 10

    /// Whether `message`, a ContentInfo whose wrapping ``SignedDataLength`` accepts, holds a SignedData and no more.
    static func holds(_ message: [UInt8]) -> Bool {
        guard UInt64(message.count) <= byteCeiling, let outer = DERElement.all(message[...]), outer.count == 1,
            outer[0].isWellNested(), let content = outer[0].children, content.count == 2,
            let explicit = content[1].children, explicit.count == 1
        else { return false }
        return isSignedData(explicit[0])
    }

    /// version, digestAlgorithms, encapContentInfo, certificates [0], crls [1], signerInfos.
    private static func isSignedData(_ element: DERElement) -> Bool {
        guard element.tag == sequence, var rest = element.children?[...],
            let version = rest.popFirst(), isVersion(version),
            let digests = rest.popFirst(), isList(digests, set, 8, isAlgorithm),
            let content = rest.popFirst(), isContent(content)
        else { return false }
        if rest.first?.tag == 0xA0 {
            guard let list = rest.popFirst(), isList(list, 0xA0, certificateCeiling, isCertificate) else {
                return false
            }
        }
        if rest.first?.tag == 0xA1 {
            guard let list = rest.popFirst(), isList(list, 0xA1, 4, isCertificate) else { return false }
        }
        guard let signers = rest.popFirst(), rest.isEmpty, signers.children?.isEmpty == false else { return false }
        return isList(signers, set, signerCeiling, isSigner)
    }

    /// version, sid, digestAlgorithm, signedAttrs [0], signatureAlgorithm, signature, unsignedAttrs [1].
    private static func isSigner(_ element: DERElement) -> Bool {
        guard element.tag == sequence, var rest = element.children?[...],
            let version = rest.popFirst(), isVersion(version),
            let name = rest.popFirst(), name.tag == sequence || name.tag == 0x80,
            let digest = rest.popFirst(), isAlgorithm(digest)
        else { return false }
        if rest.first?.tag == 0xA0 {
            guard let list = rest.popFirst(), isList(list, 0xA0, 32, isAttribute) else { return false }
        }
        guard let algorithm = rest.popFirst(), isAlgorithm(algorithm),
            let value = rest.popFirst(), value.tag == octets, value.content.count <= signatureValueCeiling
        else { return false }
        if rest.first?.tag == 0xA1 {
            guard let list = rest.popFirst(), isList(list, 0xA1, 32, isAttribute) else { return false }
        }
        return rest.isEmpty
    }

    /// A certificate or a list of revoked ones: what is signed, the algorithm, the signature.
    static func isCertificate(_ element: DERElement) -> Bool {
        guard element.tag == sequence, let parts = element.children, parts.count == 3 else { return false }
        return parts[0].tag == sequence && isAlgorithm(parts[1]) && parts[2].tag == bits
    }

    private static func isVersion(_ element: DERElement) -> Bool {
        element.tag == integer && element.content.count == 1 && element.content.allSatisfy { (1...5).contains($0) }
    }

    /// An identifier and perhaps one value.
    private static func isAlgorithm(_ element: DERElement) -> Bool {
        guard element.tag == sequence, let parts = element.children, (1...2).contains(parts.count) else { return false }
        return parts[0].tag == identifier && (1...32).contains(parts[0].content.count)
    }

    /// An identifier and perhaps `[0]` with one value.
    private static func isContent(_ element: DERElement) -> Bool {
        guard element.tag == sequence, let parts = element.children, (1...2).contains(parts.count),
            parts[0].tag == identifier
        else { return false }
        return parts.count == 1 || parts[1].tag == 0xA0 && parts[1].children?.count == 1
    }

    /// An identifier and a set of values.
    private static func isAttribute(_ element: DERElement) -> Bool {
        guard element.tag == sequence, let parts = element.children, parts.count == 2 else { return false }
        return parts[0].tag == identifier && parts[1].tag == set
    }

    private static func isList(
        _ element: DERElement,
        _ tag: UInt8,
        _ ceiling: Int,
        _ isMember: (DERElement) -> Bool
    ) -> Bool {
        guard element.tag == tag, let members = element.children, members.count <= ceiling else { return false }
        return members.allSatisfy(isMember)
    }
}
