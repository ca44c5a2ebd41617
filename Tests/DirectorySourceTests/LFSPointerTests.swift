import Attestations
import DirectorySource
import Encodings
import Testing

/// Git LFS pointers: the specification's examples, and what is none.
struct LFSPointerTests {
    static let oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
    static let version = "version https://git-lfs.github.com/spec/v1\n"

    @Test func readsThePointerOfTheSpecification() throws {
        let text = LFSPointerTests.version + "oid sha256:\(LFSPointerTests.oid)\nsize 12345\n"
        let pointer = try #require(LFSPointer(Array(text.utf8)))
        #expect(pointer.oid.hex == LFSPointerTests.oid)
        #expect(pointer.size == 12345)
    }

    @Test func readsAPointerWithExtensions() {
        let text =
            LFSPointerTests.version
            + "ext-0-foo sha256:\(LFSPointerTests.oid)\noid sha256:\(LFSPointerTests.oid)\nsize 1\n"
        #expect(LFSPointer(Array(text.utf8)) != nil)
    }

    @Test func refusesEveryTruncation() {
        let text = Array((LFSPointerTests.version + "oid sha256:\(LFSPointerTests.oid)\nsize 12345\n").utf8)
        for end in text.indices {
            #expect(LFSPointer(text[..<end]) == nil)
        }
    }

    @Test(arguments: [
        "size 1\noid sha256:\(oid)\n", "oid sha256:\(oid)\noid sha256:\(oid)\nsize 1\n",
        "oid sha256:\(oid)\nsize 01\n", "oid sha256:\(oid)\nsize +1\n", "oid sha256:\(oid)\nsize -1\n",
        "oid sha256:\(oid.uppercased())\nsize 1\n", "oid sha1:\(oid)\nsize 1\n", "oid sha256:\(oid)\nsize 1\n\n",
        "oid sha256:\(oid)\r\nsize 1\r\n", "oid sha256:\(oid)\nsize 1\nx", "oid sha256:\(oid)\nSize 1\n",
        "oid sha256:\(oid)\nsize 1\nz \(String(repeating: "z", count: 1024))\n",
    ])
    func refuses(_ rest: String) {
        #expect(LFSPointer(Array((LFSPointerTests.version + rest).utf8)) == nil)
    }
}
