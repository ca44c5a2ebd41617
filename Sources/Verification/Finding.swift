import Encodings

/// One thing that was noticed while reading or judging: what, where, what was recorded and what was found.
///
/// The texts are ASCII; whatever came from the source or the evidence stands in them escaped.
package struct Finding: Hashable, Sendable {
    /// What a finding does to the verdict.
    package enum Effect: String, Hashable, Sendable, CaseIterable {
        /// What was read may not be what was sealed: the verdict is failed.
        case fails
        /// Something could not be judged: the verdict is at best inconclusive.
        case inconclusive
        /// Listed only.
        case notice
    }

    /// The rule that noticed it.
    package let rule: Rule
    /// What it does to the verdict.
    package let effect: Effect
    /// The raw bytes of the path it is about; any bytes, since some findings are about paths that no tree may have.
    package let path: [UInt8]?
    /// What the evidence says.
    package let recorded: String?
    /// What was found instead.
    package let found: String?
    /// The likely cause.
    package let cause: String
    /// What to do next.
    package let next: String

    /// Makes a finding; effect, cause and next step are those of the rule unless they are given.
    package init(
        _ rule: Rule,
        path: [UInt8]? = nil,
        recorded: String? = nil,
        found: String? = nil,
        effect: Effect? = nil,
        cause: String? = nil,
        next: String? = nil
    ) {
        self.rule = rule
        self.effect = effect ?? rule.effect
        self.path = path
        self.recorded = recorded
        self.found = found
        self.cause = cause ?? rule.cause
        self.next = next ?? rule.next
    }

    /// The escaped spelling of the path, safe on a terminal.
    package var escapedPath: String? {
        path.map { String(decoding: TreePath.escape($0), as: UTF8.self) }
    }
}
