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
    /// What its maker has to tell a person; no judge looks at it.
    package let advice: Advice

    /// A guess for people.
    ///
    /// No guess turns a difference into equality.
    package struct Advice: Hashable, Sendable {
        /// The likely cause; nil where the maker knows no more than the rule says.
        package let cause: String?
        /// What to do next; nil where the maker knows no more than the rule says.
        package let next: String?

        /// Gathers what is to be told.
        package init(cause: String? = nil, next: String? = nil) {
            self.cause = cause
            self.next = next
        }
    }

    /// Makes a finding; the effect is that of the rule unless it is given.
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
        advice = Advice(cause: cause, next: next)
    }

    /// The escaped spelling of the path, safe on a terminal.
    package var escapedPath: String? {
        path.map { String(decoding: TreePath.escape($0), as: UTF8.self) }
    }
}
