import Digests
import Encodings
import TestSupport
import Testing

@testable import GitSource

/// Every rule of raw tree objects, and that nothing but what keeps them all is read.
@Suite struct TreeObjectTests {
    struct Entry: Equatable {
        var mode: String
        var name: [UInt8]

        init(_ mode: String, _ name: String) {
            self.init(mode, Array(name.utf8))
        }

        init(_ mode: String, _ name: [UInt8]) {
            self.mode = mode
            self.name = name
        }
    }

    static let file = "100644"
    static let folder = "40000"

    private func bytes(_ entries: [Entry]) -> [UInt8] {
        entries.flatMap { entry -> [UInt8] in
            let id = [UInt8](repeating: UInt8(truncatingIfNeeded: entry.name.count), count: 20)
            return Array(entry.mode.utf8) + [0x20] + entry.name + [0] + id
        }
    }

    private func read(_ content: [UInt8]) throws(BadTree) -> [Entry] {
        var entries: [Entry] = []
        try TreeObject.forEachEntry(of: content) { mode, name, id in
            let spelling: [TreeEntryMode: String] = [
                .directory: "40000", .file: "100644", .executable: "100755", .symbolicLink: "120000",
                .submodule: "160000",
            ]
            entries.append(Entry(spelling[mode] ?? "", Array(content[name])))
            #expect(id.hex.hasPrefix(Hex.encode([UInt8(truncatingIfNeeded: name.count)])))
        }
        return entries
    }

    private func rule(_ entries: [Entry]) -> MalformedTreeObject? {
        do throws(BadTree) {
            _ = try read(bytes(entries))
            return nil
        } catch {
            return error.rule
        }
    }

    @Test func goodTreesAreRead() throws {
        let trees: [[Entry]] = [
            [], [Entry(Self.file, "a")],
            [
                Entry("100755", "a"), Entry(Self.folder, "b"), Entry("120000", "c"), Entry("160000", "d"),
                Entry(Self.file, "e"),
            ],
            // A directory sorts as if a slash followed its name.
            [Entry(Self.file, "a-b"), Entry(Self.folder, "a"), Entry(Self.file, "a0")],
            [Entry(Self.file, "a"), Entry(Self.file, "a-b"), Entry(Self.file, "a.c"), Entry(Self.file, "ab")],
            [Entry(Self.file, "a"), Entry(Self.folder, "a-b"), Entry(Self.folder, "ab")],
            // Bytes, not characters: any but NUL and slash.
            [
                Entry(Self.file, [0x01]), Entry(Self.file, [0x0A, 0x7F]), Entry(Self.file, [0xC3]),
                Entry(Self.file, [0xFF]),
            ],
            [Entry(Self.file, "..."), Entry(Self.file, ".gita"), Entry(Self.file, ".gitattributes")],
            [Entry(Self.file, ".gitmodules"), Entry(Self.file, "git"), Entry(Self.file, "git~2")],
            [Entry(Self.file, String(repeating: "n", count: 4096))],
        ]
        for tree in trees {
            #expect(try read(bytes(tree)) == tree)
        }
    }

    @Test(arguments: [
        "", "0", "10644", "040000", "100664", "100640", "100600", "100777", "104755", "40755", "140000", "160755",
        "120777", "+10064", "10064\u{664}",
    ])
    func modesThatGitDoesNotWriteAreRefused(_ mode: String) {
        // No spelling is longer than six bytes, so the blank is not looked for further on.
        let isLong = mode.utf8.count > 6
        #expect(rule([Entry(mode, "a")]) == (isLong ? .truncatedEntry : .unknownMode(Array(mode.utf8))))
        #expect(rule([Entry("0" + Self.file, "a")]) == .truncatedEntry)
    }

    @Test func namesThatLeadElsewhereAreRefused() {
        for mode in [Self.file, Self.folder, "120000", "160000", "100755"] {
            #expect(rule([Entry(mode, "")]) == .badName(.empty))
            for name in [".", "..", ".git", ".GIT", ".Git", ".giT"] {
                let found = rule([Entry(mode, name)])
                let isBadName = if case .badName = found { true } else { false }
                #expect(isBadName, "\(mode) \(name)")
            }
            for name in ["a/b", "/", "/etc/passwd", "../evil", "a/", "/a"] {
                #expect(rule([Entry(mode, name)]) == .slashInName)
            }
            #expect(rule([Entry(mode, String(repeating: "n", count: 4097))]) == .badName(.tooLong))
        }
    }

