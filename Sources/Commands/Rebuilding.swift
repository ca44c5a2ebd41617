import Attestations
import BuildStatements
import Comparison
import Encodings
import Rebuild
import ReportPages
import SigningKeys
import SourceManifest
import StatementWriting
import Verification

/// One rebuild: the build itself, what it is compared with, and the builds that are made to look closer.
final class Rebuilding {
    private let place: BuildPlace
    private let chosen: ChosenDefinition
    private let directory: ResultDirectory
    private let shipped: [ShippedPlace]
    private let isTraced: Bool
    private var toolchain: PreparedToolchain?
    private var first: BuildResult?
    /// What was compared, for a report.
    private(set) var items: [ComparedItem] = []
    /// What came of changing the surroundings, for a report.
    private(set) var variations: [VariationResult] = []
    /// The SHA-256 of the definition.
    var definitionDigest: Digest { chosen.digest }
    /// What the build opened; nil where that was not traced.
    var trace: TraceReport? { first?.trace }

    init(
        place: BuildPlace,
        chosen: ChosenDefinition,
        directory: ResultDirectory,
        shipped: [ShippedPlace],
        isTraced: Bool
    ) {
        self.place = place
        self.chosen = chosen
        self.directory = directory
        self.shipped = shipped
        self.isTraced = isTraced
    }

    /// Builds and compares; the record is also written to the results.
    func run(of manifest: VerifiedManifest, rebuilder: String) throws -> RebuildRecord {
        let toolchain = try place.prepare(chosen.definition.toolchain)
        let result = try place.build(
            chosen.definition,
            toolchain,
            chosen.definition.toolchain,
            into: directory.temporary,
            isTraced: isTraced
        )
        self.toolchain = toolchain
        first = result
        if let report = result.trace { try directory.write("files.json", report.json.compact + [UInt8(ascii: "\n")]) }
        let record = try RebuildRecord(
            release: manifest.predicate.release,
            treeRoot: manifest.predicate.treeRoot,
            manifest: manifest.statement.statement.manifestDigest,
            definition: chosen.digest,
            unfinished: unfinished(result, manifest),
            artifacts: try artifacts(result),
            toolchain: toolchain.parts,
            environment: BuildMachine.environment,
            trace: result.trace?.counts,
            log: result.log,
            rebuiltOn: try Clock.now(),
            rebuilder: Text(rebuilder)
        )
        try directory.write("rebuild.json", record.payload)
        return record
    }

    /// Why nothing was compared, or the comparison says nothing; nil where it does.
    private func unfinished(
        _ result: BuildResult,
        _ manifest: VerifiedManifest
    ) -> (result: RebuildRecord.Result, reason: Text)? {
        if let reason = result.failure { return (.notRebuildable, Text(String(reason.prefix(2000)))) }
        let doubt = result.doubt ?? result.trace.flatMap { copied($0, manifest) }
        return doubt.map { (.inconclusive, Text(String($0.prefix(2000)))) }
    }

    /// Where the build read a shipped file itself: what it made may be a copy, and not a rebuild.
    ///
    /// Files that are sealed, or declared as somebody else's, and those without bytes are no surprise.
    private func copied(_ trace: TraceReport, _ manifest: VerifiedManifest) -> String? {
        let files = shipped.filter { $0.file.content.size > 0 }
        var wanted: [Digest: ShippedPlace] = [:]
        for file in files { wanted[file.file.content.digest] = file }
        for declared in chosen.definition.thirdParty { wanted[declared.digest] = nil }
        if let open = manifest.open {
            for index in 0..<open.count { wanted[open.entry(at: index).digest] = nil }
        }
        guard let (file, place) = trace.read(wanted) else { return nil }
        let path = ASCII.escape(file.path, limit: 512)
        return "the build read \(path), which has the SHA-256 of the shipped \(place.name)"
    }

    private func artifacts(_ result: BuildResult) throws -> [RebuiltArtifact] {
        guard result.failure == nil else { return shipped.map(ShippedComparison.notRebuilt) }
        var options = ComparisonOptions(executable: SourceReader.executable)
        if let directory = Environment["TMPDIR"], !directory.isEmpty { options.temporaryDirectory = directory }
        let comparison = ShippedComparison(chosen.definition, outputsIn: directory.path(of: "outputs"), options)
        return try shipped.map { file in
            let (artifact, item) = try comparison.compare(file, with: result.outputs)
            items.append(item ?? Rebuilding.item(artifact))
            return artifact
        }
    }

