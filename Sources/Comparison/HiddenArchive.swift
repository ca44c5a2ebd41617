/// Parts of a zip archive inside what a format takes for a signature.
///
/// Programs that look for an archive from the end of a file, or read one as it comes, find it there, whatever the format
/// of the file says: python3 and unzip do.
enum HiddenArchive {
    /// Behind `PK`: a local header, central header, end record, its ZIP64 forms, a data descriptor (APPNOTE 4.3).
    private static let marks: Set<[UInt8]> = [[3, 4], [1, 2], [5, 6], [6, 6], [6, 7], [7, 8]]
    /// As much as is looked at in one piece.
    private static let pieceSize: UInt64 = 1 << 20

    /// Whether a part of an archive begins in `bytes`.
    static func begins(in bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4 else { return false }
        for index in 0...bytes.count - 4 where bytes[index] == 0x50 && bytes[index + 1] == 0x4B {
            if marks.contains([bytes[index + 2], bytes[index + 3]]) { return true }
        }
        return false
    }

    /// The same layout; without any signature where one part of it, or neighbours together, hold a part of an archive.
    ///
    /// Right hashes of the code follow from the code, and are not looked into.
    static func demoted(_ layout: FileLayout, of file: some RandomAccessBytes) throws -> FileLayout {
        var start: UInt64?
        for region in layout.regions {
            // In a universal file the name of the slice stands before it.
            let isClaim = region.kind == .signature && !region.name.contains(CodeDirectory.pageHashName)
            if isClaim, start == nil { start = region.range.lowerBound }
            if !isClaim, let from = start {
                if try begins(in: from..<region.range.lowerBound, of: file) {
                    return layout.withoutSignatures("beside parts of an archive")
                }
                start = nil
            }
        }
        if let from = start, let end = layout.regions.last?.range.upperBound, try begins(in: from..<end, of: file) {
            return layout.withoutSignatures("beside parts of an archive")
        }
        return layout
    }

    private static func begins(in range: Range<UInt64>, of file: some RandomAccessBytes) throws -> Bool {
        var place = range.lowerBound
        while place < range.upperBound {
            // Three bytes more, for a mark that begins at the end of a piece.
            let end = min(place + pieceSize + 3, range.upperBound)
            if begins(in: try file.bytes(place..<end)) { return true }
            place += pieceSize
        }
        return false
    }
}
