import CLinux
import Comparison
import Glibc

/// The report of diffoscope (Debian package diffoscope-minimal), where it is installed.
///
/// It opens both builds with programs of its own, outside of any limits of ours, as the user who asked for it.
enum Diffoscope {
    /// The most bytes of its report that are kept.
    private static let ceiling = 16 << 20

    /// Its report on two builds as printable lines; nil, with a message, where there is none.
    static func report(shipped: [UInt8], rebuilt: [UInt8]) -> String? {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            Console.say("cannot run diffoscope: \(Descriptor.lastReason)")
            return nil
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let arguments = ["diffoscope", "--text", "-", "--"].map { Array($0.utf8) } + [shipped, rebuilt]
        var process: pid_t = 0
        let result = spawn(&process, arguments, output: ends[1])
        close(ends[1])
        defer { close(ends[0]) }
        guard result == 0 else {
            let isAbsent = result == ENOENT
            Console.say(
                isAbsent ? "diffoscope is not installed" : "cannot run diffoscope: \(Descriptor.reason(result))"
            )
            return nil
        }
        let report = Descriptor.read(ends[0], ceiling: ceiling)
        // What is beyond the ceiling is not waited for.
        if report?.count == ceiling { kill(process, SIGTERM) }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard let report, status & 0x7F == 0, [0, 1].contains(status >> 8 & 0xFF) || report.count == ceiling else {
            Console.say("diffoscope failed")
            return nil
        }
        return report.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { escaped($0) }
            .joined(separator: "\n")
    }

    private static func spawn(_ process: inout pid_t, _ arguments: [[UInt8]], output: Int32) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe clinux_close_from(&actions, STDERR_FILENO + 1)
        // The signals that this process waits for in a thread of its own are for diffoscope as for any program.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let copies = unsafe arguments.map { argument in
            unsafe Descriptor.withPath(argument) { unsafe strdup($0) }
        }
        defer { unsafe copies.forEach { unsafe free($0) } }
        var list = unsafe copies + [nil]
        return unsafe posix_spawnp(&process, "diffoscope", &actions, &attributes, &list, environ)
    }
}
