import Attestations
import Encodings
package import Verification

/// A verdict as plain text for people: the verdict first, then the links, then what was noticed.
///
/// Printable ASCII and LF only; whatever came from others stands in it escaped. Not meant to be read by programs.
package struct VerdictReport: Sendable {
    /// How much is told.
    package enum Level: Hashable, Sendable {
        /// The verdict alone, in one line.
        case quiet
        /// The links and what is not a notice; of the notices their number.
        case normal
        /// Everything.
        case verbose
    }

    /// The most findings that the normal level tells one by one.
    package static let maximumNormalCount = 20

    /// The text, ended by LF.
    package private(set) var text = ""

    /// Writes the report of `verdict`.
    package init(_ verdict: Verdict, _ level: Level = .normal) {
        line(VerdictReport.headline(verdict))
        guard level != .quiet else { return }
        if let root = verdict.treeRoot { line("root     \(root.hex)") }
        if let digest = verdict.manifestDigest { line("manifest \(digest.hex) (SHA-256 of the file)") }
        line("")
        for link in verdict.links {
            add(link, level)
        }
        add(verdict.findings.filter { level == .verbose || $0.effect != .notice }, level)
        if level == .normal { addNoticeCounts(verdict) }
        if verdict.unlistedFindingCount > 0 {
            line("")
            line("\(verdict.unlistedFindingCount) more findings were counted and are not listed")
        }
    }

    private static func headline(_ verdict: Verdict) -> String {
        let release = verdict.release.map { ": \(ASCII.escape($0.description))" } ?? ""
        switch (verdict.outcome, verdict.question) {
        case (.passed, .source): return "PASSED\(release): the source is \(likeness(verdict.findings))"
        case (.passed, .build):
            return "PASSED\(release): the shipped build comes from \(origin(verdict))"
        case (.passed, .disclosure): return "PASSED\(release): what is disclosed is part of what was sealed"
        case (.failed, .build): return "FAILED\(release): do not rely on this build"
        case (.failed, _): return "FAILED\(release): do not rely on this source"
        case (.inconclusive, _): return "INCONCLUSIVE\(release): something could not be judged; this is not a pass"
        }
    }

    /// What a passed build comes from: exactly what was sealed, or something less.
    private static func origin(_ verdict: Verdict) -> String {
        let source = likeness(verdict.findings)
        guard !verdict.reservations.isEmpty else { return source }
        let start = source == exactly ? "what was sealed" : source
        return ([start] + verdict.reservations).joined(separator: ", ")
    }

    private static let exactly = "exactly what was sealed"

    /// How like the sealed source a passed one is: exactly, or but for what the policy or git LFS let pass.
    private static func likeness(_ findings: [Finding]) -> String {
        var exceptions: [String] = []
        if findings.contains(where: { $0.rule == .unresolvedSubmodule }) {
            exceptions.append("files of unresolved submodules were not compared")
        }
        if findings.contains(where: { $0.rule == .lfsContent }) {
            exceptions.append("Git LFS content stands in the place of its pointers")
        }
        guard !exceptions.isEmpty else { return exactly }
        return "what was sealed, but that \(exceptions.joined(separator: ", and "))"
    }

    private mutating func line(_ content: String) {
        // The texts are ASCII already; a control character that slipped in must still not reach a terminal.
        for byte in content.utf8 {
            text.append((0x20...0x7E).contains(byte) ? Character(Unicode.Scalar(byte)) : "?")
        }
        text.append("\n")
    }

    private static func padded(_ word: String, _ width: Int) -> String {
        word + String(repeating: " ", count: max(0, width - word.utf8.count))
    }

    private mutating func add(_ link: Link, _ level: Level) {
        let outcome = link.outcome == .notJudged ? "-" : link.outcome.rawValue
        let name = VerdictReport.padded(link.name.rawValue, 10)
        line("  \(name)\(VerdictReport.padded(outcome, 14))\(link.summary)")
        guard level == .verbose || link.outcome == .failed else { return }
        for evidence in link.evidence {
            line("    \(VerdictReport.padded(evidence.name, 20)) \(evidence.value)")
        }
    }

    private mutating func add(_ findings: [Finding], _ level: Level) {
        guard !findings.isEmpty else { return }
        line("")
        let listed = level == .verbose ? findings[...] : findings.prefix(VerdictReport.maximumNormalCount)
        for finding in listed {
            line("\(finding.effect.rawValue): \(finding.rule.rawValue)\(finding.escapedPath.map { ": \($0)" } ?? "")")
            if let recorded = finding.recorded { line("    recorded  \(recorded)") }
            if let found = finding.found { line("    found     \(found)") }
            line("    cause     \(finding.cause)")
            line("    next      \(finding.next)")
        }
        if findings.count > listed.count { line("\(findings.count - listed.count) more, told with --verbose") }
    }

    private mutating func addNoticeCounts(_ verdict: Verdict) {
        let notices = verdict.findings.filter { $0.effect == .notice }
        guard !notices.isEmpty else { return }
        line("")
        for rule in Finding.Rule.allCases {
            let matching = notices.filter { $0.rule == rule }
            guard let first = matching.first else { continue }
            let example = first.escapedPath.map { matching.count > 1 ? ", first \($0)" : ": \($0)" } ?? ""
            let count = matching.count > 1 ? " (\(matching.count))" : ""
            line("notice: \(rule.rawValue)\(count)\(example)")
        }
        line("notices do not change the verdict; --verbose tells them in full")
    }
}