    @Test func namesThatSomeFileSystemTakesForGitAreRefused() {
        for name in [
            "git~1", "GIT~1", ".git.", ".git ", ".git. .", ".git:stream", ".git::$INDEX_ALLOCATION", "git~1 ",
            ".g\u{200C}it",
            ".git\u{FEFF}", "\u{200E}.git", ".\u{202E}git", ".gi\u{206F}T",
        ] {
            #expect(rule([Entry(Self.file, name)]) == .nameThatGitForbids, "\(name)")
            #expect(rule([Entry(Self.folder, name)]) == .nameThatGitForbids, "\(name)")
        }
        #expect(rule([Entry("120000", ".gitmodules")]) == .nameThatGitForbids)
        #expect(rule([Entry("120000", ".GITmodules ")]) == .nameThatGitForbids)
    }

    @Test func orderAndDuplicates() {
        #expect(rule([Entry(Self.file, "b"), Entry(Self.file, "a")]) == .unordered)
        #expect(rule([Entry(Self.file, "a"), Entry(Self.file, "a")]) == .duplicate)
        #expect(rule([Entry(Self.folder, "a"), Entry(Self.folder, "a")]) == .duplicate)
        #expect(rule([Entry(Self.folder, "a"), Entry(Self.file, "a-b")]) == .unordered)
        #expect(rule([Entry(Self.file, "a0"), Entry(Self.folder, "a")]) == .unordered)
        #expect(rule([Entry(Self.file, "ab"), Entry(Self.file, "a")]) == .unordered)
        #expect(rule([Entry(Self.file, [0xFF]), Entry(Self.file, "a")]) == .unordered)
        #expect(rule([Entry(Self.file, "a"), Entry(Self.file, "c"), Entry(Self.file, "b")]) == .unordered)
    }

    @Test func aFileAndADirectoryOfOneNameAreRefused() {
        for mode in [Self.file, "100755", "120000", "160000"] {
            #expect(rule([Entry(mode, "a"), Entry(Self.folder, "a")]) == .fileAndDirectory)
            // The directory comes after all that sorts between a name and the same name with a slash.
            for between in ["a-b", "a.c", "a b", "a!", "a-", "a."] {
                #expect(rule([Entry(mode, "a"), Entry(mode, between), Entry(Self.folder, "a")]) == .fileAndDirectory)
                let folders = [Entry(mode, "a"), Entry(Self.folder, between), Entry(Self.folder, "a")]
                #expect(rule(folders) == .fileAndDirectory)
            }
            let nested = [Entry(mode, "a"), Entry(mode, "a-"), Entry(mode, "a--"), Entry(Self.folder, "a-")]
            #expect(rule(nested) == .fileAndDirectory)
            #expect(rule([Entry(Self.folder, "a"), Entry(mode, "a")]) != nil)
        }
    }

    /// Against all pairs there are: three short entries in every order.
    @Test func onlyOneOrderOfAnyThreeEntriesIsRead() {
        var generator = SeededGenerator(seed: 41)
        let letters = Array("a-.0/".utf8).dropLast()
        for _ in 0..<300 {
            let entries = (0..<3).map { _ in
                let name = (0...Int.random(in: 0...2, using: &generator)).map { _ in
                    letters.randomElement(using: &generator) ?? 0x61
                }
                return Entry(Bool.random(using: &generator) ? Self.file : Self.folder, name)
            }
            guard !entries.contains(where: { $0.name == [0x2E] || $0.name == [0x2E, 0x2E] }) else { continue }
            let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
            let accepted = orders.filter { order in rule(order.map { entries[$0] }) == nil }
            let isSet = Set(entries.map(\.name)).count == 3
            #expect(accepted.count == (isSet ? 1 : 0))
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let entries = [Entry(Self.file, "a"), Entry(Self.folder, "b"), Entry("120000", "c")]
        let content = bytes(entries)
        let ends = [0, 29, 57, 86]
        #expect(content.count == 86)
        for end in content.indices where !ends.contains(end) {
            #expect(throws: BadTree(.truncatedEntry, name: [])) { try read(Array(content[..<end])) }
        }
        for (count, end) in ends.enumerated() {
            #expect(try read(Array(content[..<end])).count == count)
        }
        #expect(throws: BadTree.self) { try read(content + [0]) }
    }
}
