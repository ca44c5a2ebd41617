import Attestations
import BuildStatements
import Encodings
import Foundation
import TestSupport
import Testing

@testable import Rebuild

/// Attacks on what is shipped and on the evidence beside it, as `vitrine rebuild` and `vitrine verify --build` meet them;
/// each with the check that catches it, and the same without the attack, which passes.
@Suite(.enabled(if: BuildSample.hasSandbox, Comment(rawValue: BuildSample.absent)))
struct ShippedAttackTests {
    private static let signing = ["--key", "rebuilder.key.pem"]

    /// Seals a source of this content, and then as ``publish(_:_:_:)``.
    private static func seal(_ release: Release, _ product: String, _ version: String, _ content: String) throws {
        try release.write(content, to: "source/hello.txt")
        try release.seal(product, version)
        try publish(release, product, version)
    }

    /// Builds a sealed source, and rebuilds what that made; both are signed.
    private static func publish(_ release: Release, _ product: String, _ version: String) throws {
        let name = "\(product)/\(version)"
        try release.makeDirectory(product)
        try #require(try release.build(name, out: name).status == 0)
        let rebuilt = try release.rebuild("\(name)/outputs/out", signing, of: name, out: "\(name)-rebuilt")
        #expect(rebuilt.status == 0, "\(rebuilt.errors)")
        // The acceptance beside every attack: the evidence, its own source and its own build.
        let verified = try release.verify("\(name)/outputs/out", of: name)
        #expect(verified.status == 0 && verified.text.hasPrefix("PASSED: \(product) \(version):"), "\(verified.text)")
    }

    private static func writePolicy(_ release: Release, _ version: String, grades: [String] = ["identical"]) throws {
        func quorum(_ name: String) throws -> [String: Any] {
            let key = try release.read(name + ".pub.pem")
            return ["threshold": 1, "keys": [["name": name, "publicKey": key]]]
        }
        let policy: [String: Any] = [
            "format": "vitrine-policy/v1", "product": "p", "version": ["exact": version],
            "releaseKeys": try quorum("release"), "rebuilders": try quorum("rebuilder"), "forms": ["open"],
            "views": ["directory"], "grades": grades,
        ]
        let bytes = try JSONSerialization.data(withJSONObject: policy)
        try TestFile.write(Array(bytes), to: release.folder + "/policy.json")
    }

    // MARK: Another build than the one of this source

    @Test func staleButValidlySignedBuild() throws {
        try Release.with("cat hello.txt > out", files: ["hello.txt": "with the old hole\n"]) { release in
            try Self.publish(release, "p", "1")
            try Self.seal(release, "p", "2", "without the hole\n")
            // Version 1's build, called version 2: every signature in sight is valid.
            let shipped = try release.verify("p/1/outputs/out", of: "p/2")
            #expect(shipped.status == 1 && shipped.text.contains("fails: not-rebuilt: out"), "\(shipped.text)")
            let rebuilt = try release.rebuild("p/1/outputs/out", of: "p/2")
            #expect(rebuilt.status == 1 && rebuilt.text.contains("fails: rebuild-differs: out"), "\(rebuilt.text)")
            // With all of version 1's evidence: the source in front of the reader is not that of the evidence.
            let old = try release.verify("p/1/outputs/out", of: "p/1")
            #expect(old.status == 1 && old.text.contains("fails: content-differs: hello.txt"), "\(old.text)")
            // And with version 1's source too, for whoever says which version they came for.
            try Self.writePolicy(release, "2")
            try release.write("with the old hole\n", to: "source/hello.txt")
            let wanted = try release.verify("p/1/outputs/out", of: "p/1", "policy.json")
            #expect(wanted.status == 1 && wanted.text.contains("fails: other-version"), "\(wanted.text)")
        }
    }

    @Test func staleRecordInTheEvidenceOfAnotherVersion() throws {
        try Release.with("cat hello.txt > out", files: ["hello.txt": "with the old hole\n"]) { release in
            try Self.publish(release, "p", "1")
            let record = try #require(try release.envelopes(of: "p/1").last)
            try release.write("without the hole\n", to: "source/hello.txt")
            try release.seal("p", "2")
            try release.append([record], to: "p/2")
            #expect(try release.envelopes(of: "p/2").count == 2)
            let verified = try release.verify("p/1/outputs/out", of: "p/2")
            #expect(verified.status == 3, "\(verified.text)")
            #expect(verified.text.contains("notice: rebuild-of-other-source"))
            #expect(verified.text.contains("inconclusive: not-rebuilt: out"))
        }
    }

