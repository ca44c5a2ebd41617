import Attestations
import BuildStatements
import Digests
import DirectorySource
import Glibc
import Testing
import Verification

/// The hashing of shipped files: all of them, or an error.
struct ShippedFilesTests {
    private func path(_ tree: SourceTree, _ name: String) -> [UInt8] { tree.root + Array("/\(name)".utf8) }

    @Test func everyFileOfADirectoryCounts() throws {
        try SourceTree.with { tree in
            let large = [UInt8](repeating: 7, count: 1_000_000)
            try tree.file("b/c", "two")
            try tree.file(Array(".git/config".utf8), Array("hidden".utf8))
            try tree.file("b/.GIT", "odd")
            try tree.file([0xFF, 0x0A], large)
            try tree.directory("empty")
            let files = try ShippedFiles.read([tree.root])
            #expect(files.map(\.name) == [".git/config", "b/.GIT", "b/c"].map { Array($0.utf8) } + [[0xFF, 0x0A]])
            #expect(files[2].content == .init(digest: SHA256.digest(of: Array("two".utf8)), size: 3))
            #expect(files[3].content == .init(digest: SHA256.digest(of: large), size: 1_000_000))
        }
    }

    @Test func aFileHasItsLastName() throws {
        try SourceTree.with { tree in
            try tree.file("b/c", "two")
            try tree.link(Array("given".utf8), to: Array("b/c".utf8))
            let names = try ["b/c", "given", "b"].map { try ShippedFiles.read([path(tree, $0)]).map(\.name) }
            #expect(names == ["c", "given", "c"].map { [Array($0.utf8)] })
        }
    }

    /// Else one file would be counted as several that were reproduced.
    @Test func aFileThatIsGivenAgainIsOne() throws {
        try SourceTree.with { tree in
            try tree.file("b/c", "two")
            try tree.file("b/d", "two")
            try tree.link(Array("given".utf8), to: Array("b/c".utf8))
            let places = ["b/c", "given", "b", "b/../b/c", "b"]
            let files = try ShippedFiles.read(places.map { path(tree, $0) })
            #expect(files.map(\.name) == ["c", "d"].map { Array($0.utf8) })
        }
    }

    @Test(arguments: ["link", "dangling", "link to a directory", "pipe", "socket"])
    func whatIsNoFileIsRefused(_ kind: String) throws {
        try SourceTree.with { tree in
            try tree.file("b/a", "one")
            try tree.file("d/a", "one")
            switch kind {
            case "link": try tree.link(Array("b/z".utf8), to: Array("a".utf8))
            case "dangling": try tree.link(Array("b/z".utf8), to: Array("none".utf8))
            case "link to a directory": try tree.link(Array("b/z".utf8), to: Array("../d".utf8))
            case "pipe": try SourceTree.check(unsafe mkfifo(tree.name("b/z"), 0o644))
            default: try SourceTree.check(unsafe mknod(tree.name("b/z"), S_IFSOCK | 0o644, 0))
            }
            let error = #expect(throws: ShippedFilesError.self) { try ShippedFiles.read([tree.root]) }
            guard case .notReadable(let reason)? = error, case .notRegular = reason.cause else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            #expect(reason.path == path(tree, "b/z"))
        }
    }

    @Test func nothingIsNoBuild() throws {
        try SourceTree.with { tree in
            try tree.directory("empty/below")
            #expect(throws: ShippedFilesError.empty(path(tree, "empty"))) {
                try ShippedFiles.read([path(tree, "empty")])
            }
            #expect(throws: ShippedFilesError.self) { try ShippedFiles.read([path(tree, "absent")]) }
            #expect(throws: ShippedFilesError.self) { try ShippedFiles.read([Array("/dev/null".utf8)]) }
            #expect(throws: ShippedFilesError.self) { try ShippedFiles.read([[0x61, 0]]) }
        }
    }

    @Test func depthHasACeiling() throws {
        try SourceTree.with { tree in
            let deep = Array(repeating: "d", count: ShippedFiles.maximumDepth - 1).joined(separator: "/")
            try tree.file(deep + "/f", "x")
            #expect(try ShippedFiles.read([tree.root]).count == 1)
            try tree.file(deep + "/e/f", "x")
            #expect(throws: ShippedFilesError.self) { try ShippedFiles.read([tree.root]) }
        }
    }

    @Test func aCancelledReadingGivesNothing() throws {
        try SourceTree.with { tree in
            try tree.file("a", "one")
            let progress = ReadingProgress()
            progress.cancel()
            #expect(throws: ShippedFilesError.cancelled) { try ShippedFiles.read([tree.root], progress) }
        }
    }
}
