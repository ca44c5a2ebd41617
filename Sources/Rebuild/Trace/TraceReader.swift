import CLinux
import Glibc

/// Takes the lines of strace out of a named pipe while the build runs.
struct TraceReader: ~Copyable {
    /// The most bytes of lines that are taken, 4 GiB; a longer trace is incomplete, and so is what rests on it.
    static let ceiling: UInt64 = 4 << 30
    /// The most bytes of one line.
    private static let lineCeiling = 1 << 20

    /// Of 256 KiB each: a pipe holds at most 1 MiB, and gives 64 KiB at a time where it holds less.
    private static let readsAtOnce = 32

    private let pipe: TreeDescriptor
    private var rest: [UInt8] = []
    private var size: UInt64 = 0
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    /// What the lines tell.
    private var events: TraceEvents

    /// The descriptor to wait for.
    var number: Int32 { pipe.number }

    /// Makes the pipe at `path`, which strace opens as `user`.
    init(_ path: [UInt8], for user: SandboxPlan.OutsideUser?, _ events: TraceEvents) throws(BuildFileError) {
        let isMade = unsafe TreeDescriptor.withCString(path) { path in
            guard unsafe mkfifo(path, 0o600) == 0 else { return false }
            guard let user else { return true }
            return unsafe chown(path, user.number, user.number) == 0
        }
        guard isMade else { throw BuildFileError("make the pipe", path) }
        let number = unsafe TreeDescriptor.withCString(path) {
            unsafe clinux_openat(AT_FDCWD, $0, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        }
        guard number >= 0 else { throw BuildFileError("open", path) }
        pipe = TreeDescriptor(owning: number)
        pipe.widenPipe()
        self.events = events
    }

    /// Takes what there is without waiting, but no more than a pipe can hold at once.
    mutating func take() throws {
        for _ in 0..<TraceReader.readsAtOnce {
            let count: Int
            do throws(BuildFileError) { count = try pipe.read(into: &buffer) } catch {
                if error.code == EAGAIN { return }
                throw error
            }
            // Nobody writes: not yet, or no longer.
            if count == 0 { return }
            size += UInt64(count)
            guard size <= TraceReader.ceiling else {
                events.breakOff("more than \(TraceReader.ceiling) bytes of trace")
                rest = []
                continue
            }
            take(buffer[..<count])
        }
    }

    /// Says that no more will come; a last line without its end is a trace that was cut.
    consuming func finish() -> TraceEvents {
        var events = events
        if !rest.isEmpty { events.breakOff("the last line of the trace is cut") }
        events.finish()
        return events
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) {
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if rest.isEmpty {
                events.add(bytes[start..<end])
            } else {
                rest += bytes[start..<end]
                events.add(rest[...])
                rest.removeAll(keepingCapacity: true)
            }
            start = end + 1
        }
        rest += bytes[start...]
        guard rest.count <= TraceReader.lineCeiling else {
            events.breakOff("a line of more than \(TraceReader.lineCeiling) bytes")
            rest = []
            return
        }
    }
}
