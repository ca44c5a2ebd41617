import Digests
import DirectorySource
import Encodings
import Foundation
import SourceManifest
import TestSupport
import Testing
import Verification

@testable import Rebuild

/// A small source in a directory, and a build of it in a real sandbox with the shell and coreutils of this machine.
struct BuildSample {
    /// Why tests with a sandbox are skipped.
    static let absent = "bubblewrap, or the right to make user namespaces, is not here"
    /// Whether there can be a sandbox.
    static let hasSandbox: Bool = {
        guard let made = try? Command.run("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"]) else {
            return false
        }
        return made.status == 0
    }()
    /// Whether what a build opens can be traced.
    static let hasTrace = hasSandbox && Command.find("strace") != nil

    /// Whether the date can be shifted.
    static let hasShiftedClock = hasSandbox && FileManager.default.fileExists(atPath: ShiftedClock.library)

    /// The source.
    let source: String
    /// Where results go.
    let scratch: String

    /// Makes a source of `files`, passes it to `body`, and removes everything.
    static func with<Result>(
        _ files: [String: String] = ["hello.txt": "hello\n"],
        _ body: (BuildSample) throws -> Result
    ) throws -> Result {
        try TemporaryDirectory.with { scratch in
            let sample = BuildSample(source: scratch + "/source", scratch: scratch)
            for (path, content) in files {
                let file = URL(fileURLWithPath: sample.source + "/" + path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try TestFile.write(Array(content.utf8), to: file.path)
            }
            return try body(sample)
        }
    }

    /// A root file system of the shell, cat, and what they load.
    static func makeRoot(in folder: String) throws -> Digest {
        let script = """
            mkdir -p root/bin root/etc root/proc && cp /bin/sh root/bin/sh && cp /bin/cat root/bin/cat
            for file in $(ldd /bin/sh /bin/cat | grep -o '/[^ )]*' | grep -v :); do
                mkdir -p root/$(dirname $file) && cp -L $file root/$file
            done
            echo build:x:1000:1000::/:/bin/sh > root/etc/passwd; echo own > root/etc/own; echo secret > root/proc/x
            """
        let made = try Command.run("sh", ["-c", script], in: folder)
        try #require(made.status == 0, "\(made.errors)")
        let reading = try DirectorySource.read(Array((folder + "/root").utf8))
        var hasher = SHA256()
        return reading.manifest.root(using: &hasher)
    }

    /// The toolchain that such a root makes, for a definition.
    static func toolchain(_ root: Digest, in folder: String) -> String {
        #"{"rootFileSystem":{"path":"\#(folder)/root","treeRoot":"\#(root.hex)"}}"#
    }

    /// Makes a directory with these programs in `parent`, as only root can, and passes on its path and a toolchain of
    /// packages in which it is declared.
    static func withToolDirectory(
        _ files: [String: String],
        in parent: String = "/usr/local",
        _ body: (_ path: String, _ toolchain: String) throws -> Void
    ) throws {
        let path = "\(parent)/vitrine-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        for (name, content) in files {
            try TestFile.write(Array(content.utf8), to: path + "/" + name)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path + "/" + name)
        }
        var hasher = SHA256()
        let root = try DirectorySource.read(Array(path.utf8)).manifest.root(using: &hasher)
        let directories = #"[{"path":"\#(path)","treeRoot":"\#(root.hex)"}]"#
        try body(path, try packages().dropLast() + #","directories":\#(directories)}"#)
    }

    /// These packages, the shell and coreutils without others, in the versions that are installed.
    static func packages(_ names: [String] = ["dash", "coreutils"]) throws -> String {
        let listed = try Command.run("dpkg-query", ["-W", "-f=${Package} ${Version}\\n"] + names)
        let packages = listed.text.split(separator: "\n").map { line in
            let fields = line.split(separator: " ")
            return #"{"name":"\#(fields[0])","version":"\#(fields[1])"}"#
        }
        return #"{"debianPackages":[\#(packages.joined(separator: ","))]}"#
    }

    /// The shell and coreutils with these packages beside them.
    static func packages(and names: [String]) throws -> String { try packages(["dash", "coreutils"] + names) }

    /// What a C compiler is made of.
    static let compiler = ["gcc", "libc6-dev"]

    /// The bytes of a definition that runs a shell script.
    static func definition(
        _ script: String,
        outputs: [String] = ["out"],
        toolchain: String? = nil,
        environment: String = #"{"PATH":"/usr/bin:/bin"}"#,
        more: String = ""
    ) throws -> [UInt8] {
        let commands = JSON.array([.strings(["/bin/sh", "-euc", script])])
        let text = """
            {"format":"vitrine-build/v1","commands":\(String(decoding: commands.compact, as: UTF8.self)),
            "outputs":\(String(decoding: JSON.strings(outputs).compact, as: UTF8.self)),
            "environment":\(environment),"toolchain":\(try toolchain ?? packages())\(more)}
            """
        return Array(text.utf8)
    }

    /// Reads the source as sealed, with this time.
    func sealed(epoch: Int64 = 1_700_000_000) throws -> SealedSource {
        let path = Array(source.utf8)
        let reading = try DirectorySource.read(path)
        return SealedSource(manifest: reading.manifest, place: .directory(path), epoch: epoch)
    }

    /// Builds with a shell script in a sandbox.
    func build(
        _ script: String,
        outputs: [String] = ["out"],
        packages names: [String] = [],
        more: String = "",
        surroundings: SandboxPlan.Surroundings = .init(),
        isTraced: Bool = false,
        into name: String = "result"
    ) throws -> BuildResult {
        let toolchain = try BuildSample.packages(and: names)
        let bytes = try BuildSample.definition(script, outputs: outputs, toolchain: toolchain, more: more)
        let definition = try BuildDefinition(parsing: bytes)
        let place = try BuildPlace(try sealed())
        let target = scratch + "/" + name
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
        return try place.build(
            definition,
            try place.prepare(definition.toolchain),
            definition.toolchain,
            into: Array(target.utf8),
            surroundings: surroundings,
            isTraced: isTraced
        )
    }

    /// A file of a result, as text.
    func text(_ path: String, of name: String = "result") throws -> String {
        String(decoding: try TestFile.read("\(scratch)/\(name)/\(path)"), as: UTF8.self)
    }
}
