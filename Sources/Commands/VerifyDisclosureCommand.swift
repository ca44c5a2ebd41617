#if Commands
import ArgumentParser
import DirectorySource
import Encodings
import SourceManifest
import Verification

/// `vitrine verify-disclosure`: whether disclosed entries are part of what was sealed.
struct VerifyDisclosureCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify-disclosure",
        abstract: "Judges whether disclosed entries are part of a sealed release.",
        discussion: """
            A pass speaks of the entries shown and of no others. With --content a local file is compared with the \
            entry of its path: its kind, whether it may be run, and its bytes. A symbolic link is its target.

            Example:
              vitrine verify-disclosure main.json --trust release.pub.pem --content src/main.c=main.c

            Exit status: 0 passed, 1 failed, 2 could not look, 3 inconclusive.
            """
    )

    @Argument(help: ArgumentHelp("What `vitrine disclose` wrote.", valueName: "file"))
    var file: PathArgument

    @OptionGroup var trust: TrustOptions

    @Option(help: ArgumentHelp("A local file that is said to be a disclosed one.", valueName: "path=localfile"))
    var content: [PathArgument] = []

    @OptionGroup var output: VerdictOptions

    func run() throws -> ExitStatus {
        let policy = try trust.read()
        let bytes: [UInt8]
        do throws(DescriptorError) {
            bytes = try BoundedFile.read(file.bytes, ceiling: Disclosure.maximumByteCount)
        } catch {
            throw Trouble(error.description)
        }
        let paths = Set(((try? Disclosure(parsing: bytes))?.items ?? []).flatMap { [$0.path] + $0.entries.map(\.path) })
        let contents = try content.map { try LocalContent.read($0.bytes, disclosed: paths) }
        let judge = DisclosureJudge(bytes, contents: contents, policy: policy, at: try Clock.now())
        if output.json || output.quiet { return try output.write(judge.verdict) }
        let status = try output.write(judge.verdict)
        try Console.write(DisclosureText.text(judge.disclosure))
        return status
    }
}
#endif
