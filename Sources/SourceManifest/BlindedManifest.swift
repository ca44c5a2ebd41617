package import Encodings
import Merkle

/// Why bytes are not a blinded manifest: the rule and the line.
package struct MalformedBlindedManifest: Error, Hashable, Sendable {
    /// The closed list of rules, docs/formats/blinded.md.
    package enum Reason: String, Sendable {
        case header = "the first line is not the header"
        case tooLarge = "larger than 256 MiB"
        case tooManyLeaves = "more than 2,000,000 leaves"
        case line = "not `blinded`, a space, 64 lower-case hexadecimal digits and LF"
        case notIncreasing = "the commitment is not greater than that of the line before"
    }

    /// The rule that is broken.
    package let reason: Reason
    /// The line it is broken in, from 1, which is the header.
    package let line: Int
}

extension MalformedBlindedManifest: CustomStringConvertible {
    /// The line and the rule.
    package var description: String { "line \(line): \(reason.rawValue)" }
}

/// A source manifest in its blinded form: commitments that say nothing about the entries (docs/formats/blinded.md).
///
/// Neither names, sizes, order nor, with decoys, the number of entries can be read from it.
package struct BlindedManifest: Sendable {
    /// The first line.
    package static let header = Array("vitrine-blinded/v1\n".utf8)
    private static let word = Array("blinded ".utf8)
    private static let lineByteCount = 8 + 64 + 1

    /// The commitments, strictly increasing.
    package let commitments: [Digest]

    /// Sorts the commitments of a manifest's entries and its decoys; throws when two are the same or there are too many.
    package init(sorting commitments: [Digest]) throws(MalformedBlindedManifest) {
        guard commitments.count <= Manifest.maximumCount else {
            throw MalformedBlindedManifest(reason: .tooManyLeaves, line: 1)
        }
        let sorted = commitments.sorted { $0 < $1 }
        for index in sorted.indices.dropFirst() where sorted[index] == sorted[index - 1] {
            throw MalformedBlindedManifest(reason: .notIncreasing, line: index + 2)
        }
        self.commitments = sorted
    }

    /// Reads a blinded manifest, strictly.
    package init(parsing bytes: [UInt8]) throws(MalformedBlindedManifest) {
        func malformed(_ reason: MalformedBlindedManifest.Reason, _ line: Int) -> MalformedBlindedManifest {
            MalformedBlindedManifest(reason: reason, line: line)
        }
        guard bytes.count <= Manifest.maximumByteCount else { throw malformed(.tooLarge, 1) }
        guard bytes.starts(with: BlindedManifest.header) else { throw malformed(.header, 1) }
        var commitments: [Digest] = []
        var place = BlindedManifest.header.count
        while place < bytes.count {
            let number = commitments.count + 2
            guard commitments.count < Manifest.maximumCount else { throw malformed(.tooManyLeaves, number) }
            let digits = place + BlindedManifest.word.count
            guard bytes[place...].starts(with: BlindedManifest.word),
                let commitment = EntryLine.digest(bytes.span, at: digits, before: UInt8(ascii: "\n"))
            else { throw malformed(.line, number) }
            if let last = commitments.last, commitment <= last { throw malformed(.notIncreasing, number) }
            commitments.append(commitment)
            place += BlindedManifest.lineByteCount
        }
        self.commitments = commitments
    }

    /// The bytes of the file.
    package var bytes: [UInt8] {
        var bytes = BlindedManifest.header
        bytes.reserveCapacity(bytes.count + count * BlindedManifest.lineByteCount)
        for commitment in commitments {
            bytes += BlindedManifest.leafData(commitment)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// The number of leaves, decoys included.
    package var count: Int { commitments.count }

    /// The line of a commitment without its LF: the data of the leaf.
    package static func leafData(_ commitment: Digest) -> [UInt8] {
        var data = word
        commitment.appendHex(to: &data)
        return data
    }

    /// The index of a commitment; nil when it is none of ours.
    package func index(of commitment: Digest) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if commitments[middle] < commitment {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < count && commitments[low] == commitment ? low : nil
    }

    /// The root of the tree over all lines, in constant memory.
    package func root<H: HashFunction & ~Copyable>(using hasher: inout H) -> Digest {
        var tree = TreeHasher()
        for commitment in commitments {
            let leaf = leafHash(of: BlindedManifest.leafData(commitment).span, using: &hasher)
            tree.append(leaf, using: &hasher)
        }
        return tree.root(using: &hasher)
    }
}
