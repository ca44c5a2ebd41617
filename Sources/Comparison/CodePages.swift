import Digests
import Encodings

/// The pages of a Mach-O file that a code directory has hashes of (Apple, xnu, osfmk/kern/cs_blobs.h).
///
/// Where they are the right ones they follow from the code, which is compared, and have no room for anything: then a large
/// program can have as many as it has pages.
struct CodePages<Source: RandomAccessBytes> {
    /// Where the code ends; it begins with the file.
    let end: UInt64
    /// The size of a page.
    let size: UInt64
    /// The file.
    let reader: LayoutReader<Source>

    /// Whether `hashes` are the SHA-256 of all pages; the last page ends with the code.
    func areHashed(in hashes: Range<UInt64>) throws -> Bool {
        guard end > 0, size > 0, UInt64(hashes.count) == (end + size - 1) / size * UInt64(Digest.byteCount) else {
            return false
        }
        var areRight = true
        try reader.forEachEntry(in: hashes, of: Digest.byteCount) { index, fields in
            let start = UInt64(index) * size
            let page = try reader.bytes(start..<min(start + size, end))
            areRight = SHA256.digest(of: page).bytes.elementsEqual(fields.bytes)
            return areRight
        }
        return areRight
    }
}
