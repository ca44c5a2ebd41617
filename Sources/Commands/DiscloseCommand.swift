#if Commands
import ArgumentParser
import Disclosures
import Encodings
import SourceManifest

/// `vitrine disclose`: parts of a sealed manifest, with their proofs.
struct DiscloseCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "disclose",
        abstract: "Writes chosen entries of a sealed release with proofs that they belong to it.",
        discussion: """
            A file is disclosed as its entry, a directory as all entries under it, and a path that is not in the \
            release as a proof of its absence (not of a confidential release). Nothing else of the manifest is in \
            FILE but the neighbours that show that nothing is withheld.

            Example:
              vitrine disclose manifests/demo/1.0 src/main.c --out main.json
              vitrine disclose manifests/demo/1.0 src README.md --out parts.json
            """
    )

    @Argument(help: ArgumentHelp("The evidence directory of the release.", valueName: "evidence-dir"))
    var evidence: PathArgument

    @Argument(help: ArgumentHelp("What to disclose, seen from the root of the source.", valueName: "path"))
    var paths: [PathArgument]

    @Option(help: ArgumentHelp("Where to write it; an existing file is replaced.", valueName: "file"))
    var out: PathArgument

    @Option(
        help: ArgumentHelp("The secret of a confidential release; EVIDENCE-DIR.secret without it.", valueName: "file")
    )
    var secret: PathArgument?

    @Flag(help: "The paths are in the escaped spelling of manifests, as other commands print them.")
    var escaped = false

    func run() throws -> ExitStatus {
        let paths = try paths.map { try TreePath(argument: $0.bytes, isEscaped: escaped) }
        let release = try DisclosableRelease(EvidenceFiles.read(evidence.bytes, secret: secret?.bytes))
        let disclosure = try release.disclose(paths)
        let bytes = disclosure.bytes
        guard bytes.count <= Disclosure.maximumByteCount else {
            throw Trouble(
                "the disclosure is larger than \(Disclosure.maximumByteCount) bytes",
                hints: ["disclose fewer paths at once"]
            )
        }
        try DurableFile.write(bytes, to: out.bytes, replacing: true)
        for item in disclosure.items {
            Console.say(item.summary)
        }
        return .done
    }
}
#endif
