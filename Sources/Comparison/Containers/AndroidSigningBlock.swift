/// The signing block of an Android package, right before the central directory (APK Signature Scheme v2).
///
/// Sizes, magic, the entries that hold signatures and the zeros that fill the block up are the signature area, and so are
/// the zeros before it that align it. A filling that is not zeros, or more than fills a page, is padding, other entries
/// are headers like any other, so that nothing can hide among signatures. A block without a signature is none at all.
struct AndroidSigningBlock {
    private static let magic = Array("APK Sig Block 42".utf8)
    /// The entries of the schemes 2, 3 and 3.1.
    private static let signatures: Set<UInt64> = [0x7109_871A, 0xF053_68C0, 0x1B93_AD61]
    private static let padding: UInt64 = 0x4272_6577
    private static let maximumEntryCount = 1024
    /// Signers let a block begin and end with a page (AOSP, tools/apksig, ApkSigningBlockUtils.java).
    private static let page: UInt64 = 4096

    /// A part of an entry.
    private struct Piece {
        let count: UInt64
        let kind: FileLayout.Region.Kind
        let name: String
    }

    private let range: Range<UInt64>
    private var pieces: [Piece] = []
    private var isSigned = false
    /// How long the entries of signatures are by their number.
    private var lengths: [UInt64: UInt64] = [:]
    private var isFilled = false

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
        var block = AndroidSigningBlock(start..<directory)
        try block.readEntries(&input)
        try block.write(&input, to: &output)
    }

    private init(_ range: Range<UInt64>) {
        self.range = range
    }

    private mutating func readEntries(_ input: inout WindowedBytes) throws {
        var place = range.lowerBound + 8
        var count = 0
        while place < range.upperBound - 24 {
            count += 1
            guard count <= AndroidSigningBlock.maximumEntryCount else {
                throw MalformedLayout("zip", "the signing block has too many entries", at: place)
            }
            place = try readEntry(at: place, before: range.upperBound - 24, &input)
        }
    }

    /// Reads an entry; where the next one begins.
    private mutating func readEntry(
        at place: UInt64,
        before end: UInt64,
        _ input: inout WindowedBytes
    ) throws -> UInt64 {
        guard end - place >= 12 else {
            throw MalformedLayout("zip", "an entry of the signing block is cut off", at: place)
        }
        let head = try input.bytes(place, 12, "an entry of the signing block")
        let length = FixedField.littleEndian(head, 0, 8)
        let id = FixedField.littleEndian(head, 8, 4)
        guard length >= 4, length <= end - place - 8 else {
            throw MalformedLayout("zip", "an entry of the signing block is cut off", at: place)
        }
        let name = "signing block entry 0x\(String(id, radix: 16))"
        let value = place + 12..<place + 8 + length
        if AndroidSigningBlock.signatures.contains(id) {
            let isSignature = try isSignature(id, length, value, name, &input)
            isSigned = isSigned || isSignature
            pieces.append(Piece(count: 8 + length, kind: isSignature ? .signature : .header, name: name))
        } else if id == AndroidSigningBlock.padding {
            let isFilling = try isFilling(8 + length, value, &input)
            pieces.append(Piece(count: 12, kind: isFilling ? .signature : .header, name: name))
            pieces.append(Piece(count: length - 4, kind: isFilling ? .signature : .padding, name: name))
        } else {
            pieces.append(Piece(count: 8 + length, kind: .header, name: name))
        }
        return value.upperBound
    }

    /// Whether an entry consists of signers, and no more of them than signatures take.
    private mutating func isSignature(
        _ id: UInt64,
        _ length: UInt64,
        _ value: Range<UInt64>,
        _ name: String,
        _ input: inout WindowedBytes
    ) throws -> Bool {
        let isNew = lengths.updateValue(length, forKey: id) == nil
        guard isNew, length <= SignedDataStructure.byteCeiling,
            lengths.values.allSatisfy({ $0 <= SignedDataStructure.byteCeiling }),
            lengths.values.reduce(0, +) <= SignedDataStructure.totalByteCeiling
        else { return false }
        let bytes = try input.bytes(value.lowerBound, value.count, name)
        return !HiddenArchive.begins(in: bytes) && AndroidSigners.areWellFormed(bytes, namesVersions: id != 0x7109_871A)
    }

    /// Whether the one entry of a padding has exactly the zeros that let the block end with a page.
    private mutating func isFilling(
        _ count: UInt64,
        _ value: Range<UInt64>,
        _ input: inout WindowedBytes
    ) throws -> Bool {
        defer { isFilled = true }
        // Where less is left than the head of an entry takes, one page more is filled.
        guard !isFilled, UInt64(range.count) % AndroidSigningBlock.page == 0, count < AndroidSigningBlock.page + 12
        else { return false }
        return try input.firstNonzero(value) == value.upperBound
    }

    /// Covers the gap before the block, and the block.
    private func write(_ input: inout WindowedBytes, to output: inout ContainerWriter) throws {
        let gap = output.end..<range.lowerBound
        let isAlignment =
            try isSigned && UInt64(gap.count) < AndroidSigningBlock.page
            && range.lowerBound % AndroidSigningBlock.page == 0 && input.firstNonzero(gap) == gap.upperBound
        try output.fill(to: range.lowerBound, isAlignment ? .signature : .padding, .gap, of: "the signing block")
        let kind: FileLayout.Region.Kind = isSigned ? .signature : .header
        try output.append(8, kind, "signing block")
        for piece in pieces {
            let isPart = isSigned || piece.kind != .signature
            try output.append(piece.count, isPart ? piece.kind : .padding, piece.name)
        }
        try output.append(24, kind, "signing block")
    }
}
