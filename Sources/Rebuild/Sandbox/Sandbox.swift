import CLinux
package import Encodings
import Glibc

/// How a build in a sandbox ended.
package enum BuildEnding: Hashable, Sendable, CustomStringConvertible {
    /// Every command ended with status 0.
    case finished
    /// A command ended with another status.
    case failed(status: Int32)
    /// A command, or the sandbox, was ended by a signal: the limit of processor time, memory, or a crash.
    case killed(signal: Int32)
    /// The time was over, and every process was killed.
    case tooLong(seconds: UInt64)

    /// What happened, in a few words.
    package var description: String {
        switch self {
        case .finished: "every command ended with status 0"
        case .failed(let status): "a command ended with status \(status)"
        case .killed(SIGXCPU): "a command was killed: it used up its processor time"
        case .killed(let signal): "a command was killed by signal \(signal)"
        case .tooLong(let seconds): "the build did not end within \(seconds) seconds and was killed"
        }
    }
}

/// What is known of a build after its last process is gone; its build directory can still be read.
package struct FinishedBuild: ~Copyable {
    /// How it ended.
    package let ending: BuildEnding
    /// The log: SHA-256, size, and how many bytes of it were dropped.
    package let log: (digest: Digest, size: UInt64, droppedCount: UInt64)
    /// The build directory as the build left it, in memory that is freed with this descriptor.
    let directory: TreeDescriptor
    /// What the lines of strace tell, where that was asked for.
    let events: TraceEvents?
}

/// Builds in namespaces of their own, made by bubblewrap (docs/formats/build-definition.md, "sandbox").
enum Sandbox {
    private static let patience = 20
    /// How long lines of strace may gather in their pipe, in milliseconds.
    private static let traceInterval: Int32 = 10
    /// How many bytes of log at once are so many that more is waiting: a page, the least that a pipe holds.
    private static let busyLog = 4 << 10

    /// Runs the commands of a plan.
    ///
    /// `fill` gets the empty build directory before the first command; `log` is where the build's words go. When this
    /// returns or throws, no process of the build is left.
    static func run(
        _ plan: SandboxPlan,
        as user: SandboxPlan.OutsideUser?,
        log: consuming TreeDescriptor,
        trace: consuming TraceReader?,
        fill: (consuming TreeDescriptor) throws -> Void
    ) throws -> FinishedBuild {
        let process = try SandboxProcess(plan, user)
        let directory = try process.directory(plan, patience: patience)
        var log = BuildLog(log)
        var trace = trace
        do {
            let copy = try directory.open([UInt8(ascii: ".")], clinux_path_only | O_DIRECTORY, links: .refused)
            let box = DescriptorBox(copy)
            try SandboxUser.act(as: user) { try fill(try box.take()) }
        } catch {
            process.kill()
            throw error
        }
        process.letGo()
        let seconds = plan.definition.limits.wallSeconds
        let isInTime = try watch(process, &log, &trace, seconds)
        let ending = isInTime ? try ending(of: process.status) : .tooLong(seconds: seconds)
        let events = trace.take()?.finish()
        return FinishedBuild(
            ending: ending,
            log: (log.finish(), log.size, log.droppedCount),
            directory: directory,
            events: events
        )
    }

    /// Hands a descriptor into a closure that is called once.
    private final class DescriptorBox {
        private var descriptor: TreeDescriptor?

        init(_ descriptor: consuming TreeDescriptor) {
            self.descriptor = consume descriptor
        }

        func take() throws -> TreeDescriptor {
            guard let taken = descriptor.take() else { throw SandboxRefused("the build directory was taken twice") }
            return taken
        }
    }

    /// Reads what comes until every process is gone; whether that was in time.
    private static func watch(
        _ process: SandboxProcess,
        _ log: inout BuildLog,
        _ trace: inout TraceReader?,
        _ seconds: UInt64
    ) throws -> Bool {
        let deadline = now() + Int64(seconds) * 1000
        var isInTime = true
        while true {
            let left = deadline - now()
            if left <= 0, isInTime {
                isInTime = false
                process.killInside()
            }
            // What ought to have ended with its first process and has not.
            if left < -10_000 { process.kill() }
            process.wait(besides: trace?.number ?? -1, milliseconds: isInTime ? Int32(min(left, 1000)) : 100)
            let taken = try log.take(from: process.log)
            try trace?.take()
            // strace writes line by line: to wake up for each would cost as much as the tracing. A build that speaks
            // fast would wait for us.
            if trace != nil, taken < busyLog { _ = process.hasInsideEnded(waiting: traceInterval) }
            if process.hasInsideEnded(waiting: 0), process.hasEnded() { break }
            // The first process inside is gone, and its chain has only to report it.
            if process.hasInsideEnded(waiting: 0) { usleep(500) }
        }
        try log.take(from: process.log)
        try trace?.take()
        return isInTime
    }

    /// What a status of waitpid(2) says; one that is not known, nil or -1, says nothing about a build.
    static func ending(of status: Int32?) throws(SandboxRefused) -> BuildEnding {
        guard let status, status >= 0 else { throw SandboxRefused("the system does not tell how it ended") }
        guard status & 0x7F == 0 else { return .killed(signal: status & 0x7F) }
        let code = status >> 8 & 0xFF
        if code == 0 { return .finished }
        // The shell's way to tell of a signal.
        return code > 128 && code < 193 ? .killed(signal: code - 128) : .failed(status: code)
    }

    /// Milliseconds of a clock that nobody sets.
    private static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
