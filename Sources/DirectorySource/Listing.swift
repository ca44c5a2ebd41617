/// One name in a directory that the walk will visit.
struct ListedEntry: Sendable {
    /// Where the name starts in ``Listing/names``.
    let offset: UInt32
    /// The length of the name in bytes, without its NUL.
    let length: UInt16
    /// A regular file, a symbolic link or a directory; nothing else is visited.
    let kind: FileStatus.Kind
    /// The number of the directory this entry is, when it is one.
    var directory: UInt32 = 0

    /// Where the name stands in ``Listing/names``, without its NUL.
    var nameRange: Range<Int> { Int(offset)..<Int(offset) + Int(length) }

    /// Where the name and its NUL stand in ``Listing/names``.
    var terminatedNameRange: Range<Int> { Int(offset)..<Int(offset) + Int(length) + 1 }
}

/// The names of one directory in the order of their paths: all names in one array of bytes, no array a name.
struct Listing: Sendable {
    /// The directory's number; the root is 0.
    let number: Int
    /// The directory's path and a final `/`; empty for the root.
    let prefix: [UInt8]
    /// The names as the system wants them: each ends with NUL.
    private(set) var names: [UInt8] = []
    /// The entries; after ``sort()`` in the order of their paths.
    private(set) var entries: [ListedEntry] = []
    /// Whether the directory holds nothing at all, not even what is left out.
    var isEmpty = true

    init(number: Int, prefix: [UInt8]) {
        self.number = number
        self.prefix = prefix
    }

    /// Adds the entry `name` (without NUL); false when there is no room for more names.
    mutating func append(_ name: Span<UInt8>, _ kind: FileStatus.Kind) -> Bool {
        guard let offset = UInt32(exactly: names.count), let length = UInt16(exactly: name.count) else { return false }
        for index in 0..<name.count {
            names.append(name[index])
        }
        names.append(0)
        entries.append(ListedEntry(offset: offset, length: length, kind: kind))
        return true
    }

    /// Numbers the directories among the entries from `first` on.
    mutating func numberDirectories(from first: Int) {
        var next = first
        for index in entries.indices where entries[index].kind == .directory {
            entries[index].directory = UInt32(truncatingIfNeeded: next)
            next += 1
        }
    }

    /// How many entries are directories.
    var directoryCount: Int {
        entries.reduce(0) { $0 + ($1.kind == .directory ? 1 : 0) }
    }

    /// The path of an entry.
    func path(of entry: ListedEntry) -> [UInt8] {
        prefix + names[entry.nameRange]
    }

    /// Puts the entries into the order of their paths: a directory sorts as its name and `/`.
    ///
    /// Going down into directories where they stand then gives all paths of the tree in raw byte order.
    mutating func sort() {
        // Most names differ in their first eight bytes: compare those as one number.
        var keyed = entries.map { (key: key(of: $0), entry: $0) }
        let names = names
        keyed.sort { left, right in
            left.key == right.key
                ? Listing.precedes(names.span, left.entry, right.entry) : left.key < right.key
        }
        entries = keyed.map(\.entry)
    }

    private func key(of entry: ListedEntry) -> UInt64 {
        var key: UInt64 = 0
        for index in 0..<8 {
            key = key << 8 | UInt64(Listing.byte(names.span, entry, index))
        }
        return key
    }

    private static func precedes(_ names: Span<UInt8>, _ left: ListedEntry, _ right: ListedEntry) -> Bool {
        var index = 8
        let end = Int(max(left.length, right.length)) + 1
        while index < end {
            let (one, other) = (byte(names, left, index), byte(names, right, index))
            if one != other { return one < other }
            index += 1
        }
        return false
    }

    /// The byte at `index` of the sort name: the name, `/` for a directory, then zeros, which no name holds.
    private static func byte(_ names: Span<UInt8>, _ entry: ListedEntry, _ index: Int) -> UInt8 {
        if index < Int(entry.length) { return names[Int(entry.offset) + index] }
        return index == Int(entry.length) && entry.kind == .directory ? UInt8(ascii: "/") : 0
    }
}
