#if Commands
import ArgumentParser
import Encodings
import Verification

/// `vitrine delta`: what changed between two sealed releases.
struct DeltaCommand: Verb {
    /// The most bytes of both manifests together.
    private static let manifestCeiling = 384 << 20

    static let configuration = CommandConfiguration(
        commandName: "delta",
        abstract: "Says what changed between two sealed releases.",
        discussion: """
            Both must verify under the keys or the policy, which is applied to the newer one whole and to the older \
            one without its rules on version and age. Everything that is not listed is proven equal. No source is \
            read. Exit status 0 says that both were verified, whatever changed.

            Example:
              vitrine delta manifests/demo/1.0 manifests/demo/1.1 --trust release.pub.pem
            """
    )

    @Argument(help: ArgumentHelp("The evidence directory of the older release.", valueName: "old-evidence"))
    var old: PathArgument

    @Argument(help: ArgumentHelp("The evidence directory of the newer release.", valueName: "new-evidence"))
    var new: PathArgument

    @OptionGroup var trust: TrustOptions
    @OptionGroup var output: VerdictOptions

    func run() throws -> ExitStatus {
        let policy = try trust.read()
        let older = try EvidenceFiles.read(old.bytes)
        // Both are held in memory at once.
        let room = DeltaCommand.manifestCeiling - (older.manifest?.count ?? 0)
        let newer = try EvidenceFiles.read(new.bytes, manifestCeiling: room)
        let judge = DeltaJudge(old: older, new: newer, policy: policy, at: try Clock.now())
        if output.json {
            try DeltaJSON.write(judge)
        } else {
            try DeltaText.write(judge, output.level)
        }
        return ExitStatus(judge.outcome)
    }
}
#endif
