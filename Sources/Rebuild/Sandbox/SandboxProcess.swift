import CLinux
import ChildProcesses
import Glibc
import Synchronization

/// The processes of one sandbox: the chain of programs that makes it, started here, and its first process inside.
///
/// Every process inside ends when the first one does, and that one ends with the thread that started it.
@safe
package final class SandboxProcess {
    /// The read end of what the build says.
    let log: TreeDescriptor
    private let chain: ChildProcess
    private let information: TreeDescriptor
    private var block: Int32
    /// The first process inside, once it is known.
    private var inside: Int32 = -1
    /// The first processes inside of all sandboxes there are.
    private static let running = Mutex<Set<Int32>>([])

    /// Starts the chain; its first process inside waits for ``letGo()``.
    init(_ plan: SandboxPlan, _ user: SandboxPlan.OutsideUser?) throws(SandboxRefused) {
        if let reason = SandboxLimits.excess(plan) { throw SandboxRefused(reason) }
        var pipes: [[Int32]] = []
        for _ in 0..<4 {
            var ends: [Int32] = [-1, -1]
            guard unsafe clinux_pipe(&ends) == 0 else {
                pipes.joined().forEach { close($0) }
                throw SandboxRefused("no pipe: error \(errno)")
            }
            pipes.append(ends)
        }
        log = TreeDescriptor(owning: pipes[0][0])
        log.widenPipe()
        information = TreeDescriptor(owning: pipes[1][0])
        block = pipes[2][1]
        let inherited = [pipes[0][1], pipes[1][1], pipes[2][0], pipes[3][0]]
        defer { inherited.forEach { close($0) } }
        // Far less than a pipe holds.
        let isFilterWritten = clinux_write_build_filter(pipes[3][1]) == 0
        close(pipes[3][1])
        guard isFilterWritten else {
            close(block)
            throw SandboxRefused("the filter of system calls cannot be written: error \(errno)")
        }
        let arguments = plan.arguments(user: user, information: 3, block: 4, filter: 5)
        do {
            // Only descriptors for the log, the information, the block and the filter.
            chain = try ChildProcess(arguments, [nil, inherited[0]] + inherited, as: .sandbox)
        } catch {
            close(block)
            if error.code == E2BIG { throw SandboxRefused(SandboxLimits.allTooLong(plan)) }
            throw SandboxRefused("cannot start \(String(decoding: arguments[0], as: UTF8.self)): error \(error.code)")
        }
        _ = fcntl(log.number, F_SETFL, O_NONBLOCK)
    }

    deinit {
        kill()
        if block >= 0 { close(block) }
        chain.end()
        guard inside >= 0 else { return }
        let inside = inside
        SandboxProcess.running.withLock { running in
            running.remove(inside)
            _ = close(inside)
        }
    }

    /// Ends every process in every sandbox of this process, which is about to end itself.
    ///
    /// They would end with it anyway; this does not rest on what a build may have changed.
    package static func killAll() {
        running.withLock { running in running.forEach { _ = clinux_pidfd_kill($0) } }
    }

    /// Waits until everything is mounted; a descriptor of the build directory as it is seen inside.
    ///
    /// The name of a directory made last of all shows that it is so. What is then seen as the source must be the
    /// directory that was written, which the path that was mounted need not have been.
    func directory(_ plan: SandboxPlan, patience seconds: Int) throws(SandboxRefused) -> TreeDescriptor {
        let first = try firstProcess()
        inside = clinux_pidfd_open(first)
        guard inside >= 0 else { throw refusal("it ended at once") }
        let inside = inside
        _ = SandboxProcess.running.withLock { $0.insert(inside) }
        let root = "/proc/\(first)/root"
        for _ in 0..<seconds * 1000 {
            if let own = SandboxProcess.identity("/"), let other = SandboxProcess.identity(root), own != other,
                SandboxProcess.identity(root + SandboxPlan.readyMark) != nil,
                let directory = try? TreeDescriptor.directory(Array((root + plan.surroundings.buildPath).utf8))
            {
                guard SandboxProcess.identity(root + SandboxPlan.sourcePath) == plan.sourceIdentity else {
                    throw refusal("the written source was moved, and something else put in its place")
                }
                return directory
            }
            if hasEnded() || hasInsideEnded(waiting: 0) { throw refusal("it ended before it was ready") }
            usleep(1000)
        }
        throw refusal("it was not ready within \(seconds) seconds")
    }

    /// Lets the commands begin.
    func letGo() {
        var byte: UInt8 = 1
        _ = unsafe write(block, &byte, 1)
        close(block)
        block = -1
    }

    /// Ends every process inside, and the chain.
    func kill() {
        if inside >= 0 { _ = clinux_pidfd_kill(inside) }
        chain.kill()
    }

    /// Ends every process inside; the chain then ends by itself.
    func killInside() {
        if inside < 0 || clinux_pidfd_kill(inside) != 0 { kill() }
    }

    /// Whether the chain has ended; its status is then known.
    func hasEnded() -> Bool { chain.hasEnded() }

    /// The status of the chain, once its end was seen.
    var status: Int32? { chain.status }

    /// Whether the first process inside, and with it every other, is gone; waits at most so many milliseconds.
    func hasInsideEnded(waiting milliseconds: Int32) -> Bool {
        guard inside >= 0 else { return true }
        var entry = pollfd(fd: inside, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) > 0
    }

    /// Waits until there is something to read in the log or `other`, the first process inside ends, or time is over.
    func wait(besides other: Int32, milliseconds: Int32) {
        var entries = [
            pollfd(fd: log.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(POLLIN), revents: 0),
            pollfd(fd: inside, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&entries, 3, milliseconds)
    }

    /// The number of the first process inside, from what bwrap tells: `"child-pid": N`.
    private func firstProcess() throws(SandboxRefused) -> pid_t {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        while !text.contains(UInt8(ascii: "}")), text.count < 4096 {
            var entry = pollfd(fd: information.number, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&entry, 1, 100)
            if ready == 0 {
                // strace and bwrap itself hold the other end too: the end of the chain says it all.
                if hasEnded() { throw refusal("it ended at once") }
                continue
            }
            guard let count = try? information.read(into: &buffer), count > 0 else { throw refusal("it ended at once") }
            text += buffer[..<count]
        }
        let key = Array("\"child-pid\": ".utf8)
        let place = text.indices.first { text[$0...].starts(with: key) }
        let digits = place.map { text[($0 + key.count)...].prefix { (0x30...0x39).contains($0) } } ?? []
        guard let number = pid_t(String(decoding: digits, as: UTF8.self)), number > 1 else {
            throw refusal("it names no process")
        }
        return number
    }

    private func refusal(_ reason: String) -> SandboxRefused {
        kill()
        _ = chain.hasEnded(within: 2)
        var words: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while words.count < 4096, let count = try? log.read(into: &buffer), count > 0 { words += buffer[..<count] }
        return SandboxRefused(reason, words: words)
    }

    private static func identity(_ path: String) -> TreeState.Identity? {
        var status = stat()
        let result = unsafe TreeDescriptor.withCString(Array(path.utf8)) { unsafe stat($0, &status) }
        return result == 0 ? TreeState.Identity(status) : nil
    }
}
