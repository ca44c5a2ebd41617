public import Encodings
public import Merkle

/// A source manifest in its open form: the entries of a tree, and so its root (docs/formats/manifest.md).
///
/// It holds the bytes of the file and the place of every line, 4 bytes each. It says what a tree was, not who vouches
/// for that.
@usableFromInline
package struct Manifest: Sendable {
    /// The first line.
    package static let header = Array("vitrine-manifest/v1\n".utf8)
    /// The most bytes of a manifest: 256 MiB.
    package static let maximumByteCount = 256 << 20
    /// The most entries of a manifest.
    package static let maximumCount = 2_000_000

    /// The bytes of the file.
    @usableFromInline package let bytes: [UInt8]
    /// The sum of the sizes of all entries, in bytes.
    package let totalSize: UInt64

    // Where the line of each entry starts; one more for the end of the last.
    @usableFromInline let starts: [UInt32]

    /// Takes what a writer or a parser has checked.
    init(bytes: [UInt8], starts: [UInt32], totalSize: UInt64) {
        self.bytes = bytes
        self.starts = starts
        self.totalSize = totalSize
    }

    /// The number of entries.
    @inlinable package var count: Int { starts.count - 1 }

    /// Where the line of the entry at `index` stands in ``bytes``, without its LF.
    @inlinable
    package func lineRange(at index: Int) -> Range<Int> {
        Int(starts[index])..<Int(starts[index + 1]) - 1
    }

    /// The line of the entry at `index` without its LF: the data of the leaf.
    package func line(at index: Int) -> ArraySlice<UInt8> {
        bytes[lineRange(at: index)]
    }

    /// The entry at `index`.
    package func entry(at index: Int) -> Entry {
        do throws(MalformedManifest.Reason) {
            return try Entry(parsing: Array(line(at: index)))
        } catch {
            preconditionFailure("every line was checked when the manifest was made")
        }
    }

    /// The path of the entry at `index`.
    package func path(at index: Int) -> TreePath { entry(at: index).path }

    /// The root of the tree over all lines, in constant memory.
    @inlinable
    package func root<H: HashFunction & ~Copyable>(using hasher: inout H) -> Digest {
        var tree = TreeHasher()
        for index in 0..<count {
            let leaf = leafHash(of: bytes.span.extracting(lineRange(at: index)), using: &hasher)
            tree.append(leaf, using: &hasher)
        }
        return tree.root(using: &hasher)
    }
}

extension Manifest: Equatable {
    /// Whether two manifests are the same file.
    @usableFromInline
    package static func == (left: Manifest, right: Manifest) -> Bool { left.bytes == right.bytes }
}
