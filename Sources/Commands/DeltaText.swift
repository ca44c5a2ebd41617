import Attestations
import Encodings
import SourceManifest
import Verification

/// A delta as lines for people.
enum DeltaText {
    /// The outcome first, then what changed, or why nothing can be said.
    static func write(_ judge: DeltaJudge, _ level: VerdictReport.Level) throws(Trouble) {
        var output = OutputPieces()
        try output.add(Array(VerdictText.coloured(headline(judge) + "\n", judge.outcome).utf8))
        if level != .quiet {
            for (name, evidence) in [("old", judge.old), ("new", judge.new)] {
                guard let predicate = evidence.manifest?.predicate else { continue }
                let root = "root \(predicate.treeRoot.hex)"
                try output.add(line: "\(name)  \(predicate.release)  \(root)  sealed \(predicate.sealedOn)")
            }
            if let result = judge.result { try add(result.old, result.new, result.delta, to: &output) }
            for line in findings(judge.findings, level) { try output.add(line: line) }
        }
        try output.finish()
    }

    private static func headline(_ judge: DeltaJudge) -> String {
        switch judge.outcome {
        case .passed:
            let delta = judge.result?.delta
            return delta?.isEmpty == true ? "PASSED: both verified, and equal" : "PASSED: both verified; what changed"
        case .failed: return "FAILED: evidence that does not verify is not compared"
        case .inconclusive: return "INCONCLUSIVE: something could not be judged; nothing is compared"
        }
    }

    private static func add(
        _ old: Manifest,
        _ new: Manifest,
        _ delta: ManifestDelta,
        to output: inout OutputPieces
    ) throws(Trouble) {
        try output.add(line: "")
        for index in delta.added { try output.add(line: "added    \(new.path(at: index).escaped)") }
        for index in delta.removed { try output.add(line: "removed  \(old.path(at: index).escaped)") }
        for pair in delta.changed {
            let (before, after) = (old.entry(at: pair.old), new.entry(at: pair.new))
            let sizes = "\(before.size) -> \(after.size) bytes\(modes(before, after))"
            try output.add(line: "changed  \(after.path.escaped)  \(sizes)")
        }
        for pair in delta.modeChanged {
            let (before, after) = (old.entry(at: pair.old), new.entry(at: pair.new))
            try output.add(line: "mode     \(after.path.escaped)\(modes(before, after))")
        }
        for pair in delta.renamed {
            try output.add(line: "renamed  \(old.path(at: pair.old).escaped) -> \(new.path(at: pair.new).escaped)")
        }
        let counts = [
            "\(delta.added.count) added", "\(delta.removed.count) removed", "\(delta.changed.count) changed",
            "\(delta.modeChanged.count) with another mode", "\(delta.renamed.count) renamed",
            "\(delta.unchangedCount) proven equal",
        ]
        if !delta.isEmpty { try output.add(line: "") }
        try output.add(line: counts.joined(separator: ", "))
    }

    private static func modes(_ before: Entry, _ after: Entry) -> String {
        before.mode == after.mode ? "" : "  \(before.mode.digits) -> \(after.mode.digits)"
    }

    private static func findings(_ findings: [Finding], _ level: VerdictReport.Level) -> [String] {
        findings.filter { level == .verbose || $0.effect != .notice }.flatMap { finding in
            var lines = ["", "\(finding.effect.rawValue): \(finding.rule.rawValue)"]
            if let path = finding.escapedPath { lines[1] += ": \(path)" }
            if let recorded = finding.recorded { lines.append("    recorded  \(recorded)") }
            if let found = finding.found { lines.append("    found     \(found)") }
            return lines + ["    cause     \(finding.cause)", "    next      \(finding.next)"]
        }
    }
}
