import Encodings
import Merkle
import MerkleProofs
import Testing

@Suite struct ProofTests {
    static let largest = 70

    @Test func rootsAreThoseOfTheDefinition() {
        var hasher = QuickHash()
        var streaming = TreeHasher()
        let leaves = Sample.leafHashes(Self.largest)
        for count in 0...Self.largest {
            let root = Sample.root(leaves[..<count])
            #expect(Sample.tree(count).root == root)
            #expect(streaming.root(using: &hasher) == root)
            #expect(streaming.count == UInt64(count))
            if count < Self.largest { streaming.append(leaves[count], using: &hasher) }
        }
    }

    @Test(arguments: 1...largest)
    func everyLeafIsProven(_ size: Int) throws {
        var hasher = QuickHash()
        let tree = Sample.tree(size)
        for index in 0..<size {
            let proof = try tree.inclusionProof(forLeaf: index)
            try proof.verify(tree.leafHashes[index], against: tree.root, using: &hasher)
            for path in Sample.corruptions(of: proof.path) where size <= 20 || index % 7 == 0 {
                let corrupt = InclusionProof(index: proof.index, size: proof.size, path: path)
                #expect(throws: InvalidProof.self) {
                    try corrupt.verify(tree.leafHashes[index], against: tree.root, using: &hasher)
                }
            }
            // At no other place. (The size is bound by the signed statement: other sizes may have the same shape.)
            for other in 0..<size + 2 where other != index && (size <= 24 || (other + index) % 11 == 0) {
                let moved = InclusionProof(index: UInt64(other), size: proof.size, path: proof.path)
                #expect(throws: InvalidProof.self) {
                    try moved.verify(tree.leafHashes[index], against: tree.root, using: &hasher)
                }
            }
        }
        #expect(throws: InvalidProof.self) { try tree.inclusionProof(forLeaf: size) }
        #expect(throws: InvalidProof.self) { try tree.inclusionProof(forLeaf: -1) }
    }

    @Test(arguments: 1...largest)
    func everyOlderTreeIsConsistent(_ size: Int) throws {
        var hasher = QuickHash()
        let tree = Sample.tree(size)
        for old in 1...size {
            let oldRoot = Sample.tree(old).root
            let proof = try tree.consistencyProof(from: old)
            try proof.verify(from: oldRoot, to: tree.root, using: &hasher)
            for path in Sample.corruptions(of: proof.path) {
                let corrupt = ConsistencyProof(oldSize: proof.oldSize, newSize: proof.newSize, path: path)
                #expect(throws: InvalidProof.self) {
                    try corrupt.verify(from: oldRoot, to: tree.root, using: &hasher)
                }
            }
            #expect(throws: InvalidProof.self) {
                try proof.verify(from: Sample.flipped(oldRoot), to: tree.root, using: &hasher)
            }
            #expect(throws: InvalidProof.self) {
                try proof.verify(from: oldRoot, to: Sample.flipped(tree.root), using: &hasher)
            }
        }
        #expect(throws: InvalidProof.emptyOldTree) { try tree.consistencyProof(from: 0) }
        #expect(throws: InvalidProof.self) { try tree.consistencyProof(from: size + 1) }
        #expect(throws: InvalidProof.emptyOldTree) {
            try ConsistencyProof(oldSize: 0, newSize: 1, path: [])
                .verify(from: tree.root, to: tree.root, using: &hasher)
        }
    }

    @Test(arguments: 1...largest)
    func everyRangeIsProven(_ size: Int) throws {
        var hasher = QuickHash()
        let tree = Sample.tree(size)
        for start in 0..<size {
            for end in start + 1...size {
                let proof = try tree.rangeProof(for: start..<end)
                let leaves = Array(tree.leafHashes[start..<end])
                try proof.verify(leaves, against: tree.root, using: &hasher)
                // All of the small trees; a part of the large ones, for time.
                guard size <= 9 || (start * 31 + end) % 197 == 0 else { continue }
                try refusesCorruptions(of: proof, leaves, tree)
            }
        }
        #expect(throws: InvalidProof.emptyRange) { try tree.rangeProof(for: 0..<0) }
        #expect(throws: InvalidProof.self) { try tree.rangeProof(for: 0..<size + 1) }
    }

    private func refusesCorruptions(of proof: RangeProof, _ leaves: [Digest], _ tree: MerkleTree) throws {
        var hasher = QuickHash()
        for path in Sample.corruptions(of: proof.path) {
            let corrupt = RangeProof(start: proof.start, size: proof.size, path: path)
            #expect(throws: InvalidProof.self) { try corrupt.verify(leaves, against: tree.root, using: &hasher) }
        }
        for changed in Sample.corruptions(of: leaves) {
            #expect(throws: InvalidProof.self) { try proof.verify(changed, against: tree.root, using: &hasher) }
        }
        let moved = RangeProof(start: proof.start + 1, size: proof.size, path: proof.path)
        #expect(throws: InvalidProof.self) { try moved.verify(leaves, against: tree.root, using: &hasher) }
    }

    @Test func theEmptyTreeHasOneEmptyRange() throws {
        var hasher = QuickHash()
        let tree = Sample.tree(0)
        let proof = try tree.rangeProof(for: 0..<0)
        try proof.verify([], against: tree.root, using: &hasher)
        #expect(throws: InvalidProof.self) { try proof.verify([tree.root], against: tree.root, using: &hasher) }
        #expect(throws: InvalidProof.tooLong) {
            try RangeProof(start: 0, size: 0, path: [tree.root]).verify([], against: tree.root, using: &hasher)
        }
    }

    static let hostileNumbers: [UInt64] = [
        0, 1, 2, 3, 1 << 31, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 63) + 1, .max - 1, .max,
    ]

    @Test(arguments: hostileNumbers, [0, 1, 62, 63, 64, 65, 127, 128, 129, 1000])
    func hostileNumbersEndQuickly(_ size: UInt64, _ pathCount: Int) {
        let leaf = Sample.leafHashes(1)[0]
        let path = [Digest](repeating: leaf, count: pathCount)
        for number in Self.hostileNumbers {
            #expect(throws: InvalidProof.self) {
                var hasher = QuickHash()
                try InclusionProof(index: number, size: size, path: path)
                    .verify(Sample.flipped(leaf), against: leaf, using: &hasher)
            }
            #expect(throws: InvalidProof.self) {
                var hasher = QuickHash()
                try ConsistencyProof(oldSize: number, newSize: size, path: path)
                    .verify(from: Sample.flipped(leaf), to: leaf, using: &hasher)
            }
            for leafCount in [0, 1, 2, 100] {
                #expect(throws: InvalidProof.self) {
                    var hasher = QuickHash()
                    try RangeProof(start: number, size: size, path: path)
                        .verify(
                            [Digest](repeating: leaf, count: leafCount),
                            against: Sample.flipped(leaf),
                            using: &hasher
                        )
                }
            }
        }
    }

    @Test func aTreeOfTheLargestSizeHasProofs() throws {
        var hasher = QuickHash()
        let leaf = Sample.leafHashes(1)[0]
        let path = [Digest](repeating: leaf, count: 64)
        _ = try InclusionProof(index: 0, size: .max, path: path).root(of: leaf, using: &hasher)
        _ = try RangeProof(start: 0, size: .max, path: path).root(of: [leaf], using: &hasher)
        // The last leaf of 2^64 - 1: it moves up one level before it gets siblings.
        _ = try InclusionProof(index: .max - 1, size: .max, path: Array(path.dropLast())).root(of: leaf, using: &hasher)
    }
}
