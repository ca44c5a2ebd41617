import Encodings

/// Names of parts and symbols, as a file spells them.
enum LayoutName {
    /// The most bytes of a name that are shown.
    static let maximumByteCount = 255
    /// The most bytes that the names of the sections, or of the symbols, of a file take.
    static let maximumTotalByteCount = 1 << 24

    /// Bytes as printable ASCII, the others as `%XX`; cut where they are many.
    static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        let shown = bytes.prefix(maximumByteCount)
        guard !shown.allSatisfy(TreePath.isPlain) else { return String(decoding: shown, as: UTF8.self) }
        var output: [UInt8] = []
        for byte in shown { TreePath.append(byte, to: &output) }
        return String(decoding: output, as: UTF8.self)
    }
}

/// A table of names that end with a zero byte, read a page at a time.
struct NameTable<Source: RandomAccessBytes> {
    private let reader: LayoutReader<Source>
    private let range: Range<UInt64>
    private var page: [UInt8] = []
    private var pageStart: UInt64 = 0

    /// The names in `range`.
    init(_ reader: LayoutReader<Source>, _ range: Range<UInt64>) {
        self.reader = reader
        self.range = range
    }

    /// The name that begins `offset` bytes into the table, printable; nil outside the table and where it is empty.
    mutating func name(at offset: UInt64) throws -> String? {
        guard offset < range.upperBound - range.lowerBound else { return nil }
        let start = range.lowerBound + offset
        let end = min(start + UInt64(LayoutName.maximumByteCount), range.upperBound)
        if start < pageStart || end > pageStart + UInt64(page.count) {
            page = try reader.bytes(start..<min(start + 4096, range.upperBound))
            pageStart = start
        }
        let name = page[Int(start - pageStart)..<Int(end - pageStart)].prefix { $0 != 0 }
        return name.isEmpty ? nil : LayoutName.printable(name)
    }
}
