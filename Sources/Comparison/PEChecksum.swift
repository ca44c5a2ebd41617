/// The CheckSum of a PE file's optional header, as the image loader works it out.
enum PEChecksum {
    /// The checksum of `file`, taking the field at `field` as zero.
    ///
    /// The little-endian 16-bit words are added with end-around carry, then the length of the file.
    static func compute(_ file: FileBytes, without field: Range<UInt64>) throws -> UInt32 {
        var sum: UInt32 = 0
        var place: UInt64 = 0
        while place < file.count {
            // An even number of bytes, so that no word is cut.
            let end = min(file.count, place + 65_536)
            var bytes = try file.bytes(place..<end)
            for index in field.clamped(to: place..<end) { bytes[Int(index - place)] = 0 }
            if !bytes.count.isMultiple(of: 2) { bytes.append(0) }
            for index in stride(from: 0, to: bytes.count, by: 2) {
                sum += UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
                sum = sum & 0xFFFF + sum >> 16
            }
            place = end
        }
        return sum &+ UInt32(truncatingIfNeeded: file.count)
    }
}
