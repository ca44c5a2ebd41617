import Digests
import Encodings
import TestSupport
import Testing

@Suite struct GitObjectIDTests {
    // Ids that git gives on every machine: the empty blob, "what is up, doc?" of its manual, the empty tree.
    @Test(arguments: [
        (GitObjectKind.blob, "", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
        (GitObjectKind.blob, "what is up, doc?", "bd9dbf5aae1a3862dd1526723246b20206e5fc37"),
        (GitObjectKind.tree, "", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
    ])
    func namesObjectsAsGitDoes(_ kind: GitObjectKind, _ content: String, _ hex: String) {
        #expect(GitObjectID(of: kind, content: Array(content.utf8)).hex == hex)
    }

    // FIPS 180-2 appendix A.
    @Test func agreesWithTheStandard() {
        var function = SHA1()
        function.update(Array("abc".utf8).span)
        #expect(function.finish().hex == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(function.finish().hex == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    }

    @Test func piecesMakeTheSameObject() {
        var generator = SeededGenerator(seed: 4)
        let content = generator.bytes(10_000)
        var function = SHA1()
        let whole = function.objectID(of: .blob, content: content.span)
        function.start(.blob, size: content.count)
        function.update(content.span.extracting(0..<1234))
        unsafe function.update(content.span.bytes.extracting(1234..<content.count))
        #expect(function.finish() == whole)
        #expect(GitObjectID(of: .blob, content: content) == whole)
        #expect(GitObjectID(of: .tag, content: content) != whole)
    }

    @Test func headersAreSpelledAsGitDoes() {
        var function = SHA1()
        for kind in GitObjectKind.allCases {
            for size in [0, 1, 9, 10, 99, 100, 1_234_567_890, Int.max] {
                function.start(kind, size: size)
                let id = function.finish()
                function.update(Array("\(kind.rawValue) \(size)\0".utf8).span)
                #expect(function.finish() == id)
            }
        }
    }

    @Test(.enabled(if: Command.find("git") != nil, "git is not installed"))
    func agreesWithGit() throws {
        var generator = SeededGenerator(seed: 5)
        for count in [1, 63, 64, 9_999, 100_000] {
            let content = generator.bytes(count)
            let name = try TemporaryDirectory.with { directory in
                try TestFile.write(content, to: directory + "/content")
                return try Command.run("git", ["hash-object", "--no-filters", directory + "/content"]).text
            }
            #expect(GitObjectID(of: .blob, content: content).hex == name)
        }
    }

    @Test func hasOneSpelling() throws {
        let bytes = (0..<20).map { UInt8($0 * 13 % 256) }
        let id = try #require(GitObjectID(bytes))
        #expect(id.bytes == bytes)
        #expect(GitObjectID(hex: id.hex.utf8) == id)
        #expect(GitObjectID(hex: Text(id.hex)) == id)
        #expect(GitObjectID(hex: id.hex.uppercased().utf8) == nil)
        #expect(GitObjectID(hex: id.hex.dropLast(2).utf8) == nil)
        #expect(GitObjectID(hex: (id.hex + "00").utf8) == nil)
        #expect(GitObjectID(Array(bytes.dropLast())) == nil)
        #expect(GitObjectID(bytes + [0]) == nil)
    }

    @Test func ordersByBytes() throws {
        var generator = SeededGenerator(seed: 6)
        for position in 0..<20 {
            let base = generator.bytes(20)
            var larger = base
            guard base[position] < 255 else { continue }
            larger[position] += 1
            let low = try #require(GitObjectID(base))
            let high = try #require(GitObjectID(larger))
            #expect(low < high)
            #expect(!(high < low))
            #expect(low != high)
        }
    }
}
