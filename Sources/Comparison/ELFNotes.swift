/// Notes of an ELF file (System V ABI, chapter 5, "Note Section").
struct ELFNotes {
    /// Where the notes are.
    let range: Range<UInt64>
    /// What their parts are aligned to.
    let alignment: UInt64
    /// The name of the section or segment.
    let name: String

    /// The most notes that are read in a file, but for the last section.
    static let maximumCount = 4096
    /// The most notes that are told apart in a section.
    private static let maximumCountOfOne = 256

    /// Cuts every note out of the section, and out of the note what it identifies the build with; how many were read.
    ///
    /// A section that does not hold notes throughout, or too many, stays whole.
    func cut(_ reader: LayoutReader<some RandomAccessBytes>, from parts: inout LayoutParts) throws -> Int {
        // Eight only where 64-bit property notes say so; all others are aligned to four, whatever the section says.
        let step: UInt64 = alignment == 8 ? 8 : 4
        var found: [(Range<UInt64>, FileLayout.Region.Kind, String)] = []
        var start = range.lowerBound
        var count = 0
        while start < range.upperBound {
            count += 1
            guard count <= ELFNotes.maximumCountOfOne, range.upperBound - start >= 12 else { return count }
            let head = try reader.fields(at: start, 12, name)
            // Sums of three 32-bit numbers and an offset within the file do not overflow.
            let owner = start + 12..<start + 12 + head.offset32(0)
            let content = up(owner.upperBound, step)..<up(owner.upperBound, step) + head.offset32(4)
            guard content.upperBound <= range.upperBound, owner.count <= 64 else { return count }
            let next = min(up(content.upperBound, step), range.upperBound)
            let by = try reader.bytes(owner)
            let title = "\(name), note \(head.u32(8)) of \(LayoutName.printable(by.prefix { $0 != 0 }))"
            // NT_GNU_BUILD_ID and the build id of Go.
            if head.u32(8) == 3 && by == Array("GNU\0".utf8) || head.u32(8) == 4 && by == Array("Go\0\0".utf8) {
                found.append((start..<content.lowerBound, .section, title))
                found.append((content, .buildID, "build id"))
                found.append((content.upperBound..<next, .padding, "behind the build id"))
            } else {
                found.append((start..<next, .section, title))
            }
            start = next
        }
        for (range, kind, name) in found { parts.cut(range, kind, name) }
        return count
    }

    /// `offset` rounded up within the notes.
    private func up(_ offset: UInt64, _ step: UInt64) -> UInt64 {
        range.lowerBound + (offset - range.lowerBound + step - 1) / step * step
    }
}
