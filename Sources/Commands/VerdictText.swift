import Attestations
import Encodings
import SourceManifest
import Verification

extension ExitStatus {
    /// The exit status of an outcome.
    init(_ outcome: Outcome) {
        switch outcome {
        case .passed: self = .done
        case .failed: self = .failed
        case .inconclusive: self = .inconclusive
        }
    }
}

/// The one place where colour is.
enum VerdictText {
    /// `text` with its first word, the verdict, in colour where that is wanted.
    static func coloured(_ text: String, _ outcome: Outcome) -> String {
        guard Console.hasColour, let end = text.firstIndex(where: { $0 == ":" || $0 == " " }) else { return text }
        let colour =
            switch outcome {
            case .passed: "32"
            case .failed: "31"
            case .inconclusive: "33"
            }
        return "\u{1B}[1;\(colour)m\(text[..<end])\u{1B}[0m\(text[end...])"
    }
}

extension Verdict {
    /// The verdict on a source that was looked at and could not be read: what was found there decides.
    init(_ judged: EvidenceJudge, unreadable findings: [Finding], build: RebuildJudge? = nil) {
        let fault = findings.first { $0.effect == .fails } ?? findings.first
        let isFailed = findings.contains { $0.effect == .fails }
        let summary = "the source cannot be read: \(fault?.rule.rawValue ?? "unknown")"
        let predicate = judged.manifest?.predicate
        let source = Link(.source, isFailed ? .failed : .inconclusive, summary)
        self.init(
            build == nil ? .source : .build,
            release: predicate?.release,
            treeRoot: predicate?.treeRoot,
            manifestDigest: judged.manifestDigest,
            links: [source, judged.signed] + (build.map { Link.after(build: $0.links) } ?? Link.notJudgedHere),
            findings: judged.findings + findings + (build?.findings ?? [])
        )
    }
}
