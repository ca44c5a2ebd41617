/// ISO 9660 images (ECMA-119), coarsely: system area, volume descriptors with their times, then all the rest as one part.
///
/// The file system is not walked: files, directories and what lies between them are one section, so that a byte that
/// differs anywhere in it is seen, but not named more closely. There are no member regions.
package enum ISOLayout {
    private static let format = "iso"
    private static let sector: UInt64 = 2048
    private static let systemAreaCount: UInt64 = 16 * sector
    private static let maximumDescriptorCount = 64

    /// Whether `head`, at least 32,774 bytes, has a volume descriptor where it must be.
    package static func recognises(_ head: [UInt8]) -> Bool {
        head.count >= 32_774 && head[32_769..<32_774].elementsEqual("CD001".utf8)
    }

    /// The parts of an image.
    package static func layout(of bytes: any RandomAccessBytes) throws -> ContainerLayout {
        var input = WindowedBytes(bytes, format)
        var output = ContainerWriter(format)
        try output.append(systemAreaCount, .section, "system area")
        var volumeEnd: UInt64?
        var count = 0
        while true {
            let descriptor = try input.bytes(output.end, Int(sector), "a volume descriptor")
            count += 1
            guard descriptor[1..<6].elementsEqual("CD001".utf8), count <= maximumDescriptorCount else {
                throw MalformedLayout(format, "the volume descriptors have no end", at: output.end)
            }
            let name = "volume descriptor \(count)"
            if descriptor[0] == 255 {
                try output.append(sector, .header, name)
                break
            }
            if descriptor[0] == 1 {
                guard volumeEnd == nil else {
                    throw MalformedLayout(format, "two primary volume descriptors", at: output.end)
                }
                volumeEnd = try volumeByteCount(descriptor, at: output.end)
            }
            // Primary and supplementary ones have the same fields.
            if descriptor[0] == 1 || descriptor[0] == 2 {
                try writeVolume(name, to: &output)
            } else {
                try output.append(sector, .header, name)
            }
        }
        guard let volumeEnd, volumeEnd >= output.end, volumeEnd <= input.count else {
            throw MalformedLayout(format, "the volume is not as large as it says", at: output.end)
        }
        try output.fill(to: volumeEnd, .section, "file system")
        return try output.finish(input.count)
    }

    /// Covers a descriptor: the date in the record of the root directory, then four dates of the volume (section 8.4).
    private static func writeVolume(_ name: String, to output: inout ContainerWriter) throws {
        try output.append(174, .header, name)
        try output.append(7, .timestamp, .time, of: name)
        try output.append(632, .header, name)
        try output.append(68, .timestamp, .time, of: name)
        try output.append(1167, .header, name)
    }

    /// The size of the volume, which is recorded in both byte orders.
    private static func volumeByteCount(_ descriptor: [UInt8], at offset: UInt64) throws(MalformedLayout) -> UInt64 {
        let blocks = FixedField.littleEndian(descriptor, 80, 4)
        let block = FixedField.littleEndian(descriptor, 128, 2)
        guard blocks == FixedField.bigEndian(descriptor, 84, 4), block == FixedField.bigEndian(descriptor, 130, 2)
        else {
            throw MalformedLayout("iso", "a number differs from itself in the other byte order", at: offset)
        }
        return blocks * block
    }
}
