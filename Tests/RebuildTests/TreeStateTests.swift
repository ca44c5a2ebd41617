import Foundation
import TestSupport
import Testing

@testable import Rebuild

/// What tells that a tree was touched, whatever it is at the end; ``ToolchainDirectoryTests`` has more ways.
struct TreeStateTests {
    private static func state(_ path: String) throws -> TreeState { try TreeState(Array(path.utf8)) }

    /// Deeper than a process may have files open.
    @Test func theDeepestFileCounts() throws {
        try TemporaryDirectory.with { folder in
            let deep = folder + String(repeating: "/d", count: 1500)
            try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
            try TestFile.write([1], to: deep + "/file")
            let before = try Self.state(folder)
            #expect(try Self.state(folder) == before)
            _ = try TestFile.read(deep + "/file")
            #expect(try Self.state(folder) == before)
            try TestFile.write([2], to: deep + "/file")
            try TestFile.write([1], to: deep + "/file")
            #expect(try Self.state(folder) != before)
        }
    }

    @Test func aCopyIsAnotherTree() throws {
        try TemporaryDirectory.with { folder in
            let script = "mkdir tree && echo x > tree/file && cp -a tree copy"
            try #require(try Command.run("sh", ["-euc", script], in: folder).status == 0)
            let (tree, copy) = (try Self.state(folder + "/tree"), try Self.state(folder + "/copy"))
            #expect(tree.identity != copy.identity && tree != copy)
            #expect(throws: BuildFileError.self) { try Self.state(folder + "/absent") }
            #expect(throws: BuildFileError.self) { try Self.state(folder + "/tree/file") }
        }
    }
}
