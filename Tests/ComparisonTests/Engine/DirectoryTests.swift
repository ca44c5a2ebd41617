import Attestations
import BuildStatements
import Foundation
import TestSupport
import Testing

@testable import Comparison

@Suite struct DirectoryTests {
    /// Makes two equal trees, changes one or both, and compares.
    private static func compare(_ change: (_ shipped: String, _ rebuilt: String) throws -> Void) throws -> ComparedItem
    {
        try TemporaryDirectory.with { folder in
            let files = FileManager.default
            for side in ["/s", "/r"] {
                try files.createDirectory(atPath: folder + side + "/d/e", withIntermediateDirectories: true)
                try TestFile.write(Array("one\n".utf8), to: folder + side + "/a")
                try TestFile.write([0, 1, 2, 3], to: folder + side + "/d/e/b")
                try files.createSymbolicLink(atPath: folder + side + "/l", withDestinationPath: "/nowhere")
            }
            try change(folder + "/s", folder + "/r")
            return try Builds.compare(folder + "/s", folder + "/r")
        }
    }

    @Test func equalTreesAreIdentical() throws {
        let item = try Self.compare { _, _ in }
        #expect(item.grade == .identical && item.account.reproduced == 16 && item.account.total == 16)
    }

    @Test func whatIsExtraIsCountedWithAllItHolds() throws {
        let item = try Self.compare { shipped, _ in
            try FileManager.default.createDirectory(atPath: shipped + "/x/y", withIntermediateDirectories: true)
            try TestFile.write([1, 2, 3], to: shipped + "/x/y/z")
        }
        #expect(item.grade == .different && item.account.unexplained == 3)
        #expect(item.member("x", "y", "z")?.presence == .onlyShipped)
    }

    @Test func whatIsMissingIsDifferentToo() throws {
        let item = try Self.compare { _, rebuilt in try TestFile.write([1], to: rebuilt + "/new") }
        #expect(item.grade == .different && item.account.unexplained == 0 && item.account.total == 16)
        #expect(item.member("new")?.presence == .onlyRebuilt)
    }

    @Test func modesLinksAndTypesAreCompared() throws {
        let mode = try Self.compare { shipped, _ in
            try FileManager.default.setAttributes([.posixPermissions: 0o4755], ofItemAtPath: shipped + "/a")
        }
        #expect(mode.grade == .different && mode.member("a")?.differences.first?.cause == .mode)
        let link = try Self.compare { shipped, _ in
            try FileManager.default.removeItem(atPath: shipped + "/l")
            try FileManager.default.createSymbolicLink(atPath: shipped + "/l", withDestinationPath: "/elsewhere")
        }
        #expect(link.grade == .different && link.places == ["link target"])
        let type = try Self.compare { shipped, _ in
            try FileManager.default.removeItem(atPath: shipped + "/l")
            try TestFile.write(Array("/nowhere".utf8), to: shipped + "/l")
        }
        #expect(type.grade == .different && type.places == ["type"] && type.account.unexplained == 8)
    }

    @Test func modesOfTheGivenPathsAreCompared() throws {
        func grade(_ one: Int, _ other: Int, ofFiles: Bool) throws -> Grade {
            try TemporaryDirectory.with { folder in
                for (name, mode) in [("/s", one), ("/r", other)] {
                    if ofFiles { try TestFile.write([1], to: folder + name) }
                    let files = FileManager.default
                    if !ofFiles { try files.createDirectory(atPath: folder + name, withIntermediateDirectories: false) }
                    try files.setAttributes([.posixPermissions: mode], ofItemAtPath: folder + name)
                }
                return try Builds.compare(folder + "/s", folder + "/r").grade
            }
        }
        for (one, other) in [(0o4755, 0o755), (0o2755, 0o755), (0o755, 0o644), (0o666, 0o644)] {
            #expect(try grade(one, other, ofFiles: true) == .different)
            #expect(try grade(other, one, ofFiles: true) == .different)
        }
        for (one, other) in [(0o1777, 0o700), (0o2755, 0o755), (0o777, 0o755)] {
            #expect(try grade(one, other, ofFiles: false) == .different)
        }
        // What a download or a new directory makes of it.
        #expect(try grade(0o664, 0o644, ofFiles: true) == .identical)
        #expect(try grade(0o700, 0o755, ofFiles: false) == .identical)
    }

    @Test func aFileAndADirectoryCannotBeCompared() throws {
        try TemporaryDirectory.with { folder in
            try TestFile.write([], to: folder + "/f")
            #expect(throws: NotComparable.self) { try Builds.compare(folder, folder + "/f") }
            #expect(throws: (any Error).self) { try Builds.compare(folder + "/none", folder + "/f") }
        }
    }
}
