import CLinux
import Encodings
import Glibc

/// What the system takes of a plan: more of it would end the build, and would look like the build's own fault.
enum SandboxLimits {
    /// The kernel takes 128 KiB of one argument or variable, with the NUL at its end: execve(2).
    private static let longest = 128 << 10

    /// What of a plan is more than the system takes; nil where nothing is.
    static func excess(_ plan: SandboxPlan) -> String? {
        // All commands together are one argument of the shell.
        let script = plan.script.count
        if script >= longest { return "the commands are longer than the system takes: \(script) bytes" }
        // As `NAME=value`; a later setting of a name replaces an earlier one.
        for (name, value) in plan.environment {
            let count = name.utf8.count + 1 + value.utf8.count
            if count >= longest { return "the variable \(name) is longer than the system takes: \(count) bytes" }
        }
        var time = rlimit()
        let seconds = plan.definition.limits.cpuSeconds
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &time) == 0, time.rlim_max < seconds else {
            return nil
        }
        return "only \(time.rlim_max) seconds of processor time are allowed here, and the build may use \(seconds)"
    }

    /// What is said where every part is short enough, and all together are not.
    static func allTooLong(_ plan: SandboxPlan) -> String {
        let variables = plan.environment.reduce(0) { $0 + $1.name.utf8.count + 1 + $1.value.utf8.count }
        let counts = "\(plan.script.count) bytes of commands and \(variables) bytes of variables"
        return "the commands and variables together are longer than the system takes: \(counts)"
    }
}
