import CLinux
import Glibc
import Verification

/// A file system call of a build that failed: what was tried, on what, and the system's reason.
package struct BuildFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried, as `create`.
    package let operation: String
    /// The raw path, beneath the directory or absolute.
    package let path: [UInt8]
    /// The system's error number.
    package let code: Int32

    init(_ operation: String, _ path: [UInt8], code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// One line, safe on a terminal.
    package var description: String { "cannot \(operation) \(ASCII.escape(path, limit: 4096)): \(reason)" }

    /// The system's words.
    package var reason: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// An open directory or file by its number, which is closed with it; names are looked up beneath a directory and never
/// leave it.
@safe
struct TreeDescriptor: ~Copyable, Sendable {
    let number: Int32

    /// Takes over an open descriptor.
    init(owning number: Int32) {
        self.number = number
    }

    deinit { _ = close(number) }

    /// Lets a pipe hold 1 MiB, the most that Linux lets a user's pipe hold unless it was told otherwise: pipe(7).
    ///
    /// Where the system refuses, whoever writes waits for us more often.
    func widenPipe() { _ = fcntl(number, clinux_set_pipe_size, Int32(1 << 20)) }

    /// Opens a directory to look things up in, following links on the way.
    static func directory(_ path: [UInt8]) throws(BuildFileError) -> TreeDescriptor {
        let flags = clinux_path_only | O_DIRECTORY | O_CLOEXEC
        let number = unsafe withCString(path) { unsafe clinux_openat(AT_FDCWD, $0, flags) }
        guard number >= 0 else { throw BuildFileError("open", path) }
        return TreeDescriptor(owning: number)
    }

    /// How a name is looked up.
    enum Links {
        /// A symbolic link anywhere in the path is an error.
        case refused
        /// Links are followed as long as they stay beneath the directory.
        case beneath

        fileprivate var resolve: UInt64 {
            switch self {
            case .refused: clinux_resolve_beneath | clinux_resolve_no_symlinks | clinux_resolve_no_magiclinks
            case .beneath: clinux_resolve_beneath | clinux_resolve_no_magiclinks
            }
        }
    }

    /// Opens `path` beneath this directory; openat2(2).
    func open(_ path: [UInt8], _ flags: Int32, mode: mode_t = 0, links: Links) throws(BuildFileError) -> TreeDescriptor
    {
        var how = clinux_open_how(
            flags: UInt64(UInt32(bitPattern: flags | O_CLOEXEC)),
            mode: UInt64(mode),
            resolve: links.resolve
        )
        while true {
            let opened = unsafe TreeDescriptor.withCString(path) { unsafe clinux_openat2(number, $0, &how) }
            if opened >= 0 { return TreeDescriptor(owning: opened) }
            // EAGAIN: something was renamed meanwhile, and the system could not be sure.
            guard errno == EINTR || errno == EAGAIN else { throw BuildFileError("open", path) }
        }
    }

    /// Creates a file that must not be there.
    func create(_ path: [UInt8], mode: mode_t) throws(BuildFileError) -> TreeDescriptor {
        do throws(BuildFileError) {
            return try open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode, links: .refused)
        } catch {
            throw BuildFileError("create", path, code: error.code)
        }
    }

    /// Makes the directory `path`, whose parent must be there; one that is there is fine.
    func makeDirectory(_ path: [UInt8]) throws(BuildFileError) {
        let (parent, name) = TreeDescriptor.split(path)
        let directory = try openParent(parent)
        let result = unsafe TreeDescriptor.withCString(name) { unsafe mkdirat(directory.number, $0, 0o755) }
        guard result == 0 || errno == EEXIST else { throw BuildFileError("make the directory", path) }
        // What is there must be a directory, and no link to one.
        _ = try open(path, clinux_path_only | O_DIRECTORY | O_NOFOLLOW, links: .refused)
    }

    /// Makes a symbolic link, whose parent must be there.
    func makeLink(_ path: [UInt8], to target: [UInt8]) throws(BuildFileError) {
        let (parent, name) = TreeDescriptor.split(path)
        let directory = try openParent(parent)
        let result = unsafe TreeDescriptor.withCString(target) { target in
            unsafe TreeDescriptor.withCString(name) { unsafe symlinkat(target, directory.number, $0) }
        }
        guard result == 0 else { throw BuildFileError("make the link", path) }
    }

    /// The target of the symbolic link `path`.
    func readLink(_ path: [UInt8]) throws(BuildFileError) -> [UInt8] {
        let (parent, name) = TreeDescriptor.split(path)
        let directory = try openParent(parent)
        var buffer = [CChar](repeating: 0, count: 4097)
        let count = unsafe TreeDescriptor.withCString(name) {
            unsafe readlinkat(directory.number, $0, &buffer, buffer.count)
        }
        guard count >= 0, count < buffer.count else { throw BuildFileError("read the link", path) }
        return buffer[..<count].map { UInt8(bitPattern: $0) }
    }

    /// Sets the times of last access and change of `path`, of a link itself.
    func setTime(_ path: [UInt8], seconds: Int64) throws(BuildFileError) {
        let (parent, name) = TreeDescriptor.split(path)
        let directory = try openParent(parent)
        let time = timespec(tv_sec: Int(seconds), tv_nsec: 0)
        let times = [time, time]
        let result = unsafe TreeDescriptor.withCString(name) { name in
            unsafe times.withUnsafeBufferPointer {
                unsafe utimensat(directory.number, name, $0.baseAddress, AT_SYMLINK_NOFOLLOW)
            }
        }
        guard result == 0 else { throw BuildFileError("set the time of", path) }
    }

    /// What the system says of this descriptor.
    func status() throws(BuildFileError) -> stat {
        var status = stat()
        guard unsafe clinux_fstat(number, &status) == 0 else { throw BuildFileError("look at", []) }
        return status
    }

    private func openParent(_ path: [UInt8]) throws(BuildFileError) -> TreeDescriptor {
        try open(path.isEmpty ? [UInt8(ascii: ".")] : path, clinux_path_only | O_DIRECTORY, links: .refused)
    }

    private static func split(_ path: [UInt8]) -> (parent: [UInt8], name: [UInt8]) {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return ([], path) }
        return (Array(path[..<slash]), Array(path[(slash + 1)...]))
    }

    /// Calls `body` with `path` as a C string; what follows a NUL byte is left out, so callers check paths before.
    static func withCString<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let characters = path.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
        return unsafe characters.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return unsafe body("") }
            return unsafe body(start)
        }
    }
}