    /// A file that was not opened to be compared: identical, of others, or not rebuilt.
    private static func item(_ artifact: RebuiltArtifact) -> ComparedItem {
        let shipped = ComparedItem.Content(size: artifact.shipped.size, digest: artifact.shipped.digest)
        return ComparedItem(
            name: artifact.name.bytes,
            format: "data",
            presence: artifact.rebuilt == nil ? .onlyShipped : .both,
            shipped: shipped,
            rebuilt: artifact.rebuilt.map { .init(size: $0.size, digest: $0.digest) },
            grade: artifact.grade,
            account: artifact.account
        )
    }

    /// Builds with everything varied, and where that changes an output, with one thing after the other; what changed.
    func vary() throws -> [Finding] {
        guard let first, first.failure == nil else {
            Console.say("not varied: the first build gave nothing to compare")
            return [Finding(.buildVaries, found: "not varied: the first build gave nothing to compare")]
        }
        let toolchain = try toolchain ?? place.prepare(chosen.definition.toolchain)
        let clock = ClockChoice(toolchain, chosen.definition, chosen.definition.toolchain)
        let varied = VariedBuilds(clock: clock) { [place, chosen, directory] surroundings, name in
            try place.build(
                chosen.definition,
                toolchain,
                chosen.definition.toolchain,
                into: try directory.makeDirectory(name),
                surroundings: surroundings
            )
        }
        defer { variations = varied.results }
        return try varied.compare(with: first)
    }

    /// Builds with the second toolchain and compares its outputs with those of the first.
    func buildWithSecondToolchain() throws -> [Finding] {
        guard let second = chosen.definition.secondToolchain else {
            throw Trouble("the build definition declares no second toolchain")
        }
        guard let first, first.failure == nil else {
            return [notBuilt("the first build gave nothing to compare")]
        }
        let result = try place.build(
            chosen.definition,
            try place.prepare(second),
            second,
            into: try directory.makeDirectory("second-toolchain")
        )
        if let reason = result.failure ?? result.doubt {
            return [notBuilt(ASCII.escape(reason.utf8, limit: 2000))]
        }
        let changed = RebuildText.differing(first, result)
        Console.say(
            "second toolchain: \(changed.isEmpty ? "every output is identical" : changed.joined(separator: "; "))"
        )
        return changed.isEmpty ? [] : [Finding(.toolchainsDisagree, found: changed.joined(separator: "; "))]
    }

    private func notBuilt(_ reason: String) -> Finding {
        Console.say("second toolchain: \(reason)")
        return Finding(.toolchainsDisagree, found: "not compared: \(reason)", effect: .inconclusive)
    }
}

/// What is said of rebuilds beside the verdict.
enum RebuildText {
    private static let maximumNameCount = 10

    /// The counts of a trace, in one line.
    static func opened(_ trace: RebuildRecord.Trace) -> String {
        [
            "\(trace.openedSource) sealed", "\(trace.toolchainFiles) of the toolchain",
            "\(trace.producedFiles) produced", "\(trace.unexplained) unexplained",
            "\(trace.networkAttempts) network attempts", "\(trace.neverOpenedSource) sealed files never opened",
        ].joined(separator: ", ")
    }

    /// What differs between two builds; empty where nothing does.
    static func differing(_ first: BuildResult, _ second: BuildResult) -> [String] {
        if let reason = second.failure { return ["not built: \(reason)"] }
        if let doubt = second.doubt { return [doubt] }
        let differing = BuildVariation.differing(first, second)
        var lines = differing.prefix(maximumNameCount).map { "\($0) differs" }
        if differing.count > maximumNameCount { lines.append("\(differing.count - maximumNameCount) more differ") }
        return lines
    }
}

extension TraceReport {
    /// The first file that was read, is not of the sealed source, and has one of these digests.
    fileprivate func read(_ wanted: [Digest: ShippedPlace]) -> (File, ShippedPlace)? {
        for file in files where file.origin != .sealed {
            if let digest = file.digest, let place = wanted[digest] { return (file, place) }
        }
        return nil
    }
}
