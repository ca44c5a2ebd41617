import Attestations
import BuildStatements
import Digests
import DirectorySource
import Encodings
import Foundation
import SourceManifest
import Testing
import TestSupport
import Verification

@testable import Rebuild

/// Toolchains of packages and of directories, and what is said where they are not as declared.
struct ToolchainTests {
    private static let status = """
        Package: tool
        Status: install ok installed
        Architecture: amd64
        Version: 1:2.0-3
        Depends: library (>= 1) | other, virtual, missing:any
        Pre-Depends: base

        Package: library
        Status: install ok triggers-pending
        Architecture: amd64
        Version: 4

        Package: provider
        Status: install ok installed
        Architecture: all
        Version: 5
        Provides: virtual (= 5), unused
        Depends: tool

        Package: base
        Status: deinstall ok config-files
        Architecture: amd64
        Version: 6

        Package: apart
        Status: install ok installed
        Architecture: amd64
        Version: 7

        """

    static func database(_ body: (DebianDatabase, String) throws -> Void) throws {
        try TemporaryDirectory.with { folder in
            try TestFile.write(Array(status.utf8), to: folder + "/status")
            try FileManager.default.createDirectory(atPath: folder + "/info", withIntermediateDirectories: false)
            try body(try DebianDatabase(folder: folder), folder)
        }
    }

    @Test func findsWhatAPackageNeeds() throws {
        try ToolchainTests.database { database, _ in
            let closure = database.closure(of: ["tool"]).map { "\($0.name) \($0.version)" }
            #expect(closure == ["library 4", "provider 5", "tool 1:2.0-3"])
            #expect(database.package("base") == nil, "it is not installed")
        }
    }

    @Test(.enabled(if: BuildSample.hasTrace, Comment(rawValue: BuildSample.absent)))
    func aRootFileSystemIsAllThatIsSeen() throws {
        try BuildSample.with { sample in
            let root = try BuildSample.makeRoot(in: sample.scratch)
            let script = "cat hello.txt /etc/own > out; for f in /*; do echo $f; done >> out"
            let toolchain = BuildSample.toolchain(root, in: sample.scratch)
            let definition = try BuildDefinition(parsing: try BuildSample.definition(script, toolchain: toolchain))
            let place = try BuildPlace(try sample.sealed())
            let prepared = try place.prepare(definition.toolchain)
            #expect(prepared.parts.map(\.digest) == [root])
            let target = sample.scratch + "/result"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
            let result = try place.build(
                definition,
                prepared,
                definition.toolchain,
                into: Array(target.utf8),
                isTraced: true
            )
            #expect(result.failure == nil && result.doubt == nil)
            let lines = try sample.text("outputs/out").split(separator: "\n").map(String.init)
            #expect(lines.prefix(2) == ["hello", "own"])
            #expect(
                Set(lines.dropFirst(2)).isSubset(of: [
                    "/bin", "/build", "/dev", "/etc", "/lib", "/lib64", "/proc", "/source", "/tmp", "/usr",
                ]),
                "\(lines)"
            )
            #expect(result.trace?.counts.unexplained == 0)
            #expect(result.trace?.files.contains { $0.path == Array("/etc/own".utf8) } == true)

            // One byte more in it, and it is another toolchain.
            try TestFile.write(Array("OWN\n".utf8), to: sample.scratch + "/root/etc/own")
            #expect(throws: ToolchainRefused.self) { _ = try place.prepare(definition.toolchain) }
        }
    }

    @Test(.enabled(if: BuildSample.hasTrace, Comment(rawValue: BuildSample.absent)))
    func aDirectoryIsAddedAtItsPath() throws {
        try BuildSample.with { sample in
            let extra = "/usr/local/vitrine-test-\(UUID().uuidString)"
            guard getuid() == 0 else { return }
            try FileManager.default.createDirectory(atPath: extra, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: extra) }
            try TestFile.write(Array("tool\n".utf8), to: extra + "/tool.txt")
            var hasher = SHA256()
            let root = try DirectorySource.read(Array(extra.utf8)).manifest.root(using: &hasher)
            let text = String(decoding: try BuildSample.definition("cat \(extra)/tool.txt > out"), as: UTF8.self)
            let toolchain = try BuildSample.packages()
            let more = toolchain.dropLast() + #","directories":[{"path":"\#(extra)","treeRoot":"\#(root.hex)"}]}"#
            let definition = try BuildDefinition(
                parsing: Array(text.replacingOccurrences(of: toolchain, with: more).utf8)
            )
            let place = try BuildPlace(try sample.sealed())
            let target = sample.scratch + "/result"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
            let result = try place.build(
                definition,
                try place.prepare(definition.toolchain),
                definition.toolchain,
                into: Array(target.utf8),
                isTraced: true
            )
            #expect(result.failure == nil, "\(result.failure ?? "")")
            #expect(result.doubt == nil, "\(result.doubt ?? "")")
            #expect(try sample.text("outputs/out") == "tool\n")
        }
    }

    @Test func namesTheSettingThatForbidsNamespaces() throws {
        try TemporaryDirectory.with { folder in
            for name in ["kernel", "user"] {
                try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: false)
            }
            let settings = UserNamespaceSettings(folder: folder)
            #expect(settings.forbidding == nil)
            try TestFile.write(Array("15000\n".utf8), to: folder + "/user/max_user_namespaces")
            #expect(settings.forbidding == nil)
            let restriction = folder + "/kernel/apparmor_restrict_unprivileged_userns"
            try TestFile.write(Array("1\n".utf8), to: restriction)
            #expect(settings.forbidding == "kernel.apparmor_restrict_unprivileged_userns is 1")
            try TestFile.write(Array("0\n".utf8), to: folder + "/kernel/unprivileged_userns_clone")
            #expect(settings.forbidding == "kernel.unprivileged_userns_clone is 0")
        }
    }
}