    @Test func rightSignatureOnAnotherProductsArtifact() throws {
        try Release.with("cat hello.txt > out", files: ["hello.txt": "the product\n"]) { release in
            try Self.publish(release, "p", "1")
            try Self.seal(release, "q", "1", "another product\n")
            // Seal, provenance and record of the other product, all signed by keys that are trusted here.
            let others = try release.envelopes(of: "q/1")
            #expect(others.count == 3)
            try release.write("the product\n", to: "source/hello.txt")
            try release.append(others.dropFirst(), to: "p/1")
            let own = try release.verify("p/1/outputs/out", of: "p/1")
            #expect(own.status == 0 && own.text.contains("notice: rebuild-of-other-source"), "\(own.text)")
            let swapped = try release.verify("q/1/outputs/out", of: "p/1")
            #expect(swapped.status == 1 && swapped.text.contains("fails: not-rebuilt: out"), "\(swapped.text)")
            let rebuilt = try release.rebuild("q/1/outputs/out", of: "p/1")
            #expect(rebuilt.status == 1 && rebuilt.text.contains("fails: rebuild-differs: out"), "\(rebuilt.text)")
            // With all of the other product's evidence and source, for whoever says which product they came for.
            try Self.writePolicy(release, "1")
            try release.write("another product\n", to: "source/hello.txt")
            let wanted = try release.verify("q/1/outputs/out", of: "q/1", "policy.json")
            #expect(wanted.status == 1 && wanted.text.contains("fails: other-product"), "\(wanted.text)")
        }
    }

    // MARK: Changed bytes of the right build

