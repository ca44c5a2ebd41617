package import Encodings
import Merkle
package import MerkleProofs
package import SourceManifest

extension Manifest {
    /// The tree over all lines, to make proofs from; about 64 bytes an entry.
    package func tree<H: HashFunction & ~Copyable>(using hasher: inout H) -> MerkleTree {
        var hashes: [Digest] = []
        hashes.reserveCapacity(count)
        for index in 0..<count {
            hashes.append(leafHash(of: bytes.span.extracting(lineRange(at: index)), using: &hasher))
        }
        return MerkleTree(leafHashes: hashes, using: &hasher)
    }
}

extension BlindedManifest {
    /// The tree over all lines, to make proofs from; about 64 bytes a leaf.
    package func tree<H: HashFunction & ~Copyable>(using hasher: inout H) -> MerkleTree {
        var hashes: [Digest] = []
        hashes.reserveCapacity(count)
        for commitment in commitments {
            hashes.append(leafHash(of: BlindedManifest.leafData(commitment).span, using: &hasher))
        }
        return MerkleTree(leafHashes: hashes, using: &hasher)
    }
}
