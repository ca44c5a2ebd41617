import CLinux
import DirectorySource
import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP: the unfinished is removed, and the command ends with status 2, could not look.
///
/// The signals are blocked in every thread but one, which waits for them. So no handler runs in the middle of
/// something, and a worker process, which inherits the blocked signals, goes when its parent is gone.
enum Interruption {
    private static let terminal = Mutex<termios?>(nil)

    /// Starts to wait; to be called before any other thread is started.
    static func prepare() {
        // A reader of our output that goes away must end in an error, not in a signal.
        _ = signal(SIGPIPE, SIG_IGN)
        // Where a caller had it ignored, the system would not tell how a process of ours ended.
        _ = signal(SIGCHLD, SIG_DFL)
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            unsafe sigaddset(&set, signal)
        }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        let waited = set
        WorkerThreads.detach {
            var (waited, number) = (waited, Int32(0))
            while unsafe sigwait(&waited, &number) != 0 {}
            restoreTerminal()
            ProgressLine.wipe()
            Console.say("interrupted")
            Unfinished.endProcess(ExitStatus.couldNotLook.code)
        }
    }

    /// Calls `body` while what is typed on standard input is not shown.
    static func withoutEcho<Result>(_ body: () -> Result) -> Result {
        var settings = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return body() }
        let old = settings
        terminal.withLock { $0 = old }
        settings.c_lflag &= ~tcflag_t(ECHO)
        // A shell that the command is stopped into sets the terminal back, and what is typed after `fg` would show.
        let stop = signal(SIGTSTP, SIG_IGN)
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        defer {
            restoreTerminal()
            _ = signal(SIGTSTP, stop)
        }
        return body()
    }

    private static func restoreTerminal() {
        terminal.withLock { saved in
            guard var old = saved else { return }
            unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &old)
            saved = nil
        }
    }
}
