import CLinux
import Glibc

/// The limits a worker sets on itself before it sees a byte of hostile input.
package enum WorkerLimits {
    /// The most processor time, in seconds; a stall is noticed by the parent much earlier.
    private static let processorSeconds: UInt = 3600

    /// Sets the limits, `privateMemory` in bytes among them; false when the kernel refuses one.
    package static func apply(privateMemory: UInt) -> Bool {
        // Dies with its parent, gains no privilege, and leaves no memory image of confidential source behind.
        clinux_die_with_parent() == 0 && clinux_no_new_privileges() == 0
            && limit(RLIMIT_DATA, privateMemory) && limit(RLIMIT_CPU, processorSeconds)
            && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0)
            && clinux_forbid_worker_calls() == 0
    }

    private static func limit(_ resource: __rlimit_resource, _ value: UInt) -> Bool {
        var limits = rlimit(rlim_cur: value, rlim_max: value)
        return unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limits) == 0
    }
}
