import Glibc

/// A file that is either there whole or not at all: temporary file in the same directory, write, fsync, rename, fsync
/// of the directory.
final class DurableFile {
    /// Its name until it is settled.
    let temporary: [UInt8]
    private let path: [UInt8]
    private let descriptor: Int32

    /// Creates the temporary file; `isPrivate` makes it readable for its owner alone, from its first byte on.
    init(_ path: [UInt8], isPrivate: Bool = false) throws(Trouble) {
        guard !path.isEmpty, path.last != UInt8(ascii: "/"), !path.contains(0) else {
            throw Trouble("cannot write \(escaped(path)): not the name of a file")
        }
        self.path = path
        let temporary = Unfinished.temporaryPath(in: FilePath.directory(of: path))
        self.temporary = temporary
        var created: Int32 = -1
        let isCreated = Unfinished.add(temporary) {
            created = Descriptor.create(temporary, mode: isPrivate ? 0o600 : 0o666)
            return created >= 0
        }
        descriptor = created
        guard isCreated else { throw Trouble("cannot write \(escaped(path)): \(Descriptor.lastReason)") }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        // Where it was settled, nothing is remembered and nothing is removed.
        Unfinished.discard(temporary)
    }

    /// Adds bytes.
    func write(_ bytes: Span<UInt8>) throws(Trouble) {
        guard Descriptor.write(bytes, to: descriptor) else { throw failure() }
    }

    /// Makes the content durable and gives the file its name.
    ///
    /// With `replacing` an existing regular file makes room; anything else is never replaced.
    func settle(replacing: Bool = false) throws(Trouble) {
        try synchronize()
        if replacing, let mode = Descriptor.mode(of: path), mode & S_IFMT != S_IFREG {
            throw Trouble(
                "cannot write \(escaped(path)): it is there and no regular file",
                hints: ["without --out the result goes to standard output, where the command has one"]
            )
        }
        let (temporary, path) = (temporary, path)
        guard Unfinished.settle([temporary], { Descriptor.rename(temporary, to: path, replacing: replacing) }) else {
            throw failure()
        }
        guard Descriptor.syncDirectory(FilePath.directory(of: path)) else { throw failure() }
    }

    /// Makes the content durable under the temporary name.
    func synchronize() throws(Trouble) {
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure() }
    }

    /// Writes a whole file that must not be there yet, or with `replacing` may.
    static func write(
        _ bytes: [UInt8],
        to path: [UInt8],
        isPrivate: Bool = false,
        replacing: Bool = false
    ) throws(Trouble) {
        let file = try DurableFile(path, isPrivate: isPrivate)
        try file.write(bytes.span)
        try file.settle(replacing: replacing)
    }

    private func failure() -> Trouble {
        Trouble("cannot write \(escaped(path)): \(Descriptor.lastReason)")
    }
}
