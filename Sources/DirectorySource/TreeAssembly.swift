/// What the threads of a walk brought home, put together in the order of paths.
struct TreeAssembly {
    // By the number of the directory; nil where one could not be listed.
    private var listings: [Listing?] = []
    // By directory and place in it.
    private var ranges: [ReadRange] = []
    // By the number of the directory: where its ranges start.
    private var firstRange: [Int] = []

    /// Sorts `harvests` into one tree.
    init(_ harvests: [Harvest]) {
        let count = harvests.reduce(0) { $0 + $1.listings.count }
        listings.reserveCapacity(count)
        for listing in harvests.lazy.flatMap(\.listings) {
            while listings.count <= listing.number { listings.append(nil) }
            listings[listing.number] = listing
        }
        ranges = harvests.flatMap(\.ranges)
        ranges.sort { ($0.directory, $0.first) < ($1.directory, $1.first) }
        firstRange = [Int](repeating: ranges.count, count: listings.count)
        for index in ranges.indices.reversed() {
            firstRange[ranges[index].directory] = index
        }
    }

    /// How many entries at most the tree holds.
    var entryCount: Int { ranges.reduce(0) { $0 + $1.entries.count } }

    /// How many bytes the paths of the tree have in all, those of directories included.
    var pathByteCount: Int {
        listings.reduce(0) { sum, listing in
            guard let listing else { return sum }
            return sum + listing.names.count + listing.entries.count * listing.prefix.count
        }
    }

    /// Calls `body` with each file and link that was read, in strictly increasing order of raw path.
    ///
    /// What it has passed is let go of, so that the memory serves for what is made of it.
    consuming func forEach<Failure: Error>(
        _ body: (_ path: [UInt8], _ entry: ReadEntry) throws(Failure) -> Void
    ) throws(Failure) {
        var places = [Place(directory: 0, range: firstRange.first ?? 0)]
        var path: [UInt8] = []
        while var place = places.popLast() {
            guard let listing = listings[place.directory] else { continue }
            var child: Place?
            while place.entry < listing.entries.count, child == nil {
                let entry = listing.entries[place.entry]
                if entry.kind == .directory {
                    let number = Int(entry.directory)
                    if number < listings.count { child = Place(directory: number, range: firstRange[number]) }
                } else if let read = read(at: &place) {
                    path.removeAll(keepingCapacity: true)
                    path.append(contentsOf: listing.prefix)
                    path.append(contentsOf: listing.names[entry.nameRange])
                    try body(path, read)
                }
                place.entry += 1
            }
            guard let child else {
                listings[place.directory] = nil
                continue
            }
            places.append(place)
            places.append(child)
        }
    }

    /// Where a directory is being gone through.
    private struct Place {
        let directory: Int
        /// The range that holds the entry, or the one before.
        var range: Int
        var entry = 0
    }

    private mutating func read(at place: inout Place) -> ReadEntry? {
        while place.range < ranges.count, ranges[place.range].directory == place.directory {
            let range = ranges[place.range]
            if place.entry < range.first + range.entries.count {
                return place.entry < range.first ? nil : range.entries[place.entry - range.first]
            }
            ranges[place.range].entries = []
            place.range += 1
        }
        return nil
    }
}
