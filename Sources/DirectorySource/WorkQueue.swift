import Glibc
import Synchronization

/// The work that the threads of a walk share, last in, first out, so that few directories are open at a time.
///
/// It ends by itself: when the last piece of work is finished and nothing was added, every thread is told.
@safe
final class WorkQueue<Work: Sendable>: Sendable {
    private struct State {
        var waiting: [Work] = []
        var unfinished = 0
    }

    private let state = Mutex(State())
    private let threads: Int
    // Counts the pieces of work to be had. The C library guards it; its memory lives as long as this object.
    private nonisolated(unsafe) let available: UnsafeMutablePointer<sem_t>

    /// Makes a queue that `threads` threads take from, with its first piece of work.
    init(_ first: Work, threads: Int) {
        self.threads = threads
        unsafe available = .allocate(capacity: 1)
        unsafe sem_init(available, 0, 1)
        state.withLock {
            $0.waiting.append(first)
            $0.unfinished = 1
        }
    }

    deinit {
        unsafe sem_destroy(available)
        unsafe available.deallocate()
    }

    /// Adds work; only a thread that has not yet finished its own may.
    func add(_ work: [Work]) {
        guard !work.isEmpty else { return }
        state.withLock {
            $0.waiting.append(contentsOf: work)
            $0.unfinished += work.count
        }
        for _ in work {
            unsafe sem_post(available)
        }
    }

    /// Waits for the next piece of work; nil when all is done.
    func take() -> Work? {
        while unsafe sem_wait(available) != 0, errno == EINTR {}
        return state.withLock { $0.waiting.popLast() }
    }

    /// Says that the piece of work last taken is finished.
    func finishOne() {
        let isLast = state.withLock { state in
            state.unfinished -= 1
            return state.unfinished == 0
        }
        guard isLast else { return }
        for _ in 0..<threads {
            unsafe sem_post(available)
        }
    }
}
