import Encodings
import Foundation
import Merkle
import MerkleProofs
import PureSHA256
import Testing

/// Vectors of others, used in place.
enum Vectors {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["VITRINE_VECTORS"] { return URL(fileURLWithPath: path) }
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 {
            folder.deleteLastPathComponent()
        }
        return folder.deletingLastPathComponent().appendingPathComponent("shared/vectors")
    }()

    static func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }

    static func json(_ path: String) throws -> JSON {
        try JSON(parsing: Array(Data(contentsOf: folder.appendingPathComponent(path))))
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appendingPathComponent(path)))
    }

    static func files(beneath path: String) throws -> [String] {
        let found = FileManager.default.enumerator(atPath: folder.appendingPathComponent(path).path)
        return (found?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".json") }.map { "\(path)/\($0)" }
    }
}

extension JSON {
    func digests(_ name: Text) throws -> [Digest] {
        guard case .array(let values)? = self[name] else { return [] }
        return values.compactMap { value in
            guard case .string(let text) = value else { return nil }
            return Digest(hex: text)
        }
    }

    func number(_ name: Text) throws -> Int {
        guard case .integer(let value)? = self[name] else { return -1 }
        return Int(value)
    }
}

@Suite struct VectorTests {
    @Test(.enabled(if: Vectors.has("rfc6962"), "no vectors of RFC 6962 beside the checkout"))
    func referenceTree() throws {
        let vector = try Vectors.json("rfc6962/reference-tree.json")
        var hasher = PureSHA256()
        guard case .array(let leaves)? = vector["leaves"] else { return #expect(Bool(false)) }
        let hashes = try leaves.map { leaf in
            guard case .string(let text) = leaf else { throw MalformedTreePath.empty }
            let data = try #require(Hex.decode(text.utf8))
            return leafHash(of: data.span, using: &hasher)
        }
        #expect(hashes == (try vector.digests("leafHashes")))
        let roots = try vector.digests("roots")
        let trees = (0...8).map { MerkleTree(leafHashes: Array(hashes[..<$0]), using: &hasher) }
        #expect(trees.map(\.root) == roots)

        guard case .array(let inclusions)? = vector["inclusion"] else { return #expect(Bool(false)) }
        #expect(inclusions.count == 36)
        for vector in inclusions {
            let (index, size) = (try vector.number("index"), try vector.number("size"))
            let path = try vector.digests("path")
            #expect(try trees[size].inclusionProof(forLeaf: index).path == path)
        }
        guard case .array(let consistencies)? = vector["consistency"] else { return #expect(Bool(false)) }
        #expect(consistencies.count == 36)
        for vector in consistencies {
            let (old, new) = (try vector.number("size1"), try vector.number("size2"))
            let path = try vector.digests("path")
            #expect(try trees[new].consistencyProof(from: old).path == path)
        }
    }

    @Test(.enabled(if: Vectors.has("merkle-proofs"), "no proof vectors beside the checkout"))
    func inclusionVectors() throws {
        struct Vector: Decodable {
            let leafIdx, treeSize: UInt64
            let root, leafHash: Data
            let proof: [Data]?
            let wantErr: Bool
        }
        let files = try Vectors.files(beneath: "merkle-proofs/testdata/inclusion")
        #expect(files.count == 98)
        for file in files {
            let vector = try Vectors.decode(Vector.self, file)
            let accepted = accepts {
                var hasher = PureSHA256()
                let path = try (vector.proof ?? []).map(digest)
                try InclusionProof(index: vector.leafIdx, size: vector.treeSize, path: path)
                    .verify(digest(vector.leafHash), against: digest(vector.root), using: &hasher)
            }
            #expect(accepted != vector.wantErr, "\(file)")
        }
    }

    @Test(.enabled(if: Vectors.has("merkle-proofs"), "no proof vectors beside the checkout"))
    func consistencyVectors() throws {
        struct Vector: Decodable {
            let size1, size2: UInt64
            let root1, root2: Data
            let proof: [Data]?
            let wantErr: Bool
        }
        let files = try Vectors.files(beneath: "merkle-proofs/testdata/consistency")
        #expect(files.count == 98)
        for file in files {
            let vector = try Vectors.decode(Vector.self, file)
            let accepted = accepts {
                var hasher = PureSHA256()
                let path = try (vector.proof ?? []).map(digest)
                try ConsistencyProof(oldSize: vector.size1, newSize: vector.size2, path: path)
                    .verify(from: standIn(vector.root1), to: standIn(vector.root2), using: &hasher)
            }
            #expect(accepted != vector.wantErr, "\(file)")
        }
    }

    private struct NotADigest: Error {}

    private func digest(_ data: Data) throws -> Digest {
        guard let digest = Digest(Array(data)) else { throw NotADigest() }
        return digest
    }

    /// A digest for a root: some vectors have roots of other lengths, which are to be compared only.
    private func standIn(_ root: Data) -> Digest {
        var hasher = PureSHA256()
        return Digest(Array(root)) ?? hasher.digest(Array(root))
    }

    /// Whether `body` throws nothing; what cannot be read at all (a hash of 9 bytes) is refused too.
    private func accepts(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            return false
        }
    }
}
