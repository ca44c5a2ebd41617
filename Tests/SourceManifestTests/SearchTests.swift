import Encodings
import ReleaseDeltas
import SourceManifest
import Testing

@Suite struct SearchTests {
    @Test func findsEveryEntryAndNothingElse() throws {
        let tree = try Samples.tree()
        for index in 0..<tree.count {
            #expect(tree.index(of: tree.path(at: index)) == index)
        }
        for missing in ["README.m", "README.md0", "src", "src/", "src/main", "zzz", "%01"].dropLast(0) {
            guard let path = try? Samples.path(missing) else { continue }
            #expect(tree.index(of: path) == nil)
        }
    }

    @Test func directoriesAreRanges() throws {
        let tree = try Samples.tree()
        #expect(tree.range(beneath: try Samples.path("src")) == 6..<8)
        #expect(tree.range(beneath: try Samples.path("src/boot")) == 6..<7)
        #expect(tree.range(beneath: try Samples.path("src-old")) == 4..<5)
        for empty in ["README.md", "sr", "src/main.c", "zzz", "!"] {
            #expect(tree.range(beneath: try Samples.path(empty)).isEmpty)
        }
    }

    @Test func pathsSortByRawBytes() throws {
        let paths = ["%01", "%20", "!", "$", "%25", "&", "a", "a%20", "a-", "a0", "%7F", "%80", "%FF"]
        let manifest = try Samples.manifest(paths)
        for (index, path) in paths.enumerated() {
            for other in paths.indices {
                let expected: Manifest.Order = other < index ? .before : other == index ? .same : .after
                #expect(manifest.order(ofEntryAt: other, to: try Samples.path(path).bytes) == expected)
                #expect(manifest.order(ofEntryAt: other, to: manifest, at: index) == expected)
            }
        }
    }

    @Test func deltaNamesEveryKindOfChange() throws {
        func manifest(_ entries: [Entry]) throws -> Manifest {
            var writer = ManifestWriter()
            for entry in entries.sorted(by: { $0.path < $1.path }) {
                try writer.append(entry)
            }
            return writer.finish()
        }
        let old = try manifest([
            Samples.entry("a", "same"), Samples.entry("b", "before"), Samples.entry("c", "mode"),
            Samples.entry("d", "gone"), Samples.entry("e", "moves"), Samples.entry("f/1", "twice"),
            Samples.entry("f/2", "twice"),
        ])
        let new = try manifest([
            Samples.entry("a", "same"), Samples.entry("b", "after"), Samples.entry("c", "mode", mode: .executable),
            Samples.entry("e2", "moves"), Samples.entry("g/1", "twice"), Samples.entry("g/2", "new"),
            Samples.entry("d%20", "gone", mode: .symbolicLink),
        ])
        let delta = ManifestDelta(from: old, to: new)
        let oldPaths = { (indexes: [Int]) in indexes.map { old.path(at: $0).escaped } }
        let newPaths = { (indexes: [Int]) in indexes.map { new.path(at: $0).escaped } }
        #expect(delta.unchangedCount == 1)
        #expect(newPaths(delta.changed.map(\.new)) == ["b"])
        #expect(newPaths(delta.modeChanged.map(\.new)) == ["c"])
        #expect(oldPaths(delta.removed) == ["d", "f/2"])
        #expect(newPaths(delta.added) == ["d%20", "g/2"])
        #expect(oldPaths(delta.renamed.map(\.old)) == ["e", "f/1"])
        #expect(newPaths(delta.renamed.map(\.new)) == ["e2", "g/1"])
        #expect(ManifestDelta(from: old, to: old).isEmpty)
        #expect(ManifestDelta(from: old, to: old).unchangedCount == old.count)
    }
}
