import Encodings
import Merkle
import MerkleProofs

/// Trees of numbered leaves, and the definitions of RFC 6962 section 2.1 word for word to compare with.
enum Sample {
    /// The hashes of `count` different leaves.
    static func leafHashes(_ count: Int) -> [Digest] {
        var hasher = QuickHash()
        return (0..<count).map { leafHash(of: [UInt8(truncatingIfNeeded: $0), 7].span, using: &hasher) }
    }

    static func tree(_ count: Int) -> MerkleTree {
        var hasher = QuickHash()
        return MerkleTree(leafHashes: leafHashes(count), using: &hasher)
    }

    /// MTH, by recursion.
    static func root(_ leaves: ArraySlice<Digest>) -> Digest {
        var hasher = QuickHash()
        guard leaves.count > 1 else { return leaves.first ?? emptyRoot(using: &hasher) }
        var split = 1
        while 2 * split < leaves.count {
            split *= 2
        }
        let middle = leaves.startIndex + split
        return nodeHash(root(leaves[..<middle]), root(leaves[middle...]), using: &hasher)
    }

    /// The digest with one bit turned.
    static func flipped(_ digest: Digest, bit: Int = 0) -> Digest {
        var bytes = digest.bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        return Digest(bytes) ?? digest
    }

    /// What can happen to a path: every hash dropped, doubled or altered, and one more at either end.
    static func corruptions(of path: [Digest]) -> [[Digest]] {
        var corrupt: [[Digest]] = []
        let stranger = leafHashes(1)[0]
        for index in path.indices {
            var shorter = path
            shorter.remove(at: index)
            var doubled = path
            doubled.insert(path[index], at: index)
            var altered = path
            altered[index] = flipped(path[index], bit: (index * 37) % 256)
            corrupt += [shorter, doubled, altered, Array(path[..<index])]
        }
        return corrupt + [path + [stranger], [stranger] + path]
    }
}

/// A hash function for tests of shapes: fast without optimisation, and easy to break for who wants to.
struct QuickHash: HashFunction {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func update(_ bytes: Span<UInt8>) {
        for index in 0..<bytes.count {
            state = (state ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3
        }
    }

    mutating func finish() -> Digest {
        var bytes: [UInt8] = []
        for index in 0..<32 {
            state = (state ^ state >> 29) &* 0x9E37_79B9_7F4A_7C15
            bytes.append(UInt8(truncatingIfNeeded: state >> UInt64(32 + index % 8)))
        }
        self = QuickHash()
        guard let digest = Digest(bytes) else { preconditionFailure("32 bytes were given") }
        return digest
    }
}
