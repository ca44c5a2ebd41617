/// One raw entry of a directory where getdents64(2) left it in a buffer.
package struct RawEntry {
    /// Where the name stands in the buffer; its NUL follows.
    package let name: Range<Int>
    /// The kind of file; nil where the file system does not say.
    package let kind: FileStatus.Kind?

    // struct linux_dirent64: d_ino 8 bytes, d_off 8, d_reclen 2, d_type 1, then the name and NUL.
    private static let lengthOffset = 16
    private static let typeOffset = 18
    private static let nameOffset = 19

    /// The entry that starts at `start`, which moves on to the next; nil at the end of the buffer.
    package init?(_ buffer: Span<UInt8>, at start: inout Int) {
        guard start + RawEntry.nameOffset < buffer.count else { return nil }
        let length =
            Int(buffer[start + RawEntry.lengthOffset]) | Int(buffer[start + RawEntry.lengthOffset + 1]) << 8
        guard length > RawEntry.nameOffset, start + length <= buffer.count else { return nil }
        var end = start + RawEntry.nameOffset
        while end < start + length - 1, buffer[end] != 0 { end += 1 }
        name = start + RawEntry.nameOffset..<end
        kind = FileStatus.Kind(directoryEntryType: buffer[start + RawEntry.typeOffset])
        start += length
    }
}

/// What a name in a directory means to the walk, by its bytes alone.
enum NameMeaning {
    /// A name like any other.
    case ordinary
    /// `.` or `..`: the directory itself and its parent.
    case dots
    /// `.git` in exactly this spelling: the repository's own, at the top of a tree.
    case git
    /// `.git` in other letters of the same name, as a file system that ignores case would take it.
    case gitInOtherCase

    /// Judges the name at `name` in `buffer`.
    init(_ buffer: Span<UInt8>, _ name: Range<Int>) {
        self = .ordinary
        guard name.count <= 4, !name.isEmpty, buffer[name.lowerBound] == UInt8(ascii: ".") else { return }
        if name.count == 1 || name.count == 2 && buffer[name.lowerBound + 1] == UInt8(ascii: ".") {
            self = .dots
        } else if name.count == 4 {
            let letters = (buffer[name.lowerBound + 1], buffer[name.lowerBound + 2], buffer[name.lowerBound + 3])
            let git = (UInt8(ascii: "g"), UInt8(ascii: "i"), UInt8(ascii: "t"))
            if letters == git {
                self = .git
            } else if (letters.0 | 0x20, letters.1 | 0x20, letters.2 | 0x20) == git {
                self = .gitInOtherCase
            }
        }
    }
}
