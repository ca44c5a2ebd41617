package import Encodings

/// Everything that decides how a sandbox looks from inside, and the arguments that make it so.
package struct SandboxPlan: Sendable {
    /// A directory or file of this machine that is seen inside, never to be written.
    package struct Mount: Hashable, Sendable {
        /// Where it is on this machine.
        let outside: [UInt8]
        /// Where it is seen.
        let inside: [UInt8]
    }

    /// What is fixed unless a variation changes it.
    package struct Surroundings: Hashable, Sendable {
        /// The host name.
        package var hostName = "build"
        /// The build directory.
        package var buildPath = "/build"
        /// The locale of every category.
        package var locale = "C.UTF-8"
        /// The user's number inside.
        package var userID: UInt32 = 1000
        /// Whether only one processor may be used.
        package var isSingleProcessor = false
        /// Whether the files of the build directory are made in the opposite order.
        package var isReversed = false
        /// The time zone.
        package var timeZone = "UTC"
        /// A clock that is ahead; nil for the machine's own.
        package var clock: ShiftedClock?

        /// What is fixed.
        package init() {}
    }

    /// The toolchain: what is mounted where.
    let mounts: [Mount]
    /// Symbolic links at the top, as `bin` to `usr/bin`.
    let links: [(path: [UInt8], target: [UInt8])]
    /// The sealed source on this machine, seen at `/source`.
    let source: [UInt8]
    /// What the file system calls the directory of the sealed source, wherever its path leads meanwhile.
    let sourceIdentity: TreeState.Identity
    /// Where `passwd` and `group` are on this machine; nil where the toolchain has its own.
    let accounts: [UInt8]?
    let definition: BuildDefinition
    /// The variables of the toolchain, in the place of those of the definition.
    let toolchainEnvironment: [BuildDefinition.Variable]
    let epoch: Int64
    let surroundings: Surroundings
    /// Where strace writes; nil for no trace.
    var trace: [UInt8]?

    /// A directory that no toolchain has, seen when everything is mounted.
    static let readyMark = "/.vitrine"
    static let sourcePath = "/source"

    /// The system calls that tell what a build reads and whom it calls.
    static let tracedCalls = [
        "open", "openat", "openat2", "creat", "execve", "execveat", "connect", "sendto", "sendmsg", "sendmmsg",
        "rename", "renameat", "renameat2", "link", "linkat", "truncate", "chdir", "fchdir", "open_by_handle_at",
        "io_uring_setup", "mount", "move_mount", "pivot_root", "chroot", "bind", "symlink", "symlinkat",
    ]

    /// The user that the sandbox's processes are outside, where that is not the caller.
    struct OutsideUser: Hashable, Sendable {
        let number: UInt32
    }

    /// The whole command line: a chain of programs, each of which starts the next.
    func arguments(user: OutsideUser?, information: Int32, block: Int32, filter: Int32) -> [[UInt8]] {
        var words: [String] = []
        if let user {
            words += ["/usr/bin/setpriv", "--reuid=\(user.number)", "--regid=\(user.number)", "--clear-groups"]
        } else {
            words += ["/usr/bin/setpriv"]
        }
        words += ["--pdeathsig=KILL", "--no-new-privs"]
        let limits = definition.limits
        words += [
            "/usr/bin/prlimit", "--core=0:0", "--as=\(limits.memoryBytes):\(limits.memoryBytes)",
            "--nproc=\(limits.processes):\(limits.processes)", "--fsize=\(limits.diskBytes):\(limits.diskBytes)",
        ]
        if surroundings.isSingleProcessor { words += ["/usr/bin/taskset", "--cpu-list", "0"] }
        var arguments = words.map { Array($0.utf8) }
        if let trace {
            arguments += [
                "/usr/bin/strace", "-f", "--seccomp-bpf", "-y", "-qq", "-e", "signal=none", "-e",
                "trace=" + SandboxPlan.tracedCalls.joined(separator: ","), "-o",
            ].map { Array($0.utf8) }
            arguments.append(trace)
        }
        return arguments + bubblewrap(information: information, block: block, filter: filter)
    }

    /// bwrap and its arguments, in the order in which it does them.
    private func bubblewrap(information: Int32, block: Int32, filter: Int32) -> [[UInt8]] {
        var arguments = SandboxPlan.words([
            "/usr/bin/bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL",
            "--hostname", surroundings.hostName, "--uid", "\(surroundings.userID)", "--gid", "\(surroundings.userID)",
        ])
        for mount in mounts {
            arguments += SandboxPlan.words(["--ro-bind"]) + [mount.outside, mount.inside]
        }
        if surroundings.clock != nil {
            // Beside the toolchain, which has it only where it is declared.
            arguments += SandboxPlan.words(["--ro-bind", ShiftedClock.library, ShiftedClock.place])
        }
        for link in links {
            arguments += SandboxPlan.words(["--symlink"]) + [link.target, link.path]
        }
        if let accounts {
            for name in ["passwd", "group"] {
                arguments += SandboxPlan.words(["--ro-bind"]) + [accounts + Array("/\(name)".utf8)]
                arguments += SandboxPlan.words(["/etc/\(name)"])
            }
        }
        let size = "\(definition.limits.diskBytes)"
        arguments += SandboxPlan.words([
            "--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev",
            "--perms", "1777", "--size", size, "--tmpfs", "/tmp", "--ro-bind",
        ])
        arguments += [source]
        arguments += SandboxPlan.words([
            SandboxPlan.sourcePath, "--size", size, "--tmpfs", surroundings.buildPath, "--dir", SandboxPlan.readyMark,
            "--remount-ro", "/", "--chdir", surroundings.buildPath, "--info-fd", "\(information)", "--block-fd",
            "\(block)", "--seccomp", "\(filter)",
        ])
        for (name, value) in environment {
            arguments += SandboxPlan.words(["--setenv"]) + [name.utf8, value.utf8]
        }
        return arguments + SandboxPlan.words(["--", "/bin/sh", "-c"]) + [script]
    }

    /// The variables of the build: the fixed ones, and those of the definition and its toolchain.
    package var environment: [(name: Text, value: Text)] {
        let fixed: [(Text, Text)] = [
            ("LC_ALL", Text(surroundings.locale)), ("SOURCE_DATE_EPOCH", Text("\(epoch)")),
            ("TZ", Text(surroundings.timeZone)),
        ]
        let own = definition.variables(with: toolchainEnvironment)
        let preloaded = own.last { $0.name == "LD_PRELOAD" }?.value.string
        let clock = surroundings.clock?.variables(preloaded: preloaded) ?? []
        // The last setting of a name is the one that counts.
        return fixed + own.map { ($0.name, $0.value) } + clock.map { (Text($0.name), Text($0.value)) }
    }

    /// A shell script that runs the commands one after the other and stops at the first that fails.
    ///
    /// Every command is started by `exec` in a process of its own, so that no built-in command of a shell takes its name.
    /// The limit of processor time is set here, behind strace, which needs time of its own.
    var script: [UInt8] {
        var script = Array("umask 022\nulimit -t \(definition.limits.cpuSeconds) || exit\n".utf8)
        for (index, command) in definition.commands.enumerated() {
            script += "echo 'vitrine: command \(index + 1) of \(definition.commands.count)'\n( exec".utf8
            for word in command {
                script += [UInt8(ascii: " "), UInt8(ascii: "'")]
                for byte in word.utf8 {
                    if byte == UInt8(ascii: "'") { script += "'\\''".utf8 } else { script.append(byte) }
                }
                script.append(UInt8(ascii: "'"))
            }
            script += " ) || exit\n".utf8
        }
        return script
    }

    private static func words(_ words: [String]) -> [[UInt8]] { words.map { Array($0.utf8) } }
}

extension SandboxPlan {
    /// The settings that stand in what is signed, name by name.
    package var settings: [(name: String, value: String)] {
        let limits = definition.limits
        return [
            ("buildPath", surroundings.buildPath), ("cpuSeconds", "\(limits.cpuSeconds)"),
            ("diskBytes", "\(limits.diskBytes)"), ("hostName", surroundings.hostName), ("locale", surroundings.locale),
            ("memoryBytes", "\(limits.memoryBytes)"), ("network", "none"), ("processes", "\(limits.processes)"),
            ("sourceDateEpoch", "\(epoch)"), ("sourcePath", SandboxPlan.sourcePath),
            ("timeZone", surroundings.timeZone), ("umask", "022"), ("userID", "\(surroundings.userID)"),
            ("wallSeconds", "\(limits.wallSeconds)"),
        ]
    }
}
