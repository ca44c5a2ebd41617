/// What the entries of the APK signature schemes 2, 3 and 3.1 hold: signers with their signed data, signatures and keys.
///
/// Android documentation, "APK Signature Scheme v2" and "v3". All numbers are little-endian, and each length is of four
/// bytes. Nothing is verified: values can be anything that their lengths allow.
enum AndroidSigners {
    private static let (signerCeiling, listCeiling, signatureCeiling) = (10, 16, 1024)

    /// Whether `value` is a list of signers and nothing else; from scheme 3 on they name versions of the system.
    static func areWellFormed(_ value: [UInt8], namesVersions: Bool) -> Bool {
        guard let outer = list(value[...], 1), outer.count == 1, let signers = list(outer[0], signerCeiling) else {
            return false
        }
        return !signers.isEmpty && signers.allSatisfy { isSigner($0, namesVersions) }
    }

    private static func isSigner(_ bytes: ArraySlice<UInt8>, _ namesVersions: Bool) -> Bool {
        var rest = bytes
        guard let data = take(&rest), isSignedData(data, namesVersions), !namesVersions || rest.count >= 8 else {
            return false
        }
        if namesVersions { rest = rest.dropFirst(8) }
        guard let signatures = take(&rest).flatMap({ list($0, listCeiling) }), let key = take(&rest), rest.isEmpty
        else {
            return false
        }
        return signatures.allSatisfy { isNumbered($0, upTo: signatureCeiling) } && isSequence(key)
    }

    /// Digests, certificates, versions, attributes.
    private static func isSignedData(_ bytes: ArraySlice<UInt8>, _ namesVersions: Bool) -> Bool {
        var rest = bytes
        guard let digests = take(&rest).flatMap({ list($0, listCeiling) }),
            let certificates = take(&rest).flatMap({ list($0, listCeiling) }), !namesVersions || rest.count >= 8
        else { return false }
        if namesVersions { rest = rest.dropFirst(8) }
        guard let attributes = take(&rest).flatMap({ list($0, listCeiling) }) else { return false }
        // Some signers write one more list, which is empty.
        guard rest.isEmpty || rest.elementsEqual([0, 0, 0, 0]) else { return false }
        return digests.allSatisfy { isNumbered($0, upTo: 64) } && certificates.allSatisfy(isCertificate)
            && attributes.allSatisfy { $0.count >= 4 }
    }

    private static func isCertificate(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard isSequence(bytes), let element = DERElement.all(bytes)?.first else { return false }
        return SignedDataStructure.isCertificate(element)
    }

    private static func isSequence(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let elements = DERElement.all(bytes), elements.count == 1 else { return false }
        return elements[0].tag == 0x30 && elements[0].isWellNested()
    }

    /// Whether it is the number of an algorithm, a length, and as many bytes, at most `ceiling`.
    private static func isNumbered(_ bytes: ArraySlice<UInt8>, upTo ceiling: Int) -> Bool {
        var rest = bytes.dropFirst(4)
        guard bytes.count >= 8, let value = take(&rest) else { return false }
        return rest.isEmpty && value.count <= ceiling
    }

    /// The pieces of `bytes`, each behind its length; nil where they do not fill it or are more than `ceiling`.
    private static func list(_ bytes: ArraySlice<UInt8>, _ ceiling: Int) -> [ArraySlice<UInt8>]? {
        var rest = bytes
        var pieces: [ArraySlice<UInt8>] = []
        while !rest.isEmpty {
            guard pieces.count < ceiling, let piece = take(&rest) else { return nil }
            pieces.append(piece)
        }
        return pieces
    }

    /// Takes a length and as many bytes off the start of `bytes`; nil where they are not there.
    private static func take(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.count >= 4 else { return nil }
        let length = BinaryFields(bytes.prefix(4), isBigEndian: false).offset32(0)
        guard length <= UInt64(bytes.count - 4) else { return nil }
        let piece = bytes.dropFirst(4).prefix(Int(length))
        bytes = bytes.dropFirst(4 + Int(length))
        return piece
    }
}
