import Foundation
import TestSupport
import Testing

@testable import GitSource

/// Index files written by git, and what is left of them when they are cut or damaged.
@Suite struct IndexFlagsTests {
    /// The index of a work tree with marked files, in a version of the format.
    private func index(version: Int, marking: Bool = true) throws -> [UInt8] {
        try GitRepository.with { repository in
            let names = ["a", "a-long-name-of-a-file", "dir/b", "dir/c", "dir/deep/d", "e"]
            for name in names {
                try repository.write(name, name)
            }
            try repository.git("add", "-A")
            try repository.git("update-index", "--index-version", "\(version)")
            if marking {
                try repository.git("update-index", "--assume-unchanged", "a", "dir/c")
                // Only version 3 and later hold this flag: git raises version 2 by itself.
                if version > 2 { try repository.git("update-index", "--skip-worktree", "dir/deep/d", "dir/c") }
            }
            return try TestFile.read(repository.path + "/.git/index")
        }
    }

    private func texts(_ paths: [[UInt8]]) -> [String] { paths.map { String(decoding: $0, as: UTF8.self) } }

    @Test(arguments: [2, 3, 4]) func flagsAreFound(_ version: Int) throws {
        let content = try index(version: version)
        #expect(content[7] == UInt8(version))
        let flags = try IndexFlags(content)
        #expect(texts(flags.assumeUnchanged) == ["a", "dir/c"])
        #expect(texts(flags.skipWorktree) == (version > 2 ? ["dir/c", "dir/deep/d"] : []))
    }

    @Test(arguments: [2, 4]) func noFlagsAreFoundWhereNoneAre(_ version: Int) throws {
        let flags = try IndexFlags(try index(version: version, marking: false))
        #expect(flags.assumeUnchanged.isEmpty && flags.skipWorktree.isEmpty)
    }

    @Test(arguments: [2, 3, 4]) func noTruncationTraps(_ version: Int) throws {
        let content = try index(version: version)
        var isWhole = false
        for end in content.indices {
            let flags = try? IndexFlags(Array(content[..<end]))
            // Once the entries are whole, the flags are those of the whole file.
            if let flags { #expect(texts(flags.assumeUnchanged) == ["a", "dir/c"]) }
            #expect(flags != nil || !isWhole)
            isWhole = isWhole || flags != nil
        }
        #expect(isWhole)
    }

    @Test(arguments: [2, 3, 4]) func noFlippedByteTraps(_ version: Int) throws {
        var content = try index(version: version)
        for place in content.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                content[place] ^= mask
                _ = try? IndexFlags(content)
                content[place] ^= mask
            }
        }
    }

    @Test func otherFilesAreNoIndex() throws {
        let head = Array("DIRC".utf8)
        for content in [
            [], head, head + [0, 0, 0, 2], head + [0, 0, 0, 1, 0, 0, 0, 0], head + [0, 0, 0, 5, 0, 0, 0, 0],
            Array("DIRX".utf8) + [0, 0, 0, 2, 0, 0, 0, 0],
        ] {
            #expect(throws: IndexFlags.Malformed.notAnIndex) { try IndexFlags(content) }
        }
        #expect(throws: IndexFlags.Malformed.truncated) { try IndexFlags(head + [0, 0, 0, 2, 255, 255, 255, 255]) }
    }

    /// A split index keeps its entries, and so their flags, in another file.
    @Test func aSplitIndexIsNamed() throws {
        try GitRepository.with { repository in
            try repository.write("a", "a")
            try repository.git("add", "-A")
            try repository.git("update-index", "--assume-unchanged", "a")
            try repository.git("update-index", "--split-index")
            let content = try TestFile.read(repository.path + "/.git/index")
            #expect(throws: IndexFlags.Malformed.split) { try IndexFlags(content) }
        }
    }
}
