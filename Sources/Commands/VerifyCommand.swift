#if Commands
import ArgumentParser
import Attestations
import BuildVerification
import DirectorySource
import Encodings
import GitSource
import SourceManifest
import VerdictReports
import Verification

/// `vitrine verify`: whether a source is what was sealed.
struct VerifyCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Judges whether a source, and with --build a shipped build, is exactly what was sealed.",
        discussion: """
            A git repository with a work tree is judged twice, its HEAD commit and the files in front of you: both \
            must be what was sealed. A bare repository, or a revision given with --rev, is judged as a commit alone; \
            with --directory the files alone.

            With --build the rebuild records of the evidence are judged too: every shipped file must have been \
            reproduced from the source by rebuilders you trust, and every byte must be explained. A directory stands \
            for all files beneath it.

            Example:
              vitrine verify manifests/demo/1.0 --source . --trust release.pub.pem
              vitrine verify manifests/demo/1.0 --source . --build demo.deb --policy policy.json

            Exit status: 0 passed, 1 failed, 2 could not look, 3 inconclusive.
            """
    )

    @Argument(help: ArgumentHelp("The evidence directory of the release.", valueName: "evidence-dir"))
    var evidence: PathArgument

    @Option(help: ArgumentHelp("A git repository, or with --directory a tree on disk.", valueName: "source"))
    var source: PathArgument

    @OptionGroup var flags: ReadingFlags

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Shipped files, or directories of them, to be judged too.", valueName: "shipped")
    )
    var build: [PathArgument] = []

    @OptionGroup var trust: TrustOptions
    @OptionGroup var rebuilders: RebuilderOptions

    @Option(
        help: ArgumentHelp("The secret of confidential evidence; EVIDENCE-DIR.secret without it.", valueName: "file")
    )
    var secret: PathArgument?

    @OptionGroup var output: VerdictOptions

    func validate() throws {
        if build.isEmpty, rebuilders.isGiven {
            throw ValidationError("--rebuilder and --rebuilder-threshold belong to --build.")
        }
    }

    func run() throws -> ExitStatus {
        let policy = try trust.read(rebuilders)
        let files = try EvidenceFiles.read(evidence.bytes, secret: secret?.bytes)
        let now = try Clock.now()
        let judged = EvidenceJudge(files, policy: policy, at: now)
        let rebuild = build.isEmpty ? nil : RebuildJudge(judged, shipped: try ShippedBuild.read(build), at: now)
        let verdict: Verdict
        do {
            verdict = Judge(judged, try readings(judged), build: rebuild, adviser: DifferenceAdvice.adviser).verdict
        } catch let error as SourceNotReadable {
            verdict = Verdict(judged, unreadable: error.findings, build: rebuild)
        }
        return try output.write(verdict)
    }

    private func readings(_ judged: EvidenceJudge) throws -> [SourceReading] {
        let expected: UInt64? = if case .open(let manifest)? = judged.manifestFile { manifest.totalSize } else { nil }
        let reader = SourceReader(path: source.bytes, isParanoid: flags.paranoid, expectedBytes: expected)
        if flags.directory {
            let submodules = Set(judged.resolvedSubmodules.map(\.path.bytes))
            return [try reader.directory(at: source.bytes, submodules: submodules)]
        }
        if let revision = flags.rev { return [try reader.commit(revision).source] }
        return try reader.readCommitAndWorkTree()
    }
}
#endif
