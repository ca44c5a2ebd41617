import CLinux
import Glibc

/// What the system says of one file without reading it: fstat(2).
package struct FileStatus: Hashable, Sendable {
    /// What a directory entry can be.
    package enum Kind: String, Hashable, Sendable {
        case regular = "regular file"
        case directory
        case symbolicLink = "symbolic link"
        case fifo = "named pipe"
        case socket
        case characterDevice = "character device"
        case blockDevice = "block device"
        case unknown = "file of unknown kind"
    }

    /// What the file is.
    package let kind: Kind
    /// The permission bits with set-user-id, set-group-id and sticky: the low twelve bits of `st_mode`.
    package let permissions: UInt16
    /// The number of the user it belongs to.
    package let owner: UInt32
    /// The size in bytes.
    package let size: UInt64
    /// How many bytes the file system says it holds of the file; 0 also where it does not count them.
    package let storedByteCount: UInt64
    /// The file system and the file's number on it.
    package let identity: Identity
    /// How many names the file has on its file system.
    package let links: UInt64
    /// When the content last changed, in nanoseconds.
    package let modified: Int64
    /// When the content or anything about the file last changed, in nanoseconds; cannot be set by a program.
    package let changed: Int64

    /// A file as the system tells it from every other.
    package struct Identity: Hashable, Sendable {
        /// The file system's number.
        package let device: UInt64
        /// The file's number on its file system.
        package let inode: UInt64
    }

    init(_ status: stat) {
        kind = Kind(mode: status.st_mode)
        permissions = UInt16(status.st_mode & 0o7777)
        owner = status.st_uid
        size = UInt64(max(0, status.st_size))
        storedByteCount = UInt64(max(0, status.st_blocks)).multipliedReportingOverflow(by: 512).partialValue
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        links = UInt64(status.st_nlink)
        modified = FileStatus.nanoseconds(status.st_mtim)
        changed = FileStatus.nanoseconds(status.st_ctim)
    }

    /// Whether nothing was written to the file, renamed onto it or changed about it between the two looks.
    ///
    /// Not proven: writes within one tick of the system's clock, or by one who can set that clock.
    package func isUndisturbed(since earlier: FileStatus) -> Bool {
        identity == earlier.identity && size == earlier.size && modified == earlier.modified
            && changed == earlier.changed && kind == earlier.kind
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

extension FileStatus.Kind {
    init(mode: mode_t) {
        self =
            switch mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            case S_IFCHR: .characterDevice
            case S_IFBLK: .blockDevice
            default: .unknown
            }
    }

    /// The kind that a raw directory entry states in `d_type`; nil where the file system does not say.
    init?(directoryEntryType type: UInt8) {
        switch Int(type) {
        case Int(DT_REG): self = .regular
        case Int(DT_DIR): self = .directory
        case Int(DT_LNK): self = .symbolicLink
        case Int(DT_FIFO): self = .fifo
        case Int(DT_SOCK): self = .socket
        case Int(DT_CHR): self = .characterDevice
        case Int(DT_BLK): self = .blockDevice
        default: return nil
        }
    }
}
