#if Commands
import ArgumentParser
import Attestations
import Digests
import Encodings
import SourceManifest
import Verification

/// `vitrine root`: the root of a source, and nothing else.
struct RootCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "root",
        abstract: "Prints the tree root of a source.",
        discussion: """
            64 hexadecimal digits on standard output. The same content has the same root, whether it is a commit or a \
            directory. A source with findings that fail has none.

            Example:
              vitrine root . --rev v1.0
              vitrine root unpacked --directory
            """
    )

    @Argument(help: ArgumentHelp("A git repository, or with --directory a tree on disk.", valueName: "source"))
    var source: PathArgument

    @OptionGroup var flags: ReadingFlags

    func run() throws -> ExitStatus {
        let source = SealableSource(path: source.bytes, request: flags.request, isParanoid: flags.paranoid)
        let reading = try source.read(for: "root").reading
        FindingLines.say(reading.findings.filter { $0.effect == .inconclusive })
        var hasher = SHA256()
        try Console.write(reading.manifest.root(using: &hasher).hex + "\n")
        return .done
    }
}
#endif
