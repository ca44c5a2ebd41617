import Disclosures
import Encodings
import Merkle
import MerkleProofs
import PureSHA256
import SourceManifest
import Testing

@Suite struct ManifestTests {
    typealias Reason = MalformedManifest.Reason

    static let brokenRules: [([UInt8], Reason)] = [
        ([], .header), (Array("vitrine-manifest/v1".utf8), .header), (Array("vitrine-manifest/v2\n".utf8), .header),
        (Array("vitrine-manifest/v1\r\n".utf8), .header), (Array("\u{FEFF}vitrine-manifest/v1\n".utf8), .header),
        (Samples.text("") + [], .mode),
        (Samples.text("100600 0 \(Samples.emptyDigest) a"), .mode),
        (Samples.text("040000 0 \(Samples.emptyDigest) a"), .mode),
        (Samples.text("0100644 0 \(Samples.emptyDigest) a"), .mode),
        (Samples.text(" 100644 0 \(Samples.emptyDigest) a"), .mode),
        (Samples.text("100644\t0 \(Samples.emptyDigest) a"), .mode),
        (Samples.text(Samples.line("a", size: "")), .size), (Samples.text(Samples.line("a", size: "00")), .size),
        (Samples.text(Samples.line("a", size: "01")), .size), (Samples.text(Samples.line("a", size: "+1")), .size),
        (Samples.text(Samples.line("a", size: "-1")), .size), (Samples.text(Samples.line("a", size: "1k")), .size),
        (Samples.text(Samples.line("a", size: "18446744073709551616")), .size),
        (Samples.text(Samples.line("a", size: "99999999999999999999999")), .size),
        (Samples.text("100644 0 \(Samples.emptyDigest.uppercased()) a"), .digest),
        (Samples.text("100644 0 \(Samples.emptyDigest.dropLast()) a"), .digest),
        (Samples.text("100644 0 \(Samples.emptyDigest)0 a"), .digest),
        (Samples.text("100644 0  \(Samples.emptyDigest) a"), .digest),
        (Samples.text("100644 0 \(Samples.emptyDigest)\ta"), .digest),
        (Samples.text(Samples.line("")), .path(.empty)), (Samples.text(Samples.line(" a")), .path(.notCanonicalEscape)),
        (Samples.text(Samples.line("a ")), .path(.notCanonicalEscape)),
        (Samples.text(Samples.line("a\r")), .path(.notCanonicalEscape)),
        (Samples.text(Samples.line("é")), .path(.notCanonicalEscape)),
        (Samples.text(Samples.line("%")), .path(.notCanonicalEscape)),
        (Samples.text(Samples.line("%2")), .path(.notCanonicalEscape)),
        (Samples.text(Samples.line("%41")), .path(.notCanonicalEscape)),
        (Samples.text(Samples.line("%2F")), .path(.notCanonicalEscape)),
        (Samples.text(Samples.line("%c3")), .path(.notCanonicalEscape)),
        (Samples.text(Samples.line("%00")), .path(.nul)), (Samples.text(Samples.line("/a")), .path(.emptyComponent)),
        (Samples.text(Samples.line("a/")), .path(.emptyComponent)),
        (Samples.text(Samples.line("a//b")), .path(.emptyComponent)),
        (Samples.text(Samples.line(".")), .path(.dotComponent)),
        (Samples.text(Samples.line("a/..")), .path(.dotComponent)),
        (Samples.text(Samples.line("./a")), .path(.dotComponent)),
        (Samples.text(Samples.line("a/.git")), .path(.gitComponent)),
        (Samples.text(Samples.line(".GiT/x")), .path(.gitComponent)),
        (Samples.text(Samples.line(String(repeating: "a", count: 4097))), .path(.tooLong)),
        (Samples.text(Samples.line(String(repeating: "%20", count: 4097))), .path(.tooLong)),
        (Samples.text(Samples.line("a"), Samples.line("a")), .repeatedPath),
        (Samples.text(Samples.line("b"), Samples.line("a")), .notIncreasing),
        (Samples.text(Samples.line("ab"), Samples.line("a")), .notIncreasing),
        // In the order of the escaped spelling, not of the raw bytes: space sorts before `$`.
        (Samples.text(Samples.line("a$"), Samples.line("a%20")), .notIncreasing),
        (Samples.text(Samples.line("a"), Samples.line("a/b")), .beneathAnEntry),
        (Samples.text(Samples.line("a"), Samples.line("a-b"), Samples.line("a/c")), .beneathAnEntry),
        (
            Samples.text(Samples.line("a"), Samples.line("a%20"), Samples.line("a-/x"), Samples.line("a/c")),
            .beneathAnEntry
        ),
        (
            Samples.text(Samples.line("a"), Samples.line("a-b"), Samples.line("a-b.c"), Samples.line("a-b/d")),
            .beneathAnEntry
        ),
        (Samples.text(Samples.line("a/b"), Samples.line("a/b!/c"), Samples.line("a/b/c")), .beneathAnEntry),
        (Samples.text(Samples.line("a", mode: "160000", size: "39")), .submoduleSize),
        (
            Samples.text(Samples.line("a", size: "18446744073709551615"), Samples.line("b", size: "1")),
            .totalSizeOverflow
        ),
        (Array(Samples.text(Samples.line("a")).dropLast()), .unterminatedLine),
        (Samples.text(Samples.line("a")) + [0x0A], .mode), (Samples.text(Samples.line("a")) + [0], .mode),
        (Samples.text(Samples.line("a"), "# comment"), .mode),
    ]

