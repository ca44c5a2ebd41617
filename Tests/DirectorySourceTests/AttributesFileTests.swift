import Attestations
import DirectorySource
import Encodings
import Testing

/// Which lines of a `.gitattributes` file can change bytes.
struct AttributesFileTests {
    private func read(_ text: String) throws -> [String] {
        let path = try TreePath(Array(".gitattributes".utf8))
        return AttributesFile.byteChangingAttributes(in: Array(text.utf8), at: path).map {
            "\($0.line) \(String(decoding: $0.pattern, as: UTF8.self)) \(String(decoding: $0.attribute, as: UTF8.self))"
        }
    }

    @Test(arguments: [
        "text", "text=auto", "eol=lf", "eol=crlf", "crlf", "crlf=input", "ident", "filter=lfs", "export-ignore",
        "export-subst", "working-tree-encoding=UTF-16",
    ])
    func lists(_ attribute: String) throws {
        #expect(try read("* \(attribute)\n") == ["1 * \(attribute)"])
        #expect(try read("*\t\(attribute)") == ["1 * \(attribute)"])
    }

    @Test(arguments: [
        "-text", "!text", "-crlf", "diff=c", "binary", "texts", "merge=union", "-filter", "linguist-generated",
    ])
    func passesOver(_ attribute: String) throws {
        #expect(try read("* \(attribute)\n") == [])
    }

    @Test func countsLinesAndSkipsComments() throws {
        #expect(
            try read("\u{FEFF}# *.a text\n\n  *.b ident\r\n*.c\n[attr]m eol=lf\n") == [
                "3 *.b ident", "5 [attr]m eol=lf",
            ]
        )
    }

    @Test func takesQuotedPatternsWhole() throws {
        #expect(try read("\"a text\\\" b\" ident\n") == ["1 \"a text\\\" b\" ident"])
        #expect(try read("\"open ident\n") == ["1 \"open ident"])
        #expect(try read("\"ends in a backslash\\") == [])
    }
}
