/// A code signature that one of two Mach-O files has and the other has not, with what follows from it in the file.
///
/// Signing adds the last load command in the place of zeros, counts it in the header, fills `__LINKEDIT` up to a multiple
/// of sixteen, and lets that segment and the file end with the signature (Apple, cctools, misc/codesign_allocate.c).
struct AddedCodeSignature<Signed: RandomAccessBytes, Unsigned: RandomAccessBytes> {
    private static var alignment: UInt64 { 16 }

    private let signed: MachOCommands<Signed>
    private let unsigned: MachOCommands<Unsigned>
    private let signature: Range<UInt64>
    private let command: Range<UInt64>
    /// Where `__LINKEDIT` ends without the signature.
    private let linkEditEnd: UInt64

    /// Takes a file with a signature and one without; nil where they are not, or not everything follows.
    init?(_ signed: MachOCommands<Signed>, _ unsigned: MachOCommands<Unsigned>) throws {
        guard let signature = signed.signature, let command = signed.signatureCommand, unsigned.signature == nil,
            signed.is64 == unsigned.is64, signed.reader.isBigEndian == unsigned.reader.isBigEndian
        else { return nil }
        // One command more, which is the last; that all others are the same is for the comparison to find.
        guard signed.commandCount == unsigned.commandCount + 1, command.upperBound == signed.commandsEnd,
            command.lowerBound == unsigned.commandsEnd
        else { return nil }
        guard let longer = MachOLayout.linkEdit(signed), let segment = MachOLayout.linkEdit(unsigned),
            longer.range.lowerBound == segment.range.lowerBound,
            segment.range.upperBound == unsigned.reader.count,
            longer.range.upperBound == signature.upperBound, signature.upperBound == signed.reader.count
        else { return nil }
        let end = segment.range.upperBound
        guard end <= signature.lowerBound, signature.lowerBound - end < Self.alignment,
            signature.lowerBound % Self.alignment == 0, try signed.reader.isZero(end..<signature.lowerBound)
        else { return nil }
        (self.signed, self.unsigned) = (signed, unsigned)
        (self.signature, self.command, linkEditEnd) = (signature, command, end)
    }

    /// The same layouts with everything that follows marked as signature; nil where not everything does.
    func mark(_ layout: FileLayout, _ other: FileLayout) throws -> (signed: FileLayout, unsigned: FileLayout)? {
        guard let longer = MachOLayout.linkEdit(signed), let segment = MachOLayout.linkEdit(unsigned) else {
            return nil
        }
        // In the other file the bytes of the command are zeros that no part has: those of a part are no room.
        guard let padding = other.region(containing: command.lowerBound), padding.kind == .padding,
            command.upperBound <= padding.range.upperBound, try unsigned.reader.isZero(command)
        else { return nil }
        let counts = FileLayout.Region(16..<24, .signature, "number and size of load commands")
        var (cuts, otherCuts) = ([counts], [counts])
        otherCuts.append(.init(command, .signature, MachOCommandName.name(0x1D)))
        if linkEditEnd < signature.lowerBound {
            cuts.append(.init(linkEditEnd..<signature.lowerBound, .signature, "alignment of the code signature"))
        }
        // The signed file has its own sizes cut out already, where they follow.
        let isCut = MachOLayout.linkEditSizes(longer).count == 2
        let sizes = MachOLayout.linkEditSizes(segment)
        guard longer.memorySize == segment.memorySize || isCut && sizes.count == 2 else { return nil }
        otherCuts.append(.init(segment.fileSizeField, .signature, MachOLayout.fileSizeName))
        if isCut { otherCuts.append(.init(segment.memorySizeField, .signature, MachOLayout.memorySizeName)) }
        let claims = try CodeSignatureClaims(signed)
        for region in layout.regions where signature.contains(region.range.lowerBound) {
            if try claims.follow(region) { cuts.append(.init(region.range, .signature, region.name)) }
        }
        guard let first = layout.marked(cuts), let second = other.marked(otherCuts) else { return nil }
        return (first, second)
    }
}
