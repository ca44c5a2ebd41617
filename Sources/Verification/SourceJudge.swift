import Attestations
import Digests
import Encodings
import SourceManifest

/// Judges the link `source`: whether every reading is exactly the tree of the manifest.
struct SourceJudge: Sendable {
    /// The link.
    private(set) var link = Link(.source, .inconclusive, "not judged")
    /// What was noticed.
    private(set) var findings: [Finding] = []
    /// The number of differences beyond those in ``findings``.
    private(set) var unlistedFindingCount = 0

    private var values: [Link.Evidence] = []
    private let adviser: DifferenceAdviser

    /// A manifest that nobody vouches for is compared only up to this number of leaves.
    private static let maximumUnverifiedCount = 200_000

    /// Compares each reading with the manifest that `evidence` verified.
    ///
    /// Where nothing was verified, the manifest file is compared all the same, so that a reader sees both troubles;
    /// equality with it is worth nothing then. One of more than 200,000 leaves is not worth that time.
    init(_ evidence: EvidenceJudge, _ readings: [SourceReading], adviser: @escaping DifferenceAdviser) {
        self.adviser = adviser
        guard !readings.isEmpty else {
            link = Link(.source, .inconclusive, "not judged, no source given")
            return
        }
        addReaderFindings(readings)
        guard let recorded = recordedSource(evidence) else { return }
        var differenceCount = 0
        for reading in readings {
            let place = readings.count > 1 ? reading.name : ""
            differenceCount += compare(recorded, reading, in: place)
        }
        addGaps(recorded, evidence.policy.allowsGaps)
        let isVerified = evidence.manifest != nil
        if let root = evidence.manifest?.predicate.treeRoot { values.insert(.init("root", root.hex), at: 0) }
        conclude(isVerified: isVerified, readings, recorded, differenceCount)
    }

    /// What readers noticed, each once; what only a comparison can judge is left to it.
    private mutating func addReaderFindings(_ readings: [SourceReading]) {
        var seen: Set<Finding> = []
        for finding in readings.flatMap(\.findings) {
            // Whether an empty directory or a gap is recorded is judged below.
            if finding.rule == .emptyDirectory || finding.rule == .unresolvedSubmodule { continue }
            if seen.insert(finding).inserted { findings.append(finding) }
        }
    }

    private mutating func recordedSource(_ evidence: EvidenceJudge) -> RecordedSource? {
        guard let file = evidence.manifest?.content ?? evidence.manifestFile else {
            link = Link(.source, .inconclusive, "not judged, no manifest that can be read")
            return nil
        }
        guard evidence.manifest != nil || file.count <= SourceJudge.maximumUnverifiedCount else {
            let summary = "not compared, \(file.count) leaves of a manifest that is not verified"
            link = Link(.source, .inconclusive, summary)
            return nil
        }
        let predicate = evidence.manifest?.predicate ?? evidence.statement?.statement.predicate
        do throws(RecordedSource.Unopened) {
            return try RecordedSource(file, predicate, secret: evidence.secret)
        } catch {
            findings.append(error.finding)
            link = Link(.source, error.finding.effect == .fails ? .failed : .inconclusive, error.summary)
            return nil
        }
    }

    /// Compares one reading; returns the number of differences, empty directories among them.
    private mutating func compare(_ recorded: RecordedSource, _ reading: SourceReading, in place: String) -> Int {
        let comparison = TreeComparison(recorded: recorded.manifest, details: recorded.details, reading: reading)
        let advice = adviser(comparison, recorded.details, reading)
        for rule in Finding.Rule.allCases {
            for difference in comparison.kept[rule] ?? [] {
                findings.append(difference.finding(in: place, advice: advice(difference)))
            }
        }
        unlistedFindingCount += comparison.differenceCount - comparison.kept.values.reduce(0) { $0 + $1.count }
        unlistedFindingCount += comparison.lfsContentCount - comparison.lfsContent.count
        for entry in comparison.lfsContent {
            findings.append(Finding(.lfsContent, path: entry.path.bytes, found: entry.summary))
        }
        for path in comparison.notAtHand {
            findings.append(
                Finding(
                    .unresolvedSubmodule,
                    path: path.bytes,
                    recorded: "sealed file by file",
                    found: "\(comparison.notAtHandCount) recorded entries could not be compared",
                    cause: "the objects of the submodule are not in this repository",
                    next: "fetch the submodule, or verify a directory that holds its files"
                )
            )
        }
        let emptyCount = addEmptyDirectories(recorded, comparison, reading)
        describe(reading, comparison, recorded, in: place)
        // Where the merge found every line the same, the files are the same, or the merge is wrong.
        if comparison.isExact, comparison.gaps.isEmpty, reading.manifest != recorded.manifest {
            findings.append(Finding(.contentDiffers, found: "another manifest than the recorded one"))
            return emptyCount + 1
        }
        return comparison.differenceCount + emptyCount
    }