    @Test(arguments: brokenRules)
    func refusesEveryBrokenRule(_ text: [UInt8], _ reason: Reason) {
        #expect(refusal { _ = try Manifest(parsing: text) } == reason)
    }

    @Test func namesTheLine() {
        let text = Samples.text(Samples.line("a"), Samples.line("b"), Samples.line("a"))
        #expect(throws: MalformedManifest(.notIncreasing, line: 4)) { try Manifest(parsing: text) }
        #expect(throws: MalformedManifest(.mode, line: 2)) { try Manifest(parsing: Samples.text("")) }
    }

    @Test func acceptsWhatOnlyLooksLikeAConflict() throws {
        for paths in [
            ["a", "a-b", "a0"], ["a!/c", "a-b", "a/c"], ["a", "a-b/c", "aa/b"], ["a-b", "a/b", "a0"],
            [".gitignore", "a.git"],
            ["...", ".g", "a/.gitx"], ["%20", "!"], ["a%20", "a$"], ["%FF"], ["a%0A", "a%0D"],
        ] {
            #expect(try Samples.manifest(paths).count == paths.count)
        }
    }

    @Test func readsWhatItWrites() throws {
        let tree = try Samples.tree()
        let parsed = try Manifest(parsing: tree.bytes)
        #expect(parsed == tree)
        #expect(parsed.count == 10)
        #expect(parsed.totalSize == tree.totalSize)
        var writer = ManifestWriter(reservingEntries: 10, pathByteCount: 1000)
        try writer.append(0..<4, of: parsed)
        for index in 4..<parsed.count {
            let entry = parsed.entry(at: index)
            #expect(Array(parsed.line(at: index)) == entry.line)
            #expect(try Entry(parsing: entry.line) == entry)
            try writer.append(entry)
        }
        #expect(writer.finish() == tree)
    }

    @Test func theWriterRefusesAndGoesOn() throws {
        var writer = ManifestWriter()
        try writer.append(Samples.entry("a", ""))
        try writer.append(Samples.entry("a-b", ""))
        for (path, reason) in [("a/c", Reason.beneathAnEntry), ("a", .notIncreasing), ("a-b", .repeatedPath)] {
            let entry = try Samples.entry(path, "")
            #expect(Self.answer(to: entry, by: &writer) == MalformedManifest(reason, line: 4))
        }
        try writer.append(Samples.entry("b", ""))
        #expect(writer.finish() == (try Samples.manifest(["a", "a-b", "b"])))
    }

    private static func answer(to entry: Entry, by writer: inout ManifestWriter) -> MalformedManifest? {
        do throws(MalformedManifest) {
            try writer.append(entry)
            return nil
        } catch {
            return error
        }
    }

    @Test func anEmptyTreeHasTheRootOfNothing() throws {
        var hasher = PureSHA256()
        let manifest = try Manifest(parsing: Samples.text())
        #expect(manifest.count == 0)
        #expect(manifest.root(using: &hasher).hex == Samples.emptyDigest)
        #expect(ManifestWriter().finish() == manifest)
    }

    @Test func theRootIsThatOfTheLines() throws {
        var hasher = PureSHA256()
        let tree = try Samples.tree()
        let leaves = (0..<tree.count).map { index in
            let line = tree.entry(at: index).line
            return leafHash(of: line.span, using: &hasher)
        }
        #expect(tree.root(using: &hasher) == MerkleTree(leafHashes: leaves, using: &hasher).root)
        #expect(tree.tree(using: &hasher).root == tree.root(using: &hasher))
    }

    @Test func everyFlippedBitAndTruncationShows() throws {
        var hasher = PureSHA256()
        let tree = try Samples.tree()
        let root = tree.root(using: &hasher)
        for place in tree.bytes.indices {
            for bit in 0..<8 {
                var bytes = tree.bytes
                bytes[place] ^= 1 << UInt8(bit)
                guard let other = try? Manifest(parsing: bytes) else { continue }
                #expect(other.root(using: &hasher) != root, "bit \(bit) of byte \(place)")
            }
            guard let shorter = try? Manifest(parsing: Array(tree.bytes[..<place])) else { continue }
            #expect(shorter.root(using: &hasher) != root)
        }
    }

    @Test func theLongestPathsFit() throws {
        var writer = ManifestWriter()
        let plain = try TreePath([UInt8](repeating: 0x61, count: 4096))
        let escaped = try TreePath([UInt8](repeating: 0xFF, count: 4096))
        for path in [plain, escaped] {
            try writer.append(Entry(mode: .file, size: .max / 2, digest: Samples.digest(""), path: path))
        }
        let manifest = writer.finish()
        #expect(try Manifest(parsing: manifest.bytes) == manifest)
        #expect(manifest.index(of: escaped) == 1)
        #expect(manifest.path(at: 0) == plain)
    }
}
