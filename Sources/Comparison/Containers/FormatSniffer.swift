import Encodings

/// What a file is taken for, by how it begins.
package enum FileFormat: String, Hashable, Sendable, CaseIterable {
    case elf = "ELF"
    case pe = "PE"
    case machO = "Mach-O"
    case ar
    case tar
    case zip
    case gzip
    case xz
    case zstd
    case bzip2
    case cpio
    case rpm
    case iso
    case text
    case data
}

/// Tells the format of a file by its first bytes; it reads no further and proves nothing.
package enum FormatSniffer {
    /// How many bytes from the start of a file the answer may need.
    package static let headByteCount = 64 << 10

    /// The format of a file that begins with `head`, its first ``headByteCount`` bytes, or all where it is shorter.
    package static func format(of head: [UInt8]) -> FileFormat {
        if let executable = executable(head) { return executable }
        let containers: [(FileFormat, ([UInt8]) -> Bool)] = [
            (.ar, ArLayout.recognises), (.zip, ZipLayout.recognises), (.gzip, GzipLayout.recognises),
            (.xz, XzLayout.recognises), (.zstd, ZstdLayout.recognises), (.bzip2, Bzip2Layout.recognises),
            (.rpm, RpmLayout.recognises), (.cpio, CpioLayout.recognises), (.tar, TarLayout.recognises),
            (.iso, ISOLayout.recognises),
        ]
        for (format, recognises) in containers where recognises(head) {
            return format
        }
        return isText(head) ? .text : .data
    }

    private static func executable(_ head: [UInt8]) -> FileFormat? {
        if head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) { return .elf }
        guard head.count >= 4 else { return nil }
        switch FixedField.bigEndian(head, 0, 4) {
        // One architecture, of 32 and 64 bits, in both byte orders.
        case 0xFEED_FACE, 0xFEED_FACF, 0xCEFA_EDFE, 0xCFFA_EDFE: return .machO
        // Several: a Java class begins the same, but its version is greater than any count of architectures.
        case 0xCAFE_BABE, 0xCAFE_BABF:
            return head.count >= 8 && (1...30).contains(FixedField.bigEndian(head, 4, 4)) ? .machO : nil
        default: break
        }
        guard head.starts(with: [0x4D, 0x5A]), head.count >= 64 else { return nil }
        let place = Int(FixedField.littleEndian(head, 60, 4))
        // A stub so long that the signature lies behind the head is still most likely in front of one.
        guard place <= head.count - 4 else { return head.count == headByteCount ? .pe : nil }
        return head[place..<place + 4].elementsEqual([0x50, 0x45, 0, 0]) ? .pe : nil
    }

    /// Whether bytes read as text: no NUL, and UTF-8 or nearly all printable; a file of nothing is text.
    static func isText(_ head: [UInt8]) -> Bool {
        var unprintable = 0
        for byte in head {
            switch byte {
            case 0: return false
            case 0x09, 0x0A, 0x0C, 0x0D, 0x20...0x7E: continue
            default: unprintable += 1
            }
        }
        if unprintable == 0 { return true }
        // The head may end within a character, which takes at most four bytes.
        for cut in 0..<(head.count == headByteCount ? 4 : 1) {
            let whole = Array(head.dropLast(cut))
            if Text.isWellFormed(whole.span) { return true }
        }
        return unprintable <= head.count / 20
    }
}
