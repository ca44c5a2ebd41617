import CLinux
import Glibc

/// A private directory of one build, beneath the system's directory for temporary files or in memory: the source as it
/// was written, the account files, the trace; the copies of a toolchain.
///
/// Only its owner and the sandbox's user can enter it. It is removed with all it holds.
package final class WorkPlace: Sendable {
    /// The absolute path.
    package let path: [UInt8]
    /// The directory, locked as long as its process lives: so the next run can tell what a killed one left.
    private let lock: TreeDescriptor

    /// Makes the directory; `user` may enter it beside its owner.
    ///
    /// It is in memory where that has room for so many bytes and as many again.
    init(for user: SandboxPlan.OutsideUser?, memoryFor size: UInt64? = nil) throws(BuildFileError) {
        let parent = size.map { WorkPlace.hasMemory(for: $0) } == true ? WorkPlace.memory : WorkPlace.parent
        var template = parent + Array("/vitrine-build-XXXXXX".utf8).map { CChar(bitPattern: $0) } + [0]
        guard unsafe mkdtemp(&template) != nil else {
            throw BuildFileError("make a directory in", parent.map { UInt8(bitPattern: $0) })
        }
        path = template.dropLast().map { UInt8(bitPattern: $0) }
        lock = try TreeDescriptor.directory(path).open([UInt8(ascii: ".")], O_RDONLY | O_DIRECTORY, links: .refused)
        _ = flock(lock.number, LOCK_EX)
        guard let user else { return }
        let isSet = unsafe TreeDescriptor.withCString(path) { path in
            unsafe chown(path, geteuid(), user.number) == 0 && chmod(path, 0o710) == 0
        }
        guard isSet else {
            let error = BuildFileError("set the group of", path)
            remove()
            throw error
        }
    }

    deinit { remove() }

    /// `TMPDIR` where that is absolute, else `/var/tmp`: a source may be larger than memory.
    private static var parent: [CChar] {
        guard let value = unsafe getenv("TMPDIR"), unsafe value[0] == 0x2F, unsafe strlen(value) < 4000 else {
            return Array("/var/tmp".utf8).map { CChar(bitPattern: $0) }
        }
        return unsafe (0..<strlen(value)).map { unsafe value[$0] }
    }

    /// A file system in memory on every Linux, shm_overview(7); in some containers a small one.
    private static let memory = Array("/dev/shm".utf8).map { CChar(bitPattern: $0) }

    private static func hasMemory(for size: UInt64) -> Bool {
        guard let status = status(of: memory), status.f_flag & noPrograms == 0 else { return false }
        let free = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return !free.overflow && free.partialValue / 2 >= size
    }

    /// ST_NOEXEC of statvfs(3), which the C library shows to GNU programs only.
    private static let noPrograms: UInt = 8

    private static func status(of path: [CChar]) -> statvfs? {
        var status = statvfs()
        return unsafe statvfs(path + [0], &status) == 0 ? status : nil
    }

    /// Whether the file system forbids to run the programs on it.
    var forbidsPrograms: Bool {
        let status = WorkPlace.status(of: path.map { CChar(bitPattern: $0) })
        return (status?.f_flag ?? 0) & WorkPlace.noPrograms != 0
    }

    /// The private directories of this user's runs that ended without removing them, as when they were killed.
    ///
    /// They are named and not removed: somebody may want to look.
    package static var leftovers: [[UInt8]] {
        [parent, memory].flatMap { leftovers(in: $0.map { UInt8(bitPattern: $0) }) }
    }

    private static func leftovers(in folder: [UInt8]) -> [[UInt8]] {
        let names = (try? TreeDescriptor.directory(folder).list(ceiling: 100_000)).flatMap(\.self) ?? []
        return names.filter { $0.starts(with: "vitrine-build-".utf8) }.compactMap { name in
            let path = folder + [UInt8(ascii: "/")] + name
            let here = [UInt8(ascii: ".")]
            guard let place = try? TreeDescriptor.directory(path),
                let status = try? place.status(), status.st_uid == geteuid(),
                let locked = try? place.open(here, O_RDONLY | O_DIRECTORY, links: .refused)
            else { return nil }
            return flock(locked.number, LOCK_EX | LOCK_NB) == 0 ? path : nil
        }
    }

    /// The path of `name` in it.
    func path(of name: String) -> [UInt8] { path + [UInt8(ascii: "/")] + name.utf8 }

    /// Makes a directory in it, which everyone who can enter it can read.
    func makeDirectory(_ name: String) throws(BuildFileError) -> TreeDescriptor {
        let path = path(of: name)
        guard unsafe TreeDescriptor.withCString(path, { unsafe mkdir($0, 0o755) }) == 0 else {
            throw BuildFileError("make the directory", path)
        }
        let directory = try TreeDescriptor.directory(path)
        // The umask of the caller decides nothing here.
        guard unsafe TreeDescriptor.withCString(path, { unsafe chmod($0, 0o755) }) == 0 else {
            throw BuildFileError("set the mode of", path)
        }
        return directory
    }

    /// Removes the directory with all it holds; may be called more than once.
    package func remove() { WorkPlace.removeTree(path) }

    /// Removes a directory with all it holds, following no link.
    ///
    /// What cannot be removed stays. Where another thread still writes into it, its directories go from under it.
    package static func removeTree(_ path: [UInt8]) {
        for _ in 0..<100 {
            if let directory = try? TreeDescriptor.directory(path) { empty(directory) }
            if unsafe TreeDescriptor.withCString(path, { unsafe rmdir($0) }) == 0 || errno != ENOTEMPTY { return }
        }
    }

    private static func empty(_ directory: borrowing TreeDescriptor) {
        guard let names = (try? directory.list(ceiling: .max)).flatMap(\.self) else { return }
        for name in names {
            let isGone = unsafe TreeDescriptor.withCString(name) { unsafe unlinkat(directory.number, $0, 0) } == 0
            if isGone { continue }
            let flags = clinux_path_only | O_DIRECTORY | O_NOFOLLOW
            if let inner = try? directory.open(name, flags, links: .refused) { empty(inner) }
            _ = unsafe TreeDescriptor.withCString(name) { unsafe unlinkat(directory.number, $0, AT_REMOVEDIR) }
        }
    }
}
