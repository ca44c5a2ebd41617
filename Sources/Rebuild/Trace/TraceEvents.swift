import Encodings

/// What the lines of a trace tell: which files a build opened, which it made, and whom it called.
///
/// The lines before the first command are of the sandbox being made and tell nothing of the build.
struct TraceEvents: Sendable {
    /// The most network attempts that are kept.
    private static let maximumAttempts = 1000

    /// The build directory, inside.
    private let buildPath: [UInt8]
    /// Where alone a build can make something.
    private let ownFolders: [[UInt8]]
    /// The programs that were started: the one that makes the sandbox, then the shell with the commands, then the build.
    private var startedCount = 0
    private var unfinished: [Int32: [UInt8]] = [:]
    private var directories: [Int32: [UInt8]] = [:]
    /// Where processes were, outside the build directory all of them, inside it the first ones.
    private var seenDirectories: Set<[UInt8]>
    private var seenInsideCount = 0
    private static let maximumInsideCount = 256

    /// The paths that were opened to be read or run, as the system resolved them.
    private(set) var opened: Set<[UInt8]> = []
    /// The paths that were opened to be written, or got their name by the build.
    private(set) var written: Set<[UInt8]> = []
    /// The paths that had been written by the build when it opened them to be read.
    private(set) var readAfterWriting: Set<[UInt8]> = []
    /// Programs that were started, with every path that the name may have meant.
    private(set) var started: Set<[UInt8]> = []
    /// Attempts to reach a network, as strace writes them, each once.
    private(set) var networkAttempts: [[UInt8]] = []
    /// Reads that no list of files can show.
    private(set) var hidden: Set<String> = []
    /// Names of sockets that the build called, and what decides whether they are its own.
    private(set) var sockets: TraceSockets
    /// What is left of the memory for everything that is kept, in bytes, and of the names that may be kept.
    private var memory: TraceAllowance
    /// Why the trace does not tell everything; nil where it does.
    private(set) var gap: String?

    /// Listens to a build in `buildPath`.
    init(buildPath: String, memory: TraceAllowance = .init()) {
        self.buildPath = Array(buildPath.utf8)
        self.memory = memory
        seenDirectories = [self.buildPath]
        ownFolders = [self.buildPath, Array("/tmp".utf8), Array("/dev/shm".utf8)]
        sockets = TraceSockets()
    }

    /// Takes a line without its LF.
    mutating func add(_ line: ArraySlice<UInt8>) {
        guard gap == nil else { return }
        guard let line = TraceLine(line) else { return breakOff("a line of strace that cannot be read") }
        switch line.content {
        case .event: return
        case .unfinished(let text):
            // Each process has one call at a time.
            keep(text)
            if let old = unfinished.updateValue(text, forKey: line.process) { memory.giveBack(old.count) }
        case .resumed(let text):
            guard let start = unfinished.removeValue(forKey: line.process) else {
                return breakOff("the end of a call without its beginning")
            }
            memory.giveBack(start.count)
            guard case .call(let name, let arguments, let result)? = TraceLine.call((start + text)[...]) else {
                return breakOff("a call of strace that cannot be read")
            }
            add(name, arguments, result, of: line.process)
        case .call(let name, let arguments, let result): add(name, arguments, result, of: line.process)
        }
    }

    /// Says that the trace does not tell everything.
    mutating func breakOff(_ reason: String) {
        if gap == nil { gap = reason }
    }

    /// Says that no more will come.
    mutating func finish() {
        if startedCount < 2 { breakOff("strace told of no command") }
    }

