import CLinux
import Glibc

/// A program that could not be started, with the error's number.
package struct ChildNotStarted: Error {
    /// `errno`.
    package let code: Int32
}

/// A process that was started here: with what it is started, and how it ends, at the latest with this value.
package final class ChildProcess {
    /// What a program has of ours beside its descriptors.
    package enum Surroundings {
        /// Nothing but the handling of signals.
        case worker
        /// Nothing: no signal is blocked or ignored, and it has a group of its own, for Ctrl-C is ours to deal with.
        case sandbox
        /// Our variables, by which it is found too, and no signal that only a thread of ours waits for.
        case tool
    }

    /// The number of the process.
    package let number: Int32
    /// Its status as waitpid(2) tells it, once its end was seen; -1 where the system does not know it any more.
    package private(set) var status: Int32?

    /// Starts the program that `arguments` begin with.
    ///
    /// `descriptors` become its 0, 1, 2 and so on, nil is `/dev/null`, and nothing else is open.
    package init(
        _ arguments: [[UInt8]],
        _ descriptors: [Int32?],
        as surroundings: Surroundings
    ) throws(ChildNotStarted) {
        var number: pid_t = 0
        let code = ChildProcess.spawn(&number, arguments, descriptors, surroundings)
        guard code == 0 else { throw ChildNotStarted(code: code) }
        self.number = number
    }

    deinit { end() }

    /// Kills it unless it has ended.
    package func kill() {
        if status == nil { _ = Glibc.kill(number, SIGKILL) }
    }

    /// Kills it unless it has ended, and waits for that.
    package func end() {
        kill()
        _ = wait()
    }

    /// Waits for its end; its status.
    package func wait() -> Int32 {
        while true {
            look(0)
            if let status { return status }
        }
    }

    /// Whether it has ended.
    package func hasEnded() -> Bool {
        look(WNOHANG)
        return status != nil
    }

    /// Whether it ends in time.
    package func hasEnded(within seconds: Int) -> Bool {
        for _ in 0..<seconds * 1000 {
            if hasEnded() { return true }
            usleep(1000)
        }
        return false
    }

    private func look(_ options: Int32) {
        guard status == nil else { return }
        var found: Int32 = 0
        let result = unsafe waitpid(number, &found, options)
        if result == number { status = found } else if result < 0, errno != EINTR { status = -1 }
    }
}

extension ChildProcess {
    /// What posix_spawn(3) says.
    private static func spawn(
        _ process: inout pid_t,
        _ arguments: [[UInt8]],
        _ descriptors: [Int32?],
        _ surroundings: Surroundings
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // Numbers above the ones we assign, so that no assignment overwrites a source.
        let sources = descriptors.map { $0.map { fcntl($0, F_DUPFD_CLOEXEC, 10) } }
        defer { for case let source? in sources where source >= 0 { close(source) } }
        guard !sources.contains(-1) else { return errno }
        for (number, source) in zip(STDIN_FILENO..., sources) {
            if let source {
                unsafe posix_spawn_file_actions_adddup2(&actions, source, number)
            } else {
                let flags = number == STDIN_FILENO ? O_RDONLY : O_WRONLY
                unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", flags, 0)
            }
        }
        unsafe clinux_close_from(&actions, Int32(descriptors.count))
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(surroundings.flags))
        let copies = unsafe arguments.map { unsafe strndup($0.map { CChar(bitPattern: $0) }, $0.count) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        guard let program = unsafe copies.first.flatMap({ unsafe $0 }) else { return ENOMEM }
        var list = unsafe copies + [nil]
        if case .tool = surroundings {
            return unsafe posix_spawnp(&process, program, &actions, &attributes, &list, environ)
        }
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
        return unsafe posix_spawn(&process, program, &actions, &attributes, &list, &environment)
    }
}

extension ChildProcess.Surroundings {
    fileprivate var flags: Int32 {
        switch self {
        case .worker: 0
        case .sandbox: POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        case .tool: POSIX_SPAWN_SETSIGMASK
        }
    }
}
