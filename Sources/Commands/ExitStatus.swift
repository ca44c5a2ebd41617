/// How a command ended, for scripts: DESIGN section 1.
///
/// Only ``done`` is 0, and only for a command that did all it was asked and could say so.
package struct ExitStatus: Hashable, Sendable {
    /// What the process hands to the system.
    package let code: Int32

    /// Passed, or done.
    package static let done = ExitStatus(code: 0)
    /// Judged and failed, or refused.
    package static let failed = ExitStatus(code: 1)
    /// Could not look: usage, input and output, unreadable keys, an interruption.
    package static let couldNotLook = ExitStatus(code: 2)
    /// Something could not be judged.
    package static let inconclusive = ExitStatus(code: 3)
}