    /// Checks that what a build makes passes, and that what `change` writes to a path instead is different at `place`.
    private static func expectDifferent(
        _ script: String,
        _ files: [String: String],
        at place: String,
        unexplained: UInt64? = nil,
        change: (_ path: String, Release) throws -> Void
    ) throws {
        let toolchain = try BuildSample.packages(and: BuildSample.compiler)
        try Release.with(script, toolchain: toolchain, files: files) { release in
            try #require(try release.build().status == 0)
            let same = try release.rebuild("built/outputs/out", out: "same")
            #expect(same.status == 0, "\(same.text)\(same.errors)")
            try release.makeDirectory("shipped")
            try change(release.folder + "/shipped/out", release)
            let rebuilt = try release.rebuild("shipped/out", signing)
            #expect(rebuilt.status == 1, "\(rebuilt.text)\(rebuilt.errors)")
            #expect(rebuilt.text.contains("fails: rebuild-differs: out"), "\(rebuilt.text)")
            let record = try release.lastRecord()
            let artifact = try #require(record.artifacts.first)
            #expect(record.result == .different && artifact.grade == .different)
            #expect(artifact.differences.map(\.place.string).contains(place), "\(artifact.differences.map(\.place))")
            #expect(artifact.account.unexplained > 0)
            if let unexplained { #expect(artifact.account.unexplained == unexplained) }
        }
    }

    private static let tree = ["tree/run": "#!/bin/sh\nexit 0\n", "tree/data": "data\n"]
    private static let packing = """
        pack() { tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -c "$1"; }
        pack tree | gzip -n > inner.tar.gz
        pack inner.tar.gz > out
        """

    /// Packs a tree as the build does, after something in it was changed.
    private static func pack(_ change: String, _ path: String, _ release: Release) throws {
        let script = "cp -r source other && cd other && \(change) && \(packing) && mv out \"$0\""
        let made = try Command.run("sh", ["-euc", script, path], in: release.folder)
        try #require(made.status == 0, "\(made.errors)")
    }

    @Test func extraFileInTheInstaller() throws {
        try Self.expectDifferent(
            Self.packing,
            Self.tree,
            at: "inner.tar.gz/inner.tar/tree/more:only in what was shipped"
        ) { path, release in
            try Self.pack("echo evil > tree/more", path, release)
        }
    }

    @Test func memberOfANestedArchiveChanged() throws {
        try Self.expectDifferent(Self.packing, Self.tree, at: "inner.tar.gz/inner.tar/tree/run:line 2") {
            path,
            release in
            try Self.pack("sed -i s/0/1/ tree/run", path, release)
        }
    }

    private static let compiling = "gcc main.c -o out"
    private static let program = ["main.c": "int main(void) { return 0; }\n"]
    private static let hasCompiler = Command.find("gcc") != nil && Command.find("readelf") != nil

    /// Where each section of a program is in its file, as readelf tells.
    private static func sections(_ path: String) throws -> [(name: String, range: Range<Int>)] {
        try Command.run("readelf", ["-SW", path]).text.split(separator: "\n").compactMap { line in
            guard let bracket = line.firstIndex(of: "]") else { return nil }
            let fields = line[line.index(after: bracket)...].split(separator: " ").map(String.init)
            guard fields.count > 5, fields[1] != "NOBITS", let offset = Int(fields[3], radix: 16),
                let size = Int(fields[4], radix: 16), size > 0
            else { return nil }
            return (fields[0], offset..<offset + size)
        }
    }

    /// Copies what was built with one bit changed, at a place that its sections tell.
    private static func flip(
        _ path: String,
        _ release: Release,
        at place: ([(name: String, range: Range<Int>)]) throws -> Int
    ) throws {
        let built = release.folder + "/built/outputs/out"
        var bytes = try TestFile.read(built)
        bytes[try place(try sections(built))] ^= 1
        try TestFile.write(bytes, to: path)
    }

    @Test(.enabled(if: hasCompiler, "needs gcc and readelf")) func byteInELFSectionPadding() throws {
        try Self.expectDifferent(Self.compiling, Self.program, at: ":padding between parts", unexplained: 1) {
            path,
            release in
            try Self.flip(path, release) { sections in
                let pairs = zip(sections, sections.dropFirst())
                let gap = try #require(pairs.first { $0.range.upperBound < $1.range.lowerBound })
                return gap.0.range.upperBound
            }
        }
    }

    @Test(.enabled(if: hasCompiler, "needs gcc and readelf"), arguments: [".init", ".init_array"])
    func changedInitSection(_ name: String) throws {
        try Self.expectDifferent(Self.compiling, Self.program, at: ":section \(name)", unexplained: 1) {
            path,
            release in
            try Self.flip(path, release) { try #require($0.first { $0.name == name }).range.lowerBound }
        }
    }

    // MARK: No attack

    /// The same tar, compressed by gzip and by Python: the contents are identical, and nothing is unexplained.
    @Test(.enabled(if: Command.find("python3") != nil, "needs python3"))
    func sameTarCompressedByTwoProgramsDoesNotAlarm() throws {
        let script = """
            seq 20000 > numbers
            tar --mtime=@0 --owner=0 --group=0 --numeric-owner -c numbers | gzip -n > out
            """
        let other = """
            import gzip
            tar = gzip.open('built/outputs/out').read()
            open('out', 'wb').write(gzip.compress(tar, 5, mtime=0))
            """
        try Release.with(script) { release in
            try #require(try release.build().status == 0)
            try #require(try Command.run("python3", ["-c", other], in: release.folder).status == 0)
            let (one, two) = (release.folder + "/out", release.folder + "/built/outputs/out")
            try #require(try TestFile.read(one) != TestFile.read(two))
            let rebuilt = try release.rebuild("out", Self.signing)
            let artifact = try #require(try release.lastRecord().artifacts.first)
            #expect(artifact.grade == .contentsIdentical && artifact.account.unexplained == 0)
            #expect(Set(artifact.differences.map(\.cause)) == ["compression"])
            // Whether that passes is the reader's to say.
            #expect(rebuilt.status == 1 && rebuilt.text.contains("contents-identical, 0 of "), "\(rebuilt.text)")
            try Self.writePolicy(release, "1", grades: ["contents-identical", "identical"])
            let accepted = try release.rebuild("out", ["--policy", "policy.json"], out: "accepted")
            #expect(accepted.status == 0, "\(accepted.text)\(accepted.errors)")
            #expect(accepted.text.contains("0 unexplained"))
        }
    }
}
