import Glibc

/// Threads of the system, for work that blocks on the disk.
package enum WorkerThreads {
    private final class Start: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    /// Runs `body` in `count` threads, this one among them, and returns when all have returned.
    ///
    /// Where the system gives fewer threads, fewer run; there is always this one.
    package static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        var threads: [pthread_t] = []
        for _ in 1..<max(1, count) {
            guard let thread = start(body) else { break }
            threads.append(thread)
        }
        body()
        for thread in threads {
            _ = pthread_join(thread, nil)
        }
    }

    /// Runs `body` in a thread of its own that nobody waits for; whether there is one.
    @discardableResult
    package static func detach(_ body: @escaping @Sendable () -> Void) -> Bool {
        guard let thread = start(body) else { return false }
        return pthread_detach(thread) == 0
    }

    private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
        var thread = pthread_t()
        let start = unsafe Unmanaged.passRetained(Start(body))
        let status = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            start.toOpaque()
        )
        guard status == 0 else {
            unsafe start.release()
            return nil
        }
        return thread
    }
}
