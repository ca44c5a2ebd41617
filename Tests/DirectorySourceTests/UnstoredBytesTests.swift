import DirectorySource
import Encodings
import Glibc
import SourceManifest
import Testing
import Verification

/// Holes and further names: bytes that no disk holds are read up to a ceiling, and never counted as read beyond it.
@Suite struct UnstoredBytesTests {
    /// Makes a file of holes alone.
    private func hollow(_ path: String, _ size: Int, in tree: SourceTree) throws {
        try tree.file(path)
        try SourceTree.check(unsafe truncate(tree.name(path), size))
    }

    /// Whether reading `tree` is refused under `ceiling`; everything else is an error of the test.
    private func isRefused(_ tree: SourceTree, ceiling: UInt64) throws -> Bool {
        do throws(DirectoryReadingError) {
            var options = ReadingOptions()
            options.unstoredByteCeiling = ceiling
            _ = try DirectorySource.read(tree.root, options)
            return false
        } catch {
            guard case .moreThanStored(ceiling) = error else { throw error }
            return true
        }
    }

    @Test func aTerabyteOfHolesIsRefused() throws {
        try SourceTree.with { tree in
            try tree.file("f", "content")
            try hollow("disk.img", 1 << 40, in: tree)
            #expect(throws: DirectoryReadingError.self) { try tree.read() }
            #expect(try isRefused(tree, ceiling: ReadingOptions().unstoredByteCeiling))
        }
    }

    @Test func holesBelowTheCeilingAreHashedAsZeros() throws {
        try SourceTree.with { tree in
            try hollow("hollow", 3 << 20, in: tree)
            try tree.file(Array("zeros".utf8), [UInt8](repeating: 0, count: 3 << 20))
            let lines = try tree.read().lines.map { $0.split(separator: " ").prefix(3) }
            #expect(lines.count == 2 && lines[0] == lines[1])
            #expect(try !isRefused(tree, ceiling: 3 << 20))
            #expect(try isRefused(tree, ceiling: 3 << 20 - 1))
        }
    }

    /// Data between holes is no hole.
    @Test func onlyTheHolesCount() throws {
        try SourceTree.with { tree in
            try hollow("f", 2 << 20, in: tree)
            let descriptor = unsafe open(tree.name("f"), O_WRONLY)
            try SourceTree.check(descriptor)
            defer { close(descriptor) }
            let data = [UInt8](repeating: 7, count: 1 << 20)
            #expect(unsafe pwrite(descriptor, data, data.count, 1 << 19) == data.count)
            #expect(try !isRefused(tree, ceiling: 1 << 20))
            #expect(try isRefused(tree, ceiling: 1 << 20 - 1))
        }
    }

    @Test func furtherNamesOfAFileCount() throws {
        try SourceTree.with { tree in
            try tree.file(Array("f0".utf8), [UInt8](repeating: 7, count: 1 << 20))
            for index in 1...4 {
                try SourceTree.check(unsafe link(tree.name("f0"), tree.name("f\(index)")))
            }
            #expect(try tree.read().manifest.count == 5)
            #expect(try !isRefused(tree, ceiling: 4 << 20))
            #expect(try isRefused(tree, ceiling: 4 << 20 - 1))
        }
    }

    /// A tree that was not read to the end gives no reading at all, which no judge could pass.
    @Test func manySmallHollowFilesCountTogether() throws {
        try SourceTree.with { tree in
            for index in 0..<64 { try hollow("f\(index)", 64 << 10, in: tree) }
            #expect(try isRefused(tree, ceiling: 1 << 20))
            #expect(try !isRefused(tree, ceiling: 4 << 20))
        }
    }
}
