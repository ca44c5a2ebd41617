import Encodings
import Foundation
import ManifestListings
import PureSHA256
import SourceManifest
import Testing

@Suite struct RenderingTests {
    static let sha256sum = "/usr/bin/sha256sum"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: sha256sum), "no sha256sum here"))
    func coreutilsChecksTheSums() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("vitrine-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let names = [" lead", "a\nb", "a\rb", "back\\slash", "plain", "sub/é", "*star"]
        var writer = ManifestWriter()
        for name in names.sorted(by: { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }) {
            let file = root.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(name.utf8).write(to: file)
            try writer.append(
                Entry(
                    mode: .file,
                    size: UInt64(name.utf8.count),
                    digest: Samples.digest(name),
                    path: TreePath(Array(name.utf8))
                )
            )
        }
        try writer.append(Samples.entry("zlink", "plain", mode: .symbolicLink))
        var sums: [UInt8] = []
        writer.finish().writeSHA256Sums { piece in
            for index in 0..<piece.count {
                sums.append(piece[index])
            }
        }
        #expect(sums.count { $0 == 0x0A } == names.count)
        #expect(try check(sums, in: root) == 0)
        sums[3] ^= 1
        #expect(try check(sums, in: root) == 1)
    }

    private func check(_ sums: [UInt8], in root: URL) throws -> Int32 {
        let file = root.deletingLastPathComponent().appendingPathComponent("\(UUID().uuidString).sums")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(sums).write(to: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.sha256sum)
        process.arguments = ["--check", "--strict", "--quiet", file.path]
        process.currentDirectoryURL = root
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test func theJSONIsWhatTheManifestIs() throws {
        var hasher = PureSHA256()
        let tree = try Samples.tree()
        var bytes: [UInt8] = []
        tree.writeJSON(root: tree.root(using: &hasher)) { piece in
            for index in 0..<piece.count {
                bytes.append(piece[index])
            }
        }
        let parsed = try JSON(parsing: bytes)
        #expect(parsed.compact + [0x0A] == bytes)
        #expect(parsed["root"] == .string(tree.root(using: &hasher).hex))
        guard case .array(let entries)? = parsed["entries"] else {
            Issue.record("no entries")
            return
        }
        #expect(entries.count == tree.count)
        #expect(
            entries[2]
                == .object([
                    .init("mode", .string("100644")), .init("size", .integer(5)),
                    .init("sha256", .string(Samples.digest("name\n").hex)),
                    .init("path", .string("caf%C3%A9%20%25")),
                ])
        )
    }
}