    /// Directories with nothing beneath them are in no manifest; the statement lists those that were sealed.
    private mutating func addEmptyDirectories(
        _ recorded: RecordedSource,
        _ comparison: TreeComparison,
        _ reading: SourceReading
    ) -> Int {
        guard reading.view == .directory else { return 0 }
        let known = Set(recorded.details.emptyDirectories)
        let submodules = Set(comparison.gaps.map(\.path) + recorded.details.submodules.map(\.path))
        let unknown = reading.emptyDirectories.filter { !known.contains($0) && !submodules.contains($0) }
        for path in unknown {
            let found = "an empty directory"
            findings.append(
                Finding(.emptyDirectory, path: path.bytes, recorded: "nothing", found: found, effect: .fails)
            )
        }
        for path in known.subtracting(reading.emptyDirectories).sorted() {
            findings.append(
                Finding(
                    .emptyDirectory,
                    path: path.bytes,
                    recorded: "an empty directory",
                    found: "no empty directory",
                    cause: "git and many archives keep no empty directories",
                    next: "none needed to judge the files"
                )
            )
        }
        return unknown.count
    }

    private mutating func addGaps(_ recorded: RecordedSource, _ allowsGaps: Bool) {
        for entry in recorded.gaps {
            findings.append(
                Finding(
                    .unresolvedSubmodule,
                    path: entry.path.bytes,
                    recorded: "a submodule at a commit, none of its files",
                    effect: allowsGaps ? .notice : .inconclusive
                )
            )
        }
    }

    private mutating func describe(
        _ reading: SourceReading,
        _ comparison: TreeComparison,
        _ recorded: RecordedSource,
        in place: String
    ) {
        let label = place.isEmpty ? "" : "\(place): "
        values.append(.init("\(label)entries equal", "\(comparison.equalCount) of \(recorded.manifest.count)"))
        values.append(.init("\(label)bytes", "\(reading.bytes)"))
        for rule in Finding.Rule.allCases {
            guard let count = comparison.counts[rule] else { continue }
            values.append(.init("\(label)\(rule.rawValue)", "\(count)"))
        }
        if comparison.lfsContentCount > 0 {
            values.append(.init("\(label)LFS content accepted", "\(comparison.lfsContentCount)"))
        }
        if comparison.uncoveredCount > 0 {
            values.append(.init("\(label)entries beneath gaps, not covered", "\(comparison.uncoveredCount)"))
        }
        guard let git = reading.git else { return }
        values.append(.init("\(label)commit", git.commit.hex))
        guard let sealed = recorded.details.git, sealed.commit != git.commit else { return }
        findings.append(
            Finding(.otherCommit, recorded: "commit \(sealed.commit.hex)", found: "commit \(git.commit.hex)")
        )
    }

    private mutating func conclude(
        isVerified: Bool,
        _ readings: [SourceReading],
        _ recorded: RecordedSource,
        _ differenceCount: Int
    ) {
        let names = readings.map(\.name).joined(separator: " and ")
        let gapCount = recorded.gaps.count
        let gapSummary = "\(gapCount) unresolved \(gapCount == 1 ? "submodule" : "submodules")"
        let outcome: Link.Outcome
        var summary: String
        if differenceCount > 0 {
            outcome = .failed
            summary = "\(names): \(differenceCount) \(differenceCount == 1 ? "difference" : "differences")"
        } else if let fault = findings.first(where: { $0.effect == .fails }) {
            outcome = .failed
            summary = "\(names): \(fault.rule.rawValue)"
        } else if !isVerified {
            outcome = .inconclusive
            summary = "\(names): equal to a manifest that is not verified, which proves nothing"
        } else if findings.contains(where: { $0.effect == .inconclusive }) {
            outcome = .inconclusive
            summary = "\(names): equal where it could be compared"
            if gapCount > 0 { summary += ", \(gapSummary) not covered" }
        } else {
            outcome = .passed
            summary = "\(names): \(recorded.manifest.count) entries, \(recorded.manifest.totalSize) bytes, all equal"
            if gapCount > 0 { summary += "; \(gapSummary) not covered, as the policy allows" }
            let contentCount = findings.reduce(0) { $0 + ($1.rule == .lfsContent ? 1 : 0) }
            if contentCount > 0 { summary += "; \(contentCount) by the content of their LFS pointers" }
        }
        link = Link(.source, outcome, summary, evidence: values)
    }
}
