import Digests
import Encodings

/// What a linker's signature leaves behind a shorter one that is put in its place: a piece of its table of hashes.
///
/// codesign(1) takes larger pages than linkers do, and does not clear what is left. The piece begins anywhere in a hash;
/// where all of it are the right hashes of pages that follow each other, it has room for nothing.
struct EarlierHashes<Source: RandomAccessBytes> {
    /// The size of the pages of linkers.
    private static var pageSize: UInt64 { 4096 }
    /// As many bytes as have a whole hash in them wherever it begins.
    private static var leastByteCount: Int { 2 * Digest.byteCount - 1 }
    private static var ceiling: Int { 1 << 20 }
    /// The most bytes before the table, by hashes: the heads, and the name of the program.
    private static var mostBefore: UInt64 { 64 }

    /// The file.
    let reader: LayoutReader<Source>
    /// Where the signature begins, and the code ends.
    let start: UInt64

    private var pageCount: UInt64 { (start + Self.pageSize - 1) / Self.pageSize }

    /// Whether `range`, behind a signature, has such a piece, and zeros where the table has ended.
    func fill(_ range: Range<UInt64>) throws -> Bool {
        guard range.lowerBound >= start, range.count >= Self.leastByteCount, range.count <= Self.ceiling else {
            return false
        }
        let bytes = try reader.bytes(range)
        // The table begins not far behind the signature, so that the place says nearly which page it is.
        let last = (range.lowerBound - start) / UInt64(Digest.byteCount) + 1
        let first = last - min(last, Self.mostBefore)
        guard first < pageCount else { return false }
        for page in first..<min(last + 1, pageCount) {
            let hash = try hash(page)
            for offset in 0..<Digest.byteCount where bytes[offset...].starts(with: hash) {
                if try isTable(bytes, from: page, at: offset) { return true }
            }
        }
        return false
    }

    /// Whether `bytes` have the hashes from `page` on at `offset`, with the end of the one before, and then zeros.
    private func isTable(_ bytes: [UInt8], from page: UInt64, at offset: Int) throws -> Bool {
        if offset > 0 {
            guard page > 0, try hash(page - 1).suffix(offset).elementsEqual(bytes[..<offset]) else { return false }
        }
        var rest = bytes[offset...]
        for next in page..<pageCount where !rest.isEmpty {
            let count = min(Digest.byteCount, rest.count)
            guard try hash(next).prefix(count).elementsEqual(rest.prefix(count)) else { return false }
            rest = rest.dropFirst(count)
        }
        return rest.allSatisfy { $0 == 0 }
    }

    private func hash(_ page: UInt64) throws -> [UInt8] {
        let place = page * Self.pageSize
        return SHA256.digest(of: try reader.bytes(place..<min(place + Self.pageSize, start))).bytes
    }
}
