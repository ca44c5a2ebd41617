import Encodings
import Testing

@Suite struct TreePathTests {
    @Test func spellsEveryByteOneWay() throws {
        let raw: [UInt8] = (1...255).filter { $0 != UInt8(ascii: "/") }
        let path = try TreePath(raw)
        #expect(try TreePath(escaped: path.escaped.utf8) == path)
    }

    @Test(arguments: [
        ("", MalformedTreePath.empty), ("/a", .emptyComponent), ("a/", .emptyComponent), ("a//b", .emptyComponent),
        (".", .dotComponent), ("a/../b", .dotComponent), ("a/./b", .dotComponent), (".git", .gitComponent),
        ("a/.GiT/b", .gitComponent), ("a%00", .nul), ("a%41", .notCanonicalEscape), ("a%2f", .notCanonicalEscape),
        ("a b", .notCanonicalEscape), ("a%", .notCanonicalEscape), ("a%2", .notCanonicalEscape),
        ("a%c3", .notCanonicalEscape), ("\u{E9}", .notCanonicalEscape),
    ])
    func refuses(_ text: String, _ rule: MalformedTreePath) {
        #expect(throws: rule) { try TreePath(escaped: text.utf8) }
    }

    @Test func lengthIsCountedInRawBytes() throws {
        let longest = [UInt8](repeating: 0xE9, count: TreePath.maximumByteCount)
        #expect(try TreePath(longest).escaped.utf8.count == 3 * TreePath.maximumByteCount)
        #expect(throws: MalformedTreePath.tooLong) { try TreePath(longest + [0x41]) }
    }

    @Test func namesThatOnlyLookLikeGitAreNames() throws {
        for name in [".gitignore", "git", ".gi", "..git", ".git ", "...", "a.git"] {
            _ = try TreePath(Array(name.utf8))
        }
    }

    @Test func beneathIsByComponents() throws {
        let directory = try TreePath(Array("src".utf8))
        #expect(try TreePath(Array("src/a".utf8)).isBeneath(directory))
        #expect(try !TreePath(Array("src".utf8)).isBeneath(directory))
        #expect(try !TreePath(Array("src2/a".utf8)).isBeneath(directory))
    }
}