extension TreeDescriptor {
    /// Reads the next bytes into `buffer`; the number read, 0 at the end.
    func read(into buffer: inout [UInt8]) throws(BuildFileError) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
            if count >= 0 { return count }
            guard errno == EINTR else { throw BuildFileError("read", []) }
        }
    }

    /// Writes all of `bytes`.
    func write(_ bytes: RawSpan) throws(BuildFileError) {
        var written = 0
        while written < bytes.byteCount {
            let count = unsafe bytes.extracting(written..<bytes.byteCount).withUnsafeBytes {
                unsafe Glibc.write(number, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw BuildFileError("write", []) }
            written += count
        }
    }

    /// The names in this directory with their kinds, ordered by bytes, without `.` and `..`; at most `ceiling`, else nil.
    func list(ceiling: Int) throws(BuildFileError) -> [[UInt8]]? {
        let directory = try open([UInt8(ascii: ".")], O_RDONLY | O_DIRECTORY, links: .refused)
        var names: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 32 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe clinux_getdents64(directory.number, $0.baseAddress, $0.count)
            }
            guard count >= 0 else { throw BuildFileError("list", []) }
            if count == 0 { return names.sorted { $0.lexicographicallyPrecedes($1) } }
            guard TreeDescriptor.append(buffer[..<count], to: &names, ceiling) else { return nil }
        }
    }

    /// Appends the names of raw entries, struct linux_dirent64 of getdents64(2); false above the ceiling.
    private static func append(_ entries: ArraySlice<UInt8>, to names: inout [[UInt8]], _ ceiling: Int) -> Bool {
        var place = entries.startIndex
        while place + 19 < entries.endIndex {
            let length = Int(entries[place + 16]) | Int(entries[place + 17]) << 8
            guard length > 19, place + length <= entries.endIndex else { return true }
            let name = Array(entries[(place + 19)..<(place + length)].prefix { $0 != 0 })
            place += length
            if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] { continue }
            guard names.count < ceiling else { return false }
            names.append(name)
        }
        return true
    }
}
