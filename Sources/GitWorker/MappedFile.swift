import Glibc

/// A file mapped for reading.
///
/// Only the worker maps files: one that shrinks while it is mapped kills the process that reads it (SIGBUS),
/// which in the worker is a named error and elsewhere would be an outage.
@safe final class MappedFile {
    let count: Int
    /// How many of its bytes the disk holds: fewer than ``count`` where the file has holes.
    let storedCount: Int
    /// The file system and the file's number on it.
    let identity: Identity
    private let base: UnsafeRawPointer

    /// Maps the regular file at `path`; nil when it cannot be opened, is empty or is no regular file.
    init?(path: [UInt8]) {
        let descriptor = unsafe (path + [0]).withUnsafeBufferPointer { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { name in
                unsafe name.baseAddress.map { unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) } ?? -1
            }
        }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0,
            let address = unsafe mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe address != MAP_FAILED
        else { return nil }
        count = Int(status.st_size)
        // No blocks at all: the file system does not count them.
        let blocks = Int(status.st_blocks)
        storedCount = blocks > 0 ? min(count, blocks.multipliedReportingOverflow(by: 512).partialValue) : count
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        unsafe base = UnsafeRawPointer(address)
    }

    /// A file as the system tells it from every other.
    struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    deinit {
        unsafe munmap(UnsafeMutableRawPointer(mutating: base), count)
    }

    /// The bytes of `range`; nil unless the file holds them all.
    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        return unsafe UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// The byte at `offset`; nil past the end.
    func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < count else { return nil }
        return unsafe base.load(fromByteOffset: offset, as: UInt8.self)
    }

    /// The big-endian 32-bit number at `offset`; nil past the end.
    func uint32(at offset: Int) -> UInt32? {
        guard offset >= 0, offset <= count - 4 else { return nil }
        return unsafe UInt32(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// The big-endian 64-bit number at `offset`; nil past the end.
    func uint64(at offset: Int) -> UInt64? {
        guard offset >= 0, offset <= count - 8 else { return nil }
        return unsafe UInt64(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
