import Attestations
import Digests
import DirectorySource
import Encodings
import Foundation
import GitSource
import SourceManifest
import Testing
import TestSupport
import Verification

@testable import Rebuild

/// What is written for a build is what the manifest says, wherever it came from.
struct SourceWriterTests {
    /// A repository with everything that a tree can hold, the same content at several paths, and nothing at all.
    private static func repository(_ body: (String, GitSource.Reading, GitReadingOptions) throws -> Void) throws {
        try TemporaryDirectory.with { scratch in
            let script = """
                git init -q -b main source && cd source && mkdir -p a/b c && : > empty && : > a/empty2 && echo x > a/b/x \\
                && cp a/b/x c/same && cp a/b/x 'c/odd name%' && echo run > c/run && chmod 755 c/run \\
                && ln -s ../a/b/x c/link && ln -s ../a/b/x a/link2 && printf x/../y > textlike && ln -s x/../y again \\
                && git add . && git -c user.name=n -c user.email=e commit -qm 1 --date '2001-09-09T01:46:40Z'
                """
            let environment = ["GIT_COMMITTER_DATE": "@1000000000 +0200", "PATH": "/usr/bin:/bin", "HOME": scratch]
            let made = try Command.run("sh", ["-c", script], in: scratch, environment: environment)
            try #require(made.status == 0, "\(made.errors)")
            let options = GitReadingOptions(executable: Array(BuiltPrograms.path("vitrine").utf8))
            let reading = try GitSource.read(Array((scratch + "/source").utf8), options)
            try body(scratch, reading, options)
        }
    }

    private static func make(_ path: String) throws -> TreeDescriptor {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return try TreeDescriptor.directory(Array(path.utf8))
    }

    @Test(arguments: [false, true]) func writesACommit(_ reversed: Bool) throws {
        try SourceWriterTests.repository { scratch, reading, options in
            let place = SealedSource.Place.commit(
                reading.commit,
                repository: Array((scratch + "/source").utf8),
                options
            )
            let sealed = SealedSource(manifest: reading.source.manifest, place: place, epoch: 1_000_000_000)
            try sealed.write(beneath: try SourceWriterTests.make(scratch + "/out"), reversed: reversed)
            let written = try DirectorySource.read(Array((scratch + "/out").utf8))
            #expect(written.manifest == reading.source.manifest)
            #expect(written.findings.filter { $0.effect == .fails }.isEmpty)
            let again = SealedSource(
                manifest: written.manifest,
                place: .directory(Array((scratch + "/out").utf8)),
                epoch: 1_000_000_000
            )
            try again.write(beneath: try SourceWriterTests.make(scratch + "/copy"), reversed: reversed)
            #expect(try DirectorySource.read(Array((scratch + "/copy").utf8)).manifest == written.manifest)
            let listed = try Command.run("find", [".", "-printf", "%T@ %p\n"], in: scratch + "/copy")
            #expect(listed.text.split(separator: "\n").allSatisfy { $0.hasPrefix("1000000000.0") }, "\(listed.text)")
        }
    }

    @Test func tellsTheTimeOfACommit() throws {
        try SourceWriterTests.repository { scratch, reading, options in
            let time = try GitSource.time(of: reading.commit, Array((scratch + "/source").utf8), options)
            #expect(time == 1_000_000_000)
        }
    }

    /// Writes contents of the test's choice against a manifest of one file `f` with the content `good`.
    private static func write(
        _ files: [(path: String, content: String)],
        mode: FileMode = .file
    ) throws -> String {
        try TemporaryDirectory.with { scratch in
            let good = Array("good".utf8)
            var writer = ManifestWriter()
            try writer.append(
                try Entry(mode: mode, size: 4, digest: SHA256.digest(of: good), path: try TreePath(Array("f".utf8)))
            )
            var target = SourceWriter(writer.finish(), beneath: try make(scratch + "/out"), time: 0)
            do {
                try target.makeDirectories(reversed: false)
                for file in files {
                    try target.begin([Array(file.path.utf8)])
                    try unsafe target.receive(Array(file.content.utf8).span.bytes)
                    try target.end()
                }
                try target.finish()
            } catch let error as SourceNotWritten {
                return "\(error)"
            }
            return "written"
        }
    }

    @Test func refusesWhatTheManifestDoesNotSay() throws {
        #expect(try SourceWriterTests.write([("f", "good")]) == "written")
        #expect(try SourceWriterTests.write([("f", "goo")]).hasPrefix("f: content differs"))
        #expect(try SourceWriterTests.write([("f", "evil")]).hasPrefix("f: content differs"))
        #expect(try SourceWriterTests.write([("g", "good")]) == "g: not in the manifest")
        #expect(try SourceWriterTests.write([("../f", "good")]) == "../f: not in the manifest")
        #expect(try SourceWriterTests.write([("f", "good"), ("f", "good")]) == "f: not in the manifest")
        #expect(try SourceWriterTests.write([]) == "f: not given by the source (1 in all)")
        #expect(try SourceWriterTests.write([("f", "good")], mode: .symbolicLink) == "written")
        #expect(try SourceWriterTests.write([("f", "evil")], mode: .symbolicLink).hasPrefix("f: content differs"))
    }

    @Test func aGapIsNamed() throws {
        try TemporaryDirectory.with { scratch in
            var writer = ManifestWriter()
            let id = Array(String(repeating: "0", count: 40).utf8)
            let path = try TreePath(Array("module".utf8))
            try writer.append(try Entry(mode: .submodule, size: 40, digest: SHA256.digest(of: id), path: path))
            let sealed = SealedSource(manifest: writer.finish(), place: .directory(Array(scratch.utf8)), epoch: 0)
            let target = try SourceWriterTests.make(scratch + "/out")
            do {
                try sealed.write(beneath: target)
                Issue.record("a gap was written")
            } catch SourceNotWritten.gap(let gap) {
                #expect(gap == path)
            }
        }
    }

    /// A directory that changed since it was read: a link in the place of a directory leads nowhere.
    @Test func followsNoLinkOnItsWay() throws {
        try BuildSample.with(["dir/f": "good", "other/f": "good"]) { sample in
            let sealed = try sample.sealed()
            let script = "rm -r source/dir && ln -s other source/dir"
            #expect(try Command.run("sh", ["-c", script], in: sample.scratch).status == 0)
            let target = try SourceWriterTests.make(sample.scratch + "/out")
            do {
                try sealed.write(beneath: target)
                Issue.record("it was followed")
            } catch let error as BuildFileError {
                #expect(error.code == ELOOP)
            }
        }
    }
}
