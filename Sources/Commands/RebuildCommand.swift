#if Commands
import ArgumentParser
import Attestations
import BuildStatements
import BuildVerification
import DirectorySource
import Encodings
import GitSource
import PrivateKeys
import Rebuild
import SigningKeys
import SourceManifest
import StatementWriting
import VerdictReports
import Verification

/// `vitrine rebuild`: builds a verified source here and compares the outputs with what was shipped.
struct RebuildCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Rebuilds a sealed source in a sandbox and judges a shipped build by it.",
        discussion: """
            First the evidence and the source are judged, as `verify` does; nothing is built unless they pass. Then \
            the source is written from verified bytes, built in a sandbox without network, and every shipped file is \
            compared with the output of its name. Outputs, log and record are written to OUTDIR, which must not be \
            there. With --key the record is signed and added to the evidence, whatever it says.

            Example:
              vitrine rebuild manifests/demo/1.0 --source . --shipped demo.deb --trust release.pub.pem --out rebuilt

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
        help: ArgumentHelp("Shipped files, or directories of them.", valueName: "path")
    )
    var shipped: [PathArgument]

    @OptionGroup var trust: TrustOptions
    @OptionGroup var rebuilders: RebuilderOptions

    @Option(
        help: ArgumentHelp("The secret of confidential evidence; EVIDENCE-DIR.secret without it.", valueName: "file")
    )
    var secret: PathArgument?

    @Option(help: ArgumentHelp("The rebuilder's private key, to sign the record with.", valueName: "key.pem"))
    var key: PathArgument?

    @Option(help: ArgumentHelp("A file that holds the passphrase of the key.", valueName: "file"))
    var passphraseFile: PathArgument?

    @Option(help: ArgumentHelp("How the rebuilder is called in the record.", valueName: "name"))
    var rebuilderName = "unnamed"

    @Option(help: ArgumentHelp("Where the results go.", valueName: "outdir"))
    var out: PathArgument

    @Option(
        help: ArgumentHelp(
            "The build definition; \(BuildDefinition.fileName) of the source without it.",
            valueName: "file"
        )
    )
    var definition: PathArgument?

    @Flag(help: "List every file that the build opens (strace); what nothing explains makes it inconclusive.")
    var trace = false

    @Flag(help: "Build again with host name, path, locale and more changed, and name what changes an output.")
    var vary = false

    @Flag(help: "Build again with the second toolchain of the definition, and compare the outputs.")
    var secondToolchain = false

    @Option(help: ArgumentHelp("Write a page about it, without script or anything from outside.", valueName: "file"))
    var html: PathArgument?

    @OptionGroup var output: VerdictOptions

    func validate() throws {
        if shipped.isEmpty { throw ValidationError("--shipped is needed.") }
        if key == nil, passphraseFile != nil { throw ValidationError("--passphrase-file belongs to --key.") }
    }

    func run() throws -> ExitStatus {
        let keys = try key.map { try SealingKeys([$0.bytes], Passphrase(file: passphraseFile?.bytes)) }
        let policy = try trust.read(rebuilders)
        let result = try ResultDirectory(out.bytes)
        let now = try Clock.now()
        let judged = EvidenceJudge(
            try EvidenceFiles.read(evidence.bytes, secret: secret?.bytes),
            policy: policy,
            at: now
        )
        let places = try ShippedPlaces.read(shipped)
        let readings: [SourceReading]
        let sealed: SealedSource?
        do {
            (readings, sealed) = try read(judged)
        } catch let error as SourceNotReadable {
            return try output.write(Verdict(judged, unreadable: error.findings))
        }
        let first = Judge(judged, readings, adviser: DifferenceAdvice.adviser).verdict
        guard first.outcome == .passed, let manifest = judged.manifest, let sealed else {
            Console.say("not built: the source is not verified")
            let status = try output.write(first)
            return status == .done ? .inconclusive : status
        }
        let place = try BuildPlace.make(sealed)
        defer { place.discard() }
        let chosen = try ChosenDefinition(definition?.bytes, in: place)
        if let overlap = ToolchainOverlap.first(of: shipped.map(\.bytes) + [evidence.bytes], with: chosen.definition) {
            let (directory, other) = (escaped(overlap.directory), escaped(overlap.other))
            throw Trouble("not built: the toolchain directory \(directory) overlaps with \(other), which is judged")
        }
        let rebuilding = Rebuilding(
            place: place,
            chosen: chosen,
            directory: result,
            shipped: places,
            isTraced: trace
        )
        let record = try rebuilding.run(of: manifest, rebuilder: rebuilderName)
        // At once: whatever becomes of the builds that look closer, this one is told.
        if let keys {
            try EvidenceAppending.append(try Envelope(signing: record.payload, with: keys.keys), to: evidence.bytes)
        }
        let closer = try closer(rebuilding)
        let build = RebuildJudge(
            judged,
            shipped: places.map(\.file),
            local: record,
            closer: closer,
            at: try Clock.now()
        )
        let verdict = Judge(judged, readings, build: build, adviser: DifferenceAdvice.adviser).verdict
        try result.settle()
        if let html {
            let page = RebuildPage.bytes(verdict, rebuilding, grades: Set(policy.build.grades))
            try DurableFile.write(page, to: html.bytes, replacing: true)
        }
        say(record, keys)
        return try output.write(verdict)
    }

    /// The additional builds that were asked for; findings where one of them raises a doubt.
    private func closer(_ rebuilding: Rebuilding) throws -> [Finding] {
        var findings: [Finding] = []
        if vary { findings += try rebuilding.vary() }
        if secondToolchain { findings += try rebuilding.buildWithSecondToolchain() }
        return findings
    }

    /// The readings that are judged, and the one that is built.
    private func read(_ judged: EvidenceJudge) throws -> ([SourceReading], SealedSource?) {
        let expected: UInt64? = if case .open(let manifest)? = judged.manifestFile { manifest.totalSize } else { nil }
        let reader = SourceReader(path: source.bytes, isParanoid: flags.paranoid, expectedBytes: expected)
        let sealedOn = judged.manifest?.predicate.sealedOn
        if flags.directory {
            let submodules = Set(judged.resolvedSubmodules.map(\.path.bytes))
            let reading = try reader.directory(at: source.bytes, submodules: submodules)
            return ([reading], sealedOn.map { .directory(reading, at: source.bytes, sealedOn: $0) })
        }
        let commit = try reader.commit(flags.rev ?? Array("HEAD".utf8))
        let sealed = try sealedOn.map { try reader.sealed(commit, sealedOn: $0) }
        if flags.rev != nil { return ([commit.source], sealed) }
        let readings = try reader.readCommitAndWorkTree()
        // HEAD may have moved in between: what is built must be among what was judged.
        guard readings.contains(where: { $0.manifest == commit.source.manifest }) else {
            throw Trouble("HEAD changed while it was read")
        }
        return (readings, sealed)
    }

    private func say(_ record: RebuildRecord, _ keys: SealingKeys?) {
        let reason = record.reason.map { ": \(ASCII.escape($0))" } ?? ""
        Console.say("rebuild: \(record.result.rawValue)\(reason)")
        if let trace = record.trace { Console.say("opened: \(RebuildText.opened(trace))") }
        for signer in keys?.keys ?? [] {
            Console.say("record signed by \(signer.publicKey.keyID), added to \(escaped(evidence.bytes))")
        }
        Console.say("results: \(escaped(out.bytes))")
    }
}

/// The shipped files of a command, and where each is.
enum ShippedPlaces {
    /// Reads files, and directories with all that is in them.
    static func read(_ paths: [PathArgument]) throws -> [ShippedPlace] {
        var places: [ShippedPlace] = []
        for path in paths {
            let isDirectory = (try? FileDescriptor.open(path.bytes, for: .listing)) != nil
            for file in try ShippedBuild.read([path]) {
                let place = isDirectory ? FilePath.trimmed(path.bytes) + [UInt8(ascii: "/")] + file.name : path.bytes
                do throws(MalformedTreePath) {
                    places.append(try ShippedPlace(file, at: place))
                } catch {
                    throw Trouble("\(escaped(place)): no record can have this name: \(error.rawValue)")
                }
            }
        }
        var names: Set<TreePath> = []
        for place in places where !names.insert(place.name).inserted {
            throw Trouble("two shipped files are called \(place.name)")
        }
        return places
    }
}
#endif
