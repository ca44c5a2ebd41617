@testable import Comparison

/// A zip file written by hand, so that each of its fields can be made a lie.
struct ZipFile {
    struct Entry {
        var name: [UInt8]
        var content: [UInt8] = []
        var localName: [UInt8]?
        var localMethod: UInt64 = 0
        var flags: UInt64 = 0
        var localExtra: [UInt8] = []
        var centralExtra: [UInt8] = []
        var comment: [UInt8] = []
        /// Put behind the content.
        var gap: [UInt8] = []
        var descriptor: [UInt8]?
        /// Added to the offset of the local header that the central directory gives.
        var offsetError: Int = 0
        var localSizeError: UInt64 = 0

        init(_ name: String, _ content: String = "") {
            self.name = Array(name.utf8)
            self.content = Array(content.utf8)
        }
    }

    var entries: [Entry]
    var prefix: [UInt8] = []
    /// Whether offsets count from the start of the file, the prefix included.
    var countsPrefix = true
    var beforeDirectory: [UInt8] = []
    var beforeEnd: [UInt8] = []
    var comment: [UInt8] = []
    var disk: UInt64 = 0
    var isZip64 = false
    var trailing: [UInt8] = []

    init(_ entries: [Entry]) {
        self.entries = entries
    }

    static func field(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    var bytes: [UInt8] {
        var file = prefix
        var directory: [UInt8] = []
        let base = countsPrefix ? 0 : prefix.count
        for entry in entries {
            let offset = UInt64(file.count - base + entry.offsetError)
            let crc = UInt64(CRC32.checksum(entry.content))
            let size = UInt64(entry.content.count)
            let isStreamed = entry.flags & 8 != 0
            let name = entry.localName ?? entry.name
            file += [0x50, 0x4B, 3, 4, 20, 0]
            file += Self.field(entry.flags, 2) + Self.field(entry.localMethod, 2) + [0, 0, 0x21, 0x58]
            file += Self.field(isStreamed ? 0 : crc, 4)
            file += Self.field(isStreamed ? 0 : size + entry.localSizeError, 4) + Self.field(isStreamed ? 0 : size, 4)
            file += Self.field(UInt64(name.count), 2) + Self.field(UInt64(entry.localExtra.count), 2)
            file += name + entry.localExtra + entry.content
            if isStreamed {
                file +=
                    entry.descriptor ?? [0x50, 0x4B, 7, 8] + Self.field(crc, 4) + Self.field(size, 4)
                    + Self.field(size, 4)
            }
            file += entry.gap
            directory += [0x50, 0x4B, 1, 2, 20, 3, 20, 0] + Self.field(entry.flags, 2) + [0, 0, 0, 0, 0x21, 0x58]
            directory += Self.field(crc, 4) + Self.field(size, 4) + Self.field(size, 4)
            directory += Self.field(UInt64(entry.name.count), 2) + Self.field(UInt64(entry.centralExtra.count), 2)
            directory += Self.field(UInt64(entry.comment.count), 2) + [0, 0, 0, 0, 0, 0, 0xA4, 0x81]
            directory += Self.field(offset, 4) + entry.name + entry.centralExtra + entry.comment
        }
        file += beforeDirectory
        let start = UInt64(file.count - base)
        file += directory + beforeEnd
        let count = UInt64(entries.count)
        if isZip64 {
            let record = UInt64(file.count - base)
            file += [0x50, 0x4B, 6, 6] + Self.field(44, 8) + [45, 3, 45, 0] + Self.field(0, 8)
            file += Self.field(count, 8) + Self.field(count, 8)
            file += Self.field(UInt64(directory.count), 8) + Self.field(start, 8)
            file += [0x50, 0x4B, 6, 7] + Self.field(0, 4) + Self.field(record, 8) + Self.field(1, 4)
        }
        let short = isZip64 || count > 0xFFFF ? 0xFFFF : count
        file += [0x50, 0x4B, 5, 6] + Self.field(disk, 2) + Self.field(disk, 2)
        file += Self.field(short, 2) + Self.field(short, 2)
        file += Self.field(UInt64(directory.count), 4) + Self.field(isZip64 ? 0xFFFF_FFFF : start, 4)
        return file + Self.field(UInt64(comment.count), 2) + comment + trailing
    }
}
