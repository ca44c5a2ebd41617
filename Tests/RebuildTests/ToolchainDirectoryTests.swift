import Digests
import DirectorySource
import Encodings
import Foundation
import SourceManifest
import TestSupport
import Testing
import Verification

@testable import Rebuild

/// What is refused as a directory of a toolchain, and what is seen of one that was changed and put back.
struct ToolchainDirectoryTests {
    private static func with(_ body: (String) throws -> Void) throws {
        try TemporaryDirectory.with { folder in
            let path = folder + "/tool"
            try FileManager.default.createDirectory(atPath: path + "/bin", withIntermediateDirectories: true)
            try TestFile.write(Array("tool\n".utf8), to: path + "/bin/tool")
            try body(path)
        }
    }

    private static func state(_ path: String) throws -> ToolchainDirectory { try ToolchainDirectory(Array(path.utf8)) }

    @Test func aGitDirectoryAtTheTopIsRefused() throws {
        try Self.with { path in
            _ = try Self.state(path)
            try TestFile.write(Array("gitdir: elsewhere\n".utf8), to: path + "/.git")
            let error = #expect(throws: ToolchainRefused.self) { try Self.state(path) }
            #expect(error?.description.hasSuffix("holds .git, which its root does not cover") == true)
        }
    }

    @Test(arguments: ["/proc", "/proc/self", "/sys", "/dev", "/dev/shm", "/run"])
    func placesOfMadeUpFilesAreRefused(_ place: String) throws {
        guard FileManager.default.fileExists(atPath: place) else { return }
        #expect(throws: ToolchainRefused.self) { try Self.state(place) }
        try Self.with { path in
            let link = path + "-link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: place)
            #expect(throws: ToolchainRefused.self) { try Self.state(link) }
        }
    }

    /// What the sandbox makes itself would cover a declared directory, or be covered by it.
    @Test(arguments: ["/tmp", "/build", "/source", "/dev", "/proc", "/vary", "/.vitrine"])
    func placesOfTheSandboxItselfAreRefused(_ place: String) throws {
        func parse(_ path: String) throws {
            let root = String(repeating: "0", count: 64)
            let directories = #","directories":[{"path":"\#(path)","treeRoot":"\#(root)"}]}"#
            let toolchain = String(try BuildSample.packages().dropLast()) + directories
            _ = try BuildDefinition(parsing: try BuildSample.definition("true", toolchain: toolchain))
        }
        for path in [place, place + "/tool"] {
            let error = #expect(throws: MalformedBuildDefinition.self) { try parse(path) }
            let reason = "not at or below \(place), which the sandbox makes itself"
            #expect(error.map { "\($0)".contains(reason) } == true, "\(error.map { "\($0)" } ?? "")")
        }
        try parse(place + "2")
        try parse("/opt" + place)
    }

    /// The same names and contents, and still not the same directory.
    @Test(arguments: ["swap", "rewrite", "mode"]) func whatWasChangedAndPutBackIsSeen(_ how: String) throws {
        try Self.with { path in
            let before = try Self.state(path)
            #expect(try Self.state(path) == before)
            let manager = FileManager.default
            switch how {
            case "swap":
                try manager.moveItem(atPath: path, toPath: path + ".away")
                try manager.moveItem(atPath: path + ".away", toPath: path)
            case "rewrite":
                let time = try #require(manager.attributesOfItem(atPath: path + "/bin/tool")[.modificationDate])
                try TestFile.write(Array("evil\n".utf8), to: path + "/bin/tool")
                try TestFile.write(Array("tool\n".utf8), to: path + "/bin/tool")
                try manager.setAttributes([.modificationDate: time], ofItemAtPath: path + "/bin/tool")
            default:
                try manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path + "/bin")
                try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path + "/bin")
            }
            #expect(try Self.state(path) != before)
        }
    }

    @Test func overlapsAreFound() throws {
        try Self.with { path in
            let toolchain = BuildDefinition.Toolchain(
                base: .debianPackages([]),
                directories: [.init(path: Array(path.utf8), treeRoot: SHA256.digest(of: []))],
                environment: []
            )
            let definition = BuildDefinition(
                commands: [],
                outputs: [],
                environment: [],
                toolchain: toolchain,
                secondToolchain: nil,
                limits: .init(),
                thirdParty: [],
                sourceDateEpoch: nil
            )
            let link = path + "-link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            let folder = (path as NSString).deletingLastPathComponent
            for other in [path, path + "/bin", path + "/bin/tool", folder, link + "/bin/tool"] {
                #expect(ToolchainOverlap.first(of: [Array(other.utf8)], with: definition) != nil, "\(other)")
            }
            try FileManager.default.createDirectory(atPath: path + "2", withIntermediateDirectories: false)
            #expect(ToolchainOverlap.first(of: [Array((path + "2").utf8)], with: definition) == nil)
        }
    }
}
