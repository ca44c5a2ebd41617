#if Commands
import ArgumentParser
import Attestations
import Digests
import Encodings
import ManifestListings
import SourceManifest
import Verification

/// `vitrine manifest`: the manifest of a source, unsigned.
struct ManifestCommand: Verb {
    /// The spellings of a manifest.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case vitrine
        case sha256sum
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "manifest",
        abstract: "Writes the manifest of a source, and on standard error its root.",
        discussion: """
            Nothing is signed. An existing FILE is replaced, once the new one is whole. The format sha256sum leaves \
            out modes, symbolic links and submodules.

            Example:
              vitrine manifest . --out source.manifest
              vitrine manifest unpacked --directory --format sha256sum --out SHA256SUMS
            """
    )

    @Argument(help: ArgumentHelp("A git repository, or with --directory a tree on disk.", valueName: "source"))
    var source: PathArgument

    @OptionGroup var flags: ReadingFlags

    @Option(help: ArgumentHelp("Where to write it; standard output without it.", valueName: "file"))
    var out: PathArgument?

    @Option(help: "vitrine, sha256sum or json.")
    var format = Format.vitrine

    func run() throws -> ExitStatus {
        // A place that cannot be written to is found before the source is read.
        let file = try out.map { out in try DurableFile(out.bytes) }
        let source = SealableSource(path: source.bytes, request: flags.request, isParanoid: flags.paranoid)
        let reading = try source.read(for: "manifest").reading
        FindingLines.say(reading.findings)
        var hasher = SHA256()
        let root = reading.manifest.root(using: &hasher)
        if let file {
            try write(reading.manifest, root) { bytes throws(Trouble) in try file.write(bytes) }
            try file.settle(replacing: true)
        } else {
            try write(reading.manifest, root) { bytes throws(Trouble) in try Console.write(bytes) }
        }
        Console.say("root \(root.hex)")
        return .done
    }

    private func write(
        _ manifest: Manifest,
        _ root: Digest,
        to sink: (Span<UInt8>) throws(Trouble) -> Void
    ) throws(Trouble) {
        switch format {
        case .vitrine: try sink(manifest.bytes.span)
        case .sha256sum: try manifest.writeSHA256Sums(to: sink)
        case .json: try manifest.writeJSON(root: root, to: sink)
        }
    }
}
#endif
