/// What of the headers of a zip archive differs where the same content is compressed otherwise.
enum ZipCompressionFields {
    private static let (stored, deflated): (UInt64, UInt64) = (0, 8)

    /// The general purpose flags that tell the level at which a content was deflated, bits 1 and 2 (APPNOTE 4.4.4).
    ///
    /// Info-ZIP sets them also for what it stores because deflating made it no smaller. For other methods they mean
    /// something else.
    static func levelBits(_ method: UInt64) -> UInt64 { method == deflated || method == stored ? 0x0006 : 0 }

    /// The bytes of two headers, seen from their first, whose difference the compression explains.
    ///
    /// `method` is where the method stands; the version needed and the flags stand before it (APPNOTE 4.3.7, 4.3.12).
    static func explained(_ shipped: [UInt8], _ rebuilt: [UInt8], method: Int) -> [Range<Int>] {
        let sides = (Fields(shipped, method), Fields(rebuilt, method))
        var explained: [Range<Int>] = []
        if sides.0.method != sides.1.method, sides.0.hasUsualVersion, sides.1.hasUsualVersion {
            explained.append(method - 4..<method - 3)
        }
        if sides.0.flagsWithoutLevel == sides.1.flagsWithoutLevel { explained.append(method - 2..<method - 1) }
        return explained
    }

    private struct Fields {
        let version: UInt64
        let flags: UInt64
        let method: UInt64

        init(_ header: [UInt8], _ place: Int) {
            version = FixedField.littleEndian(header, place - 4, 2)
            flags = FixedField.littleEndian(header, place - 2, 2)
            method = FixedField.littleEndian(header, place, 2)
        }

        var flagsWithoutLevel: UInt64 { flags & ~levelBits(method) }

        /// Whether the version needed is one that writers give for the method: 1.0 or 2.0 for what is stored, and 2.0
        /// for what is deflated (APPNOTE 4.4.3.2).
        var hasUsualVersion: Bool {
            version == 20 && method == deflated || [10, 20].contains(version) && method == stored
        }
    }
}
