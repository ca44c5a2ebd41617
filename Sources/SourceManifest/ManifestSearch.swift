package import Encodings

extension Manifest {
    /// How the path of one entry sorts to that of another.
    package enum Order: Hashable, Sendable {
        case before
        case same
        case after
    }

    /// The index of the entry at `path`; nil when there is none.
    package func index(of path: TreePath) -> Int? {
        let index = firstIndex(notBefore: path.bytes)
        guard index < count, order(ofEntryAt: index, to: path.bytes) == .same else { return nil }
        return index
    }

    /// The entries beneath the directory `path`; empty when there are none.
    package func range(beneath path: TreePath) -> Range<Int> {
        // `0` is the byte after `/`, so that this is past everything that starts with the directory and `/`.
        let start = firstIndex(notBefore: path.bytes + [UInt8(ascii: "/")])
        return start..<firstIndex(notBefore: path.bytes + [UInt8(ascii: "0")])
    }

    /// The index of the first entry whose raw path does not sort before `path`; the count when all do.
    package func firstIndex(notBefore path: [UInt8]) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if order(ofEntryAt: middle, to: path) == .before {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// How the raw path of the entry at `index` sorts to `path`, without a copy.
    package func order(ofEntryAt index: Int, to path: [UInt8]) -> Order {
        let bytes = bytes.span
        var own = EscapedPath(pathRange(at: index))
        for byte in path {
            guard let ownByte = own.next(in: bytes) else { return .before }
            if ownByte != byte { return ownByte < byte ? .before : .after }
        }
        return own.next(in: bytes) == nil ? .same : .after
    }

    /// How the raw path of the entry at `index` sorts to that of an entry of another manifest, without a copy.
    package func order(ofEntryAt index: Int, to other: Manifest, at otherIndex: Int) -> Order {
        let bytes = bytes.span
        let otherBytes = other.bytes.span
        var own = EscapedPath(pathRange(at: index))
        var others = EscapedPath(other.pathRange(at: otherIndex))
        while true {
            let byte = own.next(in: bytes)
            let otherByte = others.next(in: otherBytes)
            switch (byte, otherByte) {
            case (nil, nil): return .same
            case (nil, _): return .before
            case (_, nil): return .after
            case (let byte?, let otherByte?) where byte != otherByte: return byte < otherByte ? .before : .after
            default: continue
            }
        }
    }

    /// Where the escaped path of the entry at `index` stands in ``bytes``.
    package func pathRange(at index: Int) -> Range<Int> {
        let line = lineRange(at: index)
        // Mode and space, the size, space, digest and space.
        var place = line.lowerBound + 7
        while bytes[place] != UInt8(ascii: " ") {
            place += 1
        }
        return place + 66..<line.upperBound
    }
}
