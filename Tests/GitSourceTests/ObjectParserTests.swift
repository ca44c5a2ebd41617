import Digests
import Encodings
import Testing

@testable import GitSource

/// Commits, tags and the settings of submodules, from raw bytes.
@Suite struct ObjectParserTests {
    static let id = String(repeating: "5a", count: 20)
    static let person = "A <a@example.org> 1700000000 +0000"

    private func tree(_ text: String) -> String? { CommitObject.tree(of: Array(text.utf8))?.hex }

    @Test func aCommitNamesItsTree() {
        let headers = "tree \(Self.id)\nparent \(Self.id)\nauthor \(Self.person)\ncommitter \(Self.person)\n"
        #expect(tree(headers + "\nmessage\n") == Self.id)
        // The message may say what it likes.
        #expect(tree(headers + "\ntree \(String(repeating: "0", count: 40))\n") == Self.id)
        #expect(tree(headers + "gpgsig -----BEGIN\n tree \(Self.id)\n -----END\n\nmessage\n") == Self.id)
    }

    @Test(arguments: [
        "", "\n", "tree", "tree \n", "parent \(id)\ntree \(id)\n", "\ntree \(id)\n", "Tree \(id)\n", " tree \(id)\n",
        "tree  \(id)\n", "tree \(id.dropLast())\n", "tree \(id)0\n", "tree \(id) \n", "tree \(id)\r\n",
        "tree \(id.uppercased())\n", "tree \(id)\ntree \(id)\n", "tree \(id)\nparent \(id)\ntree \(id)\n\n",
        "tree \(id)\0\n",
    ])
    func otherCommitsAreRefused(_ text: String) {
        #expect(tree(text) == nil)
    }

    private func tag(_ text: String) -> TagObject? { TagObject(Array(text.utf8)) }

    @Test func aTagNamesItsObject() throws {
        for kind in ["commit", "tree", "blob", "tag"] {
            let text = "object \(Self.id)\ntype \(kind)\ntag v1.0\ntagger \(Self.person)\n\nmessage\n"
            let tag = try #require(self.tag(text))
            #expect(tag.object.hex == Self.id && tag.kind.rawValue == kind && tag.name == Array("v1.0".utf8))
        }
    }

    @Test(arguments: [
        "", "object \(id)\n", "object \(id)\ntype commit\n", "type commit\nobject \(id)\ntag v\n\n",
        "object \(id)\ntype commit\n\ntag v\n", "object \(id)\ntype other\ntag v\n\n",
        "object \(id)\ntype Commit\ntag v\n\n", "object \(id.dropLast())\ntype commit\ntag v\n\n",
        "object \(id.uppercased())\ntype commit\ntag v\n\n", "object \(id)\ntype commit\nTag v\n\n",
        "object \(id)\ntype commit \ntag v\n\n", "object \(id) \ntype commit\ntag v\n\n",
    ])
    func otherTagsAreRefused(_ text: String) {
        #expect(tag(text) == nil)
    }

    @Test func noTruncationTraps() {
        let commit = Array("tree \(Self.id)\nparent \(Self.id)\n\nm".utf8)
        for end in commit.indices {
            #expect((CommitObject.tree(of: Array(commit[..<end])) != nil) == (end >= 45))
        }
        let tag = Array("object \(Self.id)\ntype commit\ntag v\n\nm".utf8)
        for end in tag.indices {
            #expect((TagObject(Array(tag[..<end])) != nil) == (end >= 64))
        }
    }
}

/// Where the repositories of submodules may lie.
@Suite struct SubmoduleSettingsTests {
    static let places = RepositoryPlacesSample.places

    private func repositories(_ settings: String, of path: String = "lib") -> [String] {
        SubmoduleSettings(Array(settings.utf8)).repositories(of: Array(path.utf8), in: Self.places)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func theNameLeadsToTheRepository() {
        for settings in [
            "[submodule \"name\"]\n\tpath = lib\n\turl = ../lib\n", "[submodule \"name\"]\r\n path=lib\r\n",
            "[core]\n\tpath = other\n[submodule \"name\"]\n\turl = x\n\tpath = lib\n[submodule \"b\"]\n\tpath = c\n",
        ] {
            #expect(repositories(settings) == ["/w/lib", "/w/.git/worktrees/a/modules/name", "/w/.git/modules/name"])
        }
    }

    @Test(arguments: [
        "", "[submodule \"\"]\npath = lib\n", "[submodule name]\npath = lib\n", "path = lib\n", "[[[\0", "[",
        "[submodule \"name]\npath = lib\n", "[submodule \"name\"]\npath lib\n",
        "[submodule \"name\"]\n[x]\npath = lib\n",
    ])
    func withoutANameThePathServes(_ settings: String) {
        #expect(repositories(settings) == ["/w/lib", "/w/.git/worktrees/a/modules/lib", "/w/.git/modules/lib"])
    }

    /// A name that leads out of `modules` is not followed.
    @Test(arguments: ["../evil", "a/../../evil", "/tmp/evil", ".", "..", "a//b", "a/", ".git/x"])
    func namesThatLeadOutAreNotFollowed(_ name: String) {
        #expect(repositories("[submodule \"\(name)\"]\n\tpath = lib\n") == ["/w/lib"])
    }
}