    private mutating func add(
        _ name: String,
        _ arguments: [[UInt8]],
        _ result: TraceLine.Result,
        of process: Int32
    ) {
        if name == "execve" || name == "execveat" {
            guard case .success = result else { return }
            startedCount += 1
            if startedCount < 2 { return }
            return start(name == "execve" ? arguments : Array(arguments.dropFirst()), arguments, of: process)
        }
        guard startedCount >= 2 else { return }
        if let directory = arguments.first, directory.starts(with: "AT_FDCWD<".utf8),
            let path = TraceArguments.path(directory)
        {
            if directories[process] != path { place(process, path) }
        }
        switch name {
        case "open", "openat", "openat2", "creat": open(name, arguments, result)
        case "connect", "sendto", "sendmsg", "sendmmsg":
            call(name, arguments)
            if case .success = result { useSocket(name, arguments, of: process) }
        case "bind": if case .success = result { useSocket(name, arguments, of: process) }
        case "symlink", "symlinkat": if case .success = result { rename(arguments) }
        case "rename", "renameat", "renameat2", "link", "linkat": move(name, arguments, result, of: process)
        case "truncate":
            guard case .success = result, let path = arguments.first.flatMap(TraceArguments.string) else { return }
            write(path, in: directories[process])
        case "chdir", "fchdir": change(name, arguments, result, of: process)
        default: if case .success = result { hidden.insert(name) }
        }
    }

