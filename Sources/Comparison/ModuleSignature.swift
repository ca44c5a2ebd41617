/// The signature that Linux expects behind a kernel module (Linux, include/linux/module_signature.h).
///
/// From the end: the words of the trailer, twelve bytes that hold the length, the PKCS#7 message of that length.
struct ModuleSignature {
    private static let trailer = Array("~Module signature appended~\n".utf8)

    /// The message with what stands behind it.
    let range: Range<UInt64>
    /// Where the PKCS#7 message ends within what is said to be its length.
    private let messageEnd: UInt64
    private let informationStart: UInt64

    /// Finds the signature at the end of a file; nil where there is no trailer.
    ///
    /// Throws ``MalformedLayout`` where the trailer is there and the rest is not what Linux accepts.
    init?(_ reader: LayoutReader<some RandomAccessBytes>) throws {
        let trailer = ModuleSignature.trailer
        guard reader.count >= UInt64(trailer.count) else { return nil }
        let trailerStart = reader.count - UInt64(trailer.count)
        guard try reader.bytes(trailerStart..<reader.count) == trailer else { return nil }
        guard trailerStart >= 12 else { throw reader.malformed("a module signature without its length", at: 0) }
        informationStart = trailerStart - 12
        let information = Array(try reader.bytes(informationStart..<trailerStart))
        // mod_check_sig() in kernel/module_signature.c: PKCS#7, and zeros in all else but the length.
        guard information.prefix(8) == [0, 0, 2, 0, 0, 0, 0, 0] else {
            throw reader.malformed("a module signature of an unknown kind", at: informationStart)
        }
        let length = BinaryFields(information[...], isBigEndian: true).offset32(8)
        guard length <= informationStart else {
            throw reader.malformed("a module signature longer than the file", at: informationStart)
        }
        let start = informationStart - length
        guard let message = try reader.signedDataLength(in: start..<informationStart) else {
            throw reader.malformed("a module signature that is no signed PKCS#7 message", at: start)
        }
        range = start..<reader.count
        messageEnd = start + message
    }

    /// Adds the signature; bytes behind the message and before its length are none of it.
    func add(to parts: inout LayoutParts) {
        parts.add(range.lowerBound..<messageEnd, .signature, "module signature")
        parts.add(messageEnd..<informationStart, .padding, "padding behind the signature")
        parts.add(informationStart..<range.upperBound, .signature, "length of the module signature")
    }
}
