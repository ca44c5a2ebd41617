import Encodings
import Merkle
import PureSHA256
import SourceManifest
import Testing

/// Small manifests for the tests.
enum Samples {
    static let emptyDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// The text of a manifest with the given lines.
    static func text(_ lines: String...) -> [UInt8] {
        Array(("vitrine-manifest/v1\n" + lines.map { $0 + "\n" }.joined()).utf8)
    }

    /// A line for a file without content.
    static func line(_ path: String, mode: String = "100644", size: String = "0") -> String {
        "\(mode) \(size) \(emptyDigest) \(path)"
    }

    /// A manifest of empty files at the given escaped paths.
    static func manifest(_ paths: [String]) throws -> Manifest {
        try Manifest(parsing: Array(("vitrine-manifest/v1\n" + paths.map { line($0) + "\n" }.joined()).utf8))
    }

    static func digest(_ text: String) -> Digest {
        var hasher = PureSHA256()
        return hasher.digest(Array(text.utf8))
    }

    static func path(_ escaped: String) throws -> TreePath {
        try TreePath(escaped: Array(escaped.utf8))
    }

    static func entry(_ escaped: String, _ content: String, mode: FileMode = .file) throws -> Entry {
        try Entry(
            mode: mode,
            size: UInt64(content.utf8.count),
            digest: digest(content),
            path: path(escaped)
        )
    }

    /// A small tree with every mode, an awkward name and names around a directory's.
    static func tree() throws -> Manifest {
        var writer = ManifestWriter()
        for entry in try [
            entry("README.md", "Read me.\n"), entry("build.sh", "#!/bin/sh\n", mode: .executable),
            entry("caf%C3%A9%20%25", "name\n"), entry("latest", "src/main.c", mode: .symbolicLink),
            entry("src-old/main.c", "old\n"), entry("src.txt", "text\n"), entry("src/boot/start.s", "start\n"),
            entry("src/main.c", "int main(void);\n"), entry("src0", "zero\n"),
            entry("vendor/lib", String(repeating: "5", count: 40), mode: .submodule),
        ] {
            try writer.append(entry)
        }
        return writer.finish()
    }
}

/// The reason for which `body` refuses a manifest; nil when it does not.
func refusal(_ body: () throws -> Void) -> MalformedManifest.Reason? {
    do {
        try body()
        return nil
    } catch {
        return (error as? MalformedManifest)?.reason
    }
}

extension Samples {
    /// The small tree, its secret and three decoys.
    static func secretFile() throws -> SecretFile {
        try SecretFile(
            secret: #require(BlindingSecret([UInt8](repeating: 7, count: 32))),
            decoys: 3,
            details: .object([.init("entries", .integer(10))]),
            manifest: tree()
        )
    }
}
