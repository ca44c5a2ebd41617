import VerdictReports
import Verification

/// Findings as lines of standard error, for commands that print no verdict.
enum FindingLines {
    private static let maximumCount = 20

    /// Says the findings of a refusal: what fails or is open one by one, notices as counts.
    static func say(_ findings: [Finding]) {
        let pressing = findings.filter { $0.effect != .notice }
        for finding in pressing.prefix(maximumCount) {
            Console.say(line(finding))
            Console.say("  next: \(finding.next)")
        }
        if pressing.count > maximumCount { Console.say("\(pressing.count - maximumCount) more findings") }
        let notices = findings.filter { $0.effect == .notice }
        for rule in Finding.Rule.allCases {
            let matching = notices.filter { $0.rule == rule }
            guard let first = matching.first else { continue }
            let count = matching.count > 1 ? " (\(matching.count) of them)" : ""
            Console.say("\(line(first))\(count)")
        }
    }

    private static func line(_ finding: Finding) -> String {
        var line = "\(finding.effect.rawValue): \(finding.rule.rawValue)"
        if let path = finding.escapedPath { line += ": \(path)" }
        if let found = finding.found { line += ": \(found)" }
        return line
    }
}
