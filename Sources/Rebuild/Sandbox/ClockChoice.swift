import Encodings

/// Whether another date can be shown to a build, and why not.
package enum ClockChoice: Hashable, Sendable {
    /// The clock that shows it.
    case shifted(ShiftedClock)
    /// No date but today's is shown, for this reason, in a few words.
    case unavailable(reason: String)

    /// The clock of this machine's library, unless the toolchain may have another C library than this machine, or the
    /// build deals with libfaketime itself.
    package init(
        _ toolchain: PreparedToolchain,
        _ definition: BuildDefinition,
        _ declared: BuildDefinition.Toolchain
    ) {
        if let variable = ClockChoice.ownVariable(definition.variables(with: declared.environment)) {
            self = .unavailable(reason: "the build definition sets \(variable.name), which decides what date is shown")
        } else if !toolchain.isDebian {
            self = .unavailable(reason: "the toolchain is a root file system with a C library of its own")
        } else if let clock = ShiftedClock() {
            self = .shifted(clock)
        } else {
            self = .unavailable(reason: "this machine has no \(ShiftedClock.library) (Debian package libfaketime)")
        }
    }

    /// The clock, where there is one.
    package var clock: ShiftedClock? { if case .shifted(let clock) = self { clock } else { nil } }

    /// The first of the variables that libfaketime itself is told by: it could switch the shift off, or the build shows
    /// a date of its own choice.
    static func ownVariable(_ variables: [BuildDefinition.Variable]) -> BuildDefinition.Variable? {
        let beginnings = ["FAKETIME", "FAKE_STAT", "NO_FAKE_STAT", "DONT_FAKE_MONOTONIC"]
        return variables.first { variable in
            let name = variable.name.string
            return beginnings.contains { name.hasPrefix($0) }
                || name == "LD_PRELOAD" && variable.value.string.contains("faketime")
        }
    }
}