    private mutating func open(_ name: String, _ arguments: [[UInt8]], _ result: TraceLine.Result) {
        guard case .success(let path) = result else { return }
        guard let path else { return breakOff("an opened file without its path") }
        let flags = arguments.dropFirst(name == "open" ? 1 : 2).first ?? []
        // openat2 writes {flags=O_RDONLY|O_CLOEXEC, mode=…}.
        let text =
            flags.starts(with: "{flags=".utf8) ? Array(flags.dropFirst(7).prefix { $0 != 0x2C && $0 != 0x7D }) : flags
        if TraceArguments.has("O_DIRECTORY", text) { return }
        let isWriting =
            name == "creat" || ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].contains { TraceArguments.has($0, text) }
        if isWriting { write(path, in: []) }
        guard
            !isWriting || TraceArguments.has("O_RDWR", text) || !TraceArguments.has("O_WRONLY", text) && name != "creat"
        else { return }
        if isWritten(path) { keep(path, in: \.readAfterWriting) } else { keep(path, in: \.opened) }
    }

    /// Notes that the build made or changed what stands at a path, wherever a relative one may have been.
    ///
    /// A build can make nothing but in its own directories: a name elsewhere, or one that only seems to lead there, says
    /// nothing about what is read.
    private mutating func write(_ path: [UInt8], in directory: [UInt8]?) {
        for candidate in candidates(path, in: directory)
        where ownFolders.contains(where: { InsidePath.relative(candidate, to: $0) != nil }) {
            keep(candidate, in: \.written)
        }
    }

    /// What a name may mean: of a process that has not said yet where it is, everything where any process was.
    private mutating func candidates(_ path: [UInt8], in directory: [UInt8]?) -> [[UInt8]] {
        if path.first == UInt8(ascii: "/") { return [InsidePath.normal(path, in: [])] }
        if let directory { return [InsidePath.normal(path, in: directory)] }
        guard memory.takeGuesses(seenDirectories.count) else {
            breakOff("too many names that may stand for many files")
            return []
        }
        return seenDirectories.map { InsidePath.normal(path, in: $0) }
    }

    /// Counts bytes that are kept, and stops listening where there are too many.
    private mutating func keep(_ bytes: [UInt8]) {
        if !memory.take(bytes.count) { breakOff("more names and calls than can be kept") }
    }

    private mutating func keep(_ path: [UInt8], in paths: WritableKeyPath<TraceEvents, Set<[UInt8]>>) {
        if gap == nil, self[keyPath: paths].insert(path).inserted { keep(path) }
    }

    /// Whether the build wrote what stands at a path, or gave a directory above it its name.
    func isWritten(_ path: [UInt8]) -> Bool {
        if written.contains(path) { return true }
        var above = path[...]
        while let slash = above.lastIndex(of: UInt8(ascii: "/")), slash > 0 {
            above = above[..<slash]
            if written.contains(Array(above)) { return true }
        }
        return false
    }

    private mutating func start(_ arguments: [[UInt8]], _ all: [[UInt8]], of process: Int32) {
        guard let first = arguments.first, let name = TraceArguments.string(first) else {
            return breakOff("a program without its path")
        }
        if name.isEmpty {
            // execveat of a descriptor alone.
            guard let path = all.first.flatMap(TraceArguments.path) else {
                return breakOff("a program without its path")
            }
            keep(path, in: \.started)
            return
        }
        let directory = all.first.flatMap(TraceArguments.path) ?? directories[process]
        for path in candidates(name, in: directory) { keep(path, in: \.started) }
    }

    private mutating func call(_ name: String, _ arguments: [[UInt8]]) {
        let network = Array("sa_family=AF_".utf8)
        for argument in arguments {
            for place in argument.indices where argument[place...].starts(with: network) {
                let family = argument[(place + network.count)...]
                guard
                    family.starts(with: "INET".utf8) || family.starts(with: "PACKET".utf8)
                        || family.starts(with: "VSOCK".utf8)
                else { continue }
                let attempt = Array("\(name) ".utf8) + argument
                guard networkAttempts.count < TraceEvents.maximumAttempts, !networkAttempts.contains(attempt) else {
                    return
                }
                networkAttempts.append(attempt)
                return
            }
        }
    }

    private mutating func move(
        _ name: String,
        _ arguments: [[UInt8]],
        _ result: TraceLine.Result,
        of process: Int32
    ) {
        guard case .success = result else { return }
        let isPlain = name == "rename" || name == "link"
        let place = isPlain ? 1 : 3
        guard arguments.count > place, let target = TraceArguments.string(arguments[place]) else {
            return breakOff("a new name that cannot be read")
        }
        let directory = isPlain ? directories[process] : TraceArguments.path(arguments[2])
        write(target, in: directory)
        rename(arguments)
    }

    /// Remembers last components of names that may lead elsewhere from now on.
    private mutating func rename(_ arguments: [[UInt8]]) {
        for path in arguments.compactMap(TraceArguments.string) {
            if let name = sockets.rename(path) { keep(name) }
        }
    }

    private mutating func useSocket(_ name: String, _ arguments: [[UInt8]], of process: Int32) {
        if name == "sendmmsg", arguments.contains(where: TraceSockets.mayNameSeveral) {
            return breakOff("messages to several sockets at once")
        }
        for argument in arguments {
            guard let path = TraceSockets.name(in: argument) else { continue }
            guard !path.isEmpty else { return breakOff("a socket whose name cannot be read") }
            let directory = directories[process] ?? []
            let whole = path.first == UInt8(ascii: "/") ? path : directory + [UInt8(ascii: "/")] + path
            if sockets.use(whole, isBound: name == "bind") { keep(whole) }
        }
    }

    private mutating func change(
        _ name: String,
        _ arguments: [[UInt8]],
        _ result: TraceLine.Result,
        of process: Int32
    ) {
        guard case .success = result, let first = arguments.first else { return }
        if name == "fchdir" {
            if let old = directories.removeValue(forKey: process) { memory.giveBack(old.count) }
            if let path = TraceArguments.path(first) { place(process, path) }
        } else if let path = TraceArguments.string(first) {
            place(process, InsidePath.normal(path, in: directories[process] ?? buildPath))
        }
    }

    private mutating func place(_ process: Int32, _ path: [UInt8]) {
        keep(path)
        if let old = directories.updateValue(path, forKey: process) { memory.giveBack(old.count) }
        see(path)
    }

    /// Remembers where a process was.
    ///
    /// What a relative name may have meant inside the build directory is explained anyway; outside it nothing is left out.
    private mutating func see(_ path: [UInt8]) {
        let isInside = InsidePath.relative(path, to: buildPath) != nil
        if isInside, seenInsideCount >= TraceEvents.maximumInsideCount { return }
        if seenDirectories.insert(path).inserted {
            keep(path)
            if isInside { seenInsideCount += 1 }
        }
    }
}
