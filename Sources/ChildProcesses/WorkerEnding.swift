/// How a worker fails its parent.
package enum WorkerEnding: Hashable, Sendable {
    /// It could not be started.
    case notStarted(errno: Int32)
    /// It was killed by a signal, as a crash in C code ends.
    case killed(signal: Int32)
    /// It ended by itself before it had told all.
    case exited(status: Int32)
    /// It said nothing for this many seconds and was killed.
    case stalled(seconds: Int)
    /// It said what was not asked, or what makes no sense.
    case nonsense(String)
}

extension ChildProcess {
    /// How a worker ends that says no more: it has `patience` seconds for that unless it stalled, then it is killed.
    package func ending(isStall: Bool, patience: Int) -> WorkerEnding {
        guard !isStall, hasEnded(within: patience), let status, status >= 0 else {
            end()
            return .stalled(seconds: patience)
        }
        return status & 0x7F != 0 ? .killed(signal: status & 0x7F) : .exited(status: status >> 8 & 0xFF)
    }
}
