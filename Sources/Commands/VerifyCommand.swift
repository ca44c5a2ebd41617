#if Commands
import ArgumentParser
import Attestations
import DirectorySource
import Encodings
import GitSource
import SourceManifest
import Verification

/// `vitrine verify`: whether a source is what was sealed.
struct VerifyCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Judges whether a source is exactly what was sealed.",
        discussion: """
            A git repository with a work tree is judged twice, its HEAD commit and the files in front of you: both \
            must be what was sealed. A bare repository, or a revision given with --rev, is judged as a commit alone; \
            with --directory the files alone.

            Example:
              vitrine verify manifests/demo/1.0 --source . --trust release.pub.pem

            Exit status: 0 passed, 1 failed, 2 could not look, 3 inconclusive.
            """
    )

    @Argument(help: ArgumentHelp("The evidence directory of the release.", valueName: "evidence-dir"))
    var evidence: PathArgument

    @Option(help: ArgumentHelp("A git repository, or with --directory a tree on disk.", valueName: "source"))
    var source: PathArgument

    @OptionGroup var flags: ReadingFlags
    @OptionGroup var trust: TrustOptions

    @Option(
        help: ArgumentHelp("The secret of confidential evidence; EVIDENCE-DIR.secret without it.", valueName: "file")
    )
    var secret: PathArgument?

    @OptionGroup var output: VerdictOptions

    func run() throws -> ExitStatus {
        let policy = try trust.read()
        let files = try EvidenceFiles.read(evidence.bytes, secret: secret?.bytes)
        let judged = EvidenceJudge(files, policy: policy, at: try Clock.now())
        let verdict: Verdict
        do {
            verdict = Judge(judged, try readings(judged)).verdict
        } catch let error as SourceNotReadable {
            verdict = Verdict(judged, unreadable: error.findings)
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
