/// The signing block of an Android package, right before the central directory (APK Signature Scheme v2).
///
/// Sizes, magic, the entries that hold signatures and the zeros that fill the block up are the signature area. A filling
/// that is not zeros is padding, other entries are headers like any other, so that nothing can hide among signatures.
enum AndroidSigningBlock {
    private static let magic = Array("APK Sig Block 42".utf8)
    /// The entries of the schemes 2, 3 and 3.1.
    private static let signatures: Set<UInt64> = [0x7109_871A, 0xF053_68C0, 0x1B93_AD61]
    private static let padding: UInt64 = 0x4272_6577
    private static let maximumEntryCount = 1024

    /// Covers the block that ends at `directory`, and the gap before it, where there is one.
    static func write(
        before directory: UInt64,
        _ input: inout WindowedBytes,
        to output: inout ContainerWriter
    ) throws {
        // The size twice and the magic; the size does not count its first self.
        guard directory - output.end >= 32 else { return }
        let footer = try input.bytes(directory - 24, 24, "the signing block")
        guard footer[8...].elementsEqual(magic) else { return }
        let size = FixedField.littleEndian(footer, 0, 8)
        guard size >= 24, size <= directory - output.end - 8 else {
            throw MalformedLayout("zip", "the signing block overlaps the last member", at: directory)
        }
        let start = directory - size - 8
        let first = try input.bytes(start, 8, "the signing block")
        guard FixedField.littleEndian(first, 0, 8) == size else {
            throw MalformedLayout("zip", "the sizes of the signing block disagree", at: start)
        }
        try output.fill(to: start, .padding, .gap, of: "the signing block")
        try output.append(8, .signature, "signing block")
        var count = 0
        var found: [UInt64: UInt64] = [:]
        while output.end < directory - 24 {
            count += 1
            guard count <= maximumEntryCount else {
                throw MalformedLayout("zip", "the signing block has too many entries", at: output.end)
            }
            try writeEntry(before: directory - 24, &found, &input, to: &output)
        }
        try output.append(24, .signature, "signing block")
    }

    private static func writeEntry(
        before end: UInt64,
        _ found: inout [UInt64: UInt64],
        _ input: inout WindowedBytes,
        to output: inout ContainerWriter
    ) throws {
        guard end - output.end >= 12 else {
            throw MalformedLayout("zip", "an entry of the signing block is cut off", at: output.end)
        }
        let head = try input.bytes(output.end, 12, "an entry of the signing block")
        let length = FixedField.littleEndian(head, 0, 8)
        let id = FixedField.littleEndian(head, 8, 4)
        guard length >= 4, length <= end - output.end - 8 else {
            throw MalformedLayout("zip", "an entry of the signing block is cut off", at: output.end)
        }
        let name = "signing block entry 0x\(String(id, radix: 16))"
        if signatures.contains(id) {
            let isNew = found.updateValue(length, forKey: id) == nil
            let isSignature =
                try isNew && length <= SignedDataStructure.byteCeiling
                && found.values.allSatisfy { $0 <= SignedDataStructure.byteCeiling }
                && found.values.reduce(0, +) <= SignedDataStructure.totalByteCeiling
                && AndroidSigners.areWellFormed(
                    try input.bytes(output.end + 12, Int(length) - 4, name),
                    namesVersions: id != 0x7109_871A
                )
            try output.append(8 + length, isSignature ? .signature : .header, name)
            return
        }
        try output.append(12, id == padding ? .signature : .header, name)
        let value = output.end..<output.end + length - 4
        guard id == padding else { return try output.fill(to: value.upperBound, .header, name) }
        let isEmpty = try input.firstNonzero(value) == value.upperBound
        try output.fill(to: value.upperBound, isEmpty ? .signature : .padding, name)
    }
}
