import CLinux
import Digests
import Encodings
import Glibc
import Verification

/// A directory as the file system keeps it, with all that is beneath it: what tells that something was swapped or
/// rewritten and put back, which contents alone do not.
///
/// Every change of a file, of its name or of its mode sets a time that no program can choose. Not proven: that a
/// directory above it was not moved away and back, which only its owner can do, that nobody set the system's clock
/// back, and that nobody wrote through a mapping of a file in memory, which sets no time.
struct TreeState: Hashable, Sendable {
    /// The device and the number of the directory itself.
    let identity: Identity
    /// A SHA-256 over number, mode, size and times of every entry.
    private let digest: Digest

    /// What a file system calls a file, whatever its path.
    struct Identity: Hashable, Sendable {
        private let device: UInt64
        private let number: UInt64

        /// Takes it from what the system says of a file.
        init(_ status: stat) {
            device = UInt64(status.st_dev)
            number = UInt64(status.st_ino)
        }
    }

    /// More entries than are looked at.
    struct TooLarge: Error, Hashable, Sendable, CustomStringConvertible {
        /// The directory.
        let path: [UInt8]

        var description: String { "\(ASCII.escape(path, limit: 4096)): more than \(maximumEntryCount) entries" }
    }

    private static let maximumEntryCount = 10_000_000

    /// Looks at every entry and reads none.
    ///
    /// `check` gets each directory in which another file system begins, and its path beneath `path`.
    init(_ path: [UInt8], checking check: (borrowing TreeDescriptor, [UInt8]) throws -> Void = { _, _ in }) throws {
        let root = try TreeDescriptor.directory(path)
        let status = try root.status()
        identity = Identity(status)
        var hash = SHA256()
        TreeState.add([], status, to: &hash)
        // By whole paths, not by open directories: a source may be deeper than descriptors last.
        var waiting = [(path: [UInt8(ascii: ".")], device: status.st_dev)]
        var count = 0
        while let (place, device) = waiting.popLast() {
            let flags = clinux_path_only | O_DIRECTORY | O_NOFOLLOW
            let directory = try root.open(place, flags, links: .refused)
            let own = try directory.status().st_dev
            if own != device { try check(directory, place) }
            guard let names = try directory.list(ceiling: TreeState.maximumEntryCount - count) else {
                throw TooLarge(path: path)
            }
            count += names.count
            for name in names {
                let inner = place + [UInt8(ascii: "/")] + name
                let status = try TreeState.status(of: name, in: directory, path: inner)
                TreeState.add(name, status, to: &hash)
                if status.st_mode & S_IFMT == S_IFDIR { waiting.append((inner, own)) }
            }
            hash.update([UInt8(ascii: "\n")].span)
        }
        digest = hash.finish()
    }

    private static func status(
        of name: [UInt8],
        in directory: borrowing TreeDescriptor,
        path: [UInt8]
    ) throws(BuildFileError) -> stat {
        var status = stat()
        let number = directory.number
        let result = unsafe TreeDescriptor.withCString(name) {
            unsafe fstatat(number, $0, &status, AT_SYMLINK_NOFOLLOW)
        }
        guard result == 0 else { throw BuildFileError("look at", path) }
        return status
    }

    private static func add(_ name: [UInt8], _ status: stat, to hash: inout SHA256) {
        let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }.joined(separator: " ")
        let numbers = "\(status.st_dev) \(status.st_ino) \(status.st_mode) \(status.st_size) \(times)"
        hash.update((Array("\(name.count) ".utf8) + name + Array(" \(numbers)\n".utf8)).span)
    }
}
