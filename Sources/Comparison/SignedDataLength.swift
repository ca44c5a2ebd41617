/// The length of a PKCS#7 or CMS message that holds a signature, in DER (RFC 5652 sections 3 and 5, X.690 section 8.1.3).
///
/// Only the wrapping is read here; ``SignedDataStructure`` looks at what is in it.
enum SignedDataLength {
    /// The most bytes that ``message(_:)`` looks at.
    static let headByteCount = 29
    // OBJECT IDENTIFIER 1.2.840.113549.1.7.2, id-signedData.
    private static let signedData: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]

    /// How many of `head`'s bytes and of those behind it are one message, its tag and length included.
    ///
    /// Nil unless it is a SEQUENCE of id-signedData and of `[0]` with one SEQUENCE, and each ends where the outer one does.
    static func message(_ head: some Collection<UInt8>) -> UInt64? {
        let head = ArraySlice(Array(head.prefix(headByteCount)))
        guard let outer = element(0x30, head) else { return nil }
        var rest = head.dropFirst(outer.headerCount)
        guard rest.starts(with: signedData) else { return nil }
        rest = rest.dropFirst(signedData.count)
        guard let explicit = element(0xA0, rest),
            UInt64(signedData.count + explicit.headerCount) + explicit.length == outer.length,
            let inner = element(0x30, rest.dropFirst(explicit.headerCount)),
            UInt64(inner.headerCount) + inner.length == explicit.length
        else { return nil }
        return UInt64(outer.headerCount) + outer.length
    }

    /// The bytes of tag and length at the start of `bytes`, and the length.
    ///
    /// Nil unless the tag is `tag` and the length is definite, in its shortest form, of at most four bytes.
    static func element(_ tag: UInt8, _ bytes: ArraySlice<UInt8>) -> (headerCount: Int, length: UInt64)? {
        let head = Array(bytes.prefix(6))
        guard head.count >= 2, head[0] == tag else { return nil }
        guard head[1] >= 0x80 else { return (2, UInt64(head[1])) }
        let size = Int(head[1] & 0x7F)
        guard (1...4).contains(size), head.count >= 2 + size, head[2] != 0 else { return nil }
        let length = head[2..<2 + size].reduce(0) { $0 << 8 | UInt64($1) }
        return length >= 0x80 ? (2 + size, length) : nil
    }
}

extension LayoutReader {
    /// How many of the bytes of `range` are the signed message that it begins with.
    ///
    /// Nil where it holds no whole one, or one that is not built like a signature or longer than one may be.
    func signedDataLength(in range: Range<UInt64>) throws -> UInt64? {
        let size = range.upperBound - range.lowerBound
        let end = range.lowerBound + min(size, UInt64(SignedDataLength.headByteCount))
        guard let length = SignedDataLength.message(try bytes(range.lowerBound..<end)), length <= size,
            length <= SignedDataStructure.byteCeiling
        else { return nil }
        let message = try bytes(range.lowerBound..<range.lowerBound + length)
        return SignedDataStructure.holds(message) ? length : nil
    }
}
