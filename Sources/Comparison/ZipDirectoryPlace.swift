/// Where a zip archive's end record says that the central directory begins (APPNOTE 4.3.16).
///
/// A signing block moves the directory and changes nothing else. The place is no byte of its own where the directory does
/// begin there and ends with the end record: then it follows from the size of all that stands before, which is compared.
enum ZipDirectoryPlace {
    private static let size = 12..<16
    private static let offset = 16..<20

    /// Whether two end records differ in that place alone, and it is the right one in each.
    ///
    /// Both differ only where something before the directory has another size, and that has a grade of its own.
    static func isAllThatDiffers(
        _ one: FileLayout.Region,
        _ left: FileBytes,
        _ two: FileLayout.Region,
        _ right: FileBytes
    ) throws -> Bool {
        guard isEndRecord(one), isEndRecord(two) else { return false }
        let (first, second) = (try left.bytes(one.range), try right.bytes(two.range))
        guard first[..<offset.lowerBound] == second[..<offset.lowerBound],
            first[offset.upperBound...] == second[offset.upperBound...]
        else { return false }
        return isRight(first, at: one.range.lowerBound) && isRight(second, at: two.range.lowerBound)
    }

    private static func isEndRecord(_ region: FileLayout.Region) -> Bool {
        region.kind == .header && region.name == "end record" && region.range.count == ZipEnd.byteCount
    }

    private static func isRight(_ record: [UInt8], at place: UInt64) -> Bool {
        let count = FixedField.littleEndian(record, size.lowerBound, size.count)
        let (end, overflows) = FixedField.littleEndian(record, offset.lowerBound, offset.count)
            .addingReportingOverflow(count)
        return !overflows && end == place
    }
}
