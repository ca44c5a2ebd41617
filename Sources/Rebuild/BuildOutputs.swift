import Attestations
package import BuildStatements
import CLinux
import Digests
package import Encodings
import Glibc
import Verification

/// A file that a build made, as it was copied out of the sandbox.
package struct BuiltOutput: Hashable, Sendable {
    /// Its path beneath the build directory.
    package let path: TreePath
    /// Size and SHA-256.
    package let content: RebuildRecord.Content

    /// Whether it goes by `name`: its path, or the last components of it.
    package func isNamed(_ name: TreePath) -> Bool {
        path == name || path.bytes.suffix(name.bytes.count + 1).elementsEqual([UInt8(ascii: "/")] + name.bytes)
    }
}

/// Copies what a definition calls outputs out of a build directory.
struct BuildOutputs: ~Copyable {
    private static let maximumCount = 100_000
    private static let maximumDepth = 100
    /// What a file, a directory or a link is counted as besides its content: a block.
    private static let entrySize: UInt64 = 4096

    private let target: TreeDescriptor
    private let ceiling: UInt64
    private let deadline: ContinuousClock.Instant
    private var copied: UInt64 = 0
    private var entryCount = 0
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    private var hash = SHA256()
    private(set) var files: [BuiltOutput] = []
    /// Why an output is not there or cannot be taken, each in a few words.
    private(set) var faults: [String] = []

    /// Copies into an empty directory, at most `ceiling` bytes in all, and ends after `seconds`.
    ///
    /// A file full of holes is as large as it says, and 4,096 bytes are added for every file, directory and link behind
    /// the first 1,000.
    init(into target: consuming TreeDescriptor, ceiling: UInt64, seconds: UInt64 = 3600) {
        self.target = target
        self.ceiling = ceiling
        deadline = ContinuousClock.now + .seconds(Int64(clamping: seconds))
    }

    /// Counts what is about to be made; nil where it may be, else why not.
    private mutating func refusal(of path: [UInt8], size: UInt64) -> String? {
        let name = ASCII.escape(path, limit: 4096)
        if ContinuousClock.now >= deadline { return "\(name): the outputs could not be copied in time" }
        entryCount += 1
        guard entryCount <= BuildOutputs.maximumCount else { return "\(name): too many or too deep to be taken" }
        let added = size.addingReportingOverflow(entryCount > 1000 ? BuildOutputs.entrySize : 0)
        let sum = copied.addingReportingOverflow(added.partialValue)
        guard !added.overflow, !sum.overflow, sum.partialValue <= ceiling else {
            return "\(name): the outputs are larger than \(ceiling) bytes"
        }
        copied = sum.partialValue
        return nil
    }

    /// Copies every output, or says what is wrong with it.
    mutating func copy(_ outputs: [TreePath], from build: borrowing TreeDescriptor) throws {
        for output in outputs {
            do throws(BuildFileError) {
                // A link on the way is followed as long as it stays in the build directory.
                let file = try build.open(output.bytes, O_RDONLY | O_NONBLOCK | O_NOCTTY, links: .beneath)
                try makeParents(output.bytes)
                try copy(file, output.bytes, depth: 0)
            } catch {
                let isMissing = error.code == ENOENT || error.code == ENOTDIR
                faults.append(isMissing ? "\(output): was not made" : "\(output): \(error)")
            }
        }
        files.sort { $0.path < $1.path }
    }

    private mutating func copy(
        _ file: borrowing TreeDescriptor,
        _ path: [UInt8],
        depth: Int
    ) throws(BuildFileError) {
        let status = try file.status()
        switch status.st_mode & S_IFMT {
        case S_IFREG: try copyFile(file, path, mode: status.st_mode & 0o111 != 0 ? 0o755 : 0o644)
        case S_IFDIR: try copyDirectory(file, path, depth: depth)
        default: faults.append("\(ASCII.escape(path, limit: 4096)): is neither file nor directory")
        }
    }

    private mutating func copyDirectory(
        _ directory: borrowing TreeDescriptor,
        _ path: [UInt8],
        depth: Int
    ) throws(BuildFileError) {
        if let refusal = refusal(of: path, size: 0) { return faults.append(refusal) }
        try target.makeDirectory(path)
        guard depth < BuildOutputs.maximumDepth,
            let names = try directory.list(ceiling: BuildOutputs.maximumCount - files.count)
        else {
            return faults.append("\(ASCII.escape(path, limit: 4096)): too many or too deep to be taken")
        }
        for name in names {
            // One reason is enough: nothing of this is taken.
            if !faults.isEmpty, entryCount > BuildOutputs.maximumCount || ContinuousClock.now >= deadline { return }
            let inner = path + [UInt8(ascii: "/")] + name
            var status = stat()
            let number = directory.number
            guard
                unsafe TreeDescriptor.withCString(name, { unsafe fstatat(number, $0, &status, AT_SYMLINK_NOFOLLOW) })
                    == 0
            else { throw BuildFileError("look at", inner) }
            if status.st_mode & S_IFMT == S_IFLNK {
                // A link inside a directory is what it says, and nothing more is read of it.
                let link = try directory.readLink(name)
                if let refusal = refusal(of: inner, size: UInt64(link.count)) { return faults.append(refusal) }
                try target.makeLink(inner, to: link)
                continue
            }
            let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW
            try copy(try directory.open(name, flags, links: .refused), inner, depth: depth + 1)
        }
    }

    private mutating func copyFile(
        _ file: borrowing TreeDescriptor,
        _ path: [UInt8],
        mode: mode_t
    ) throws(BuildFileError) {
        guard files.count < BuildOutputs.maximumCount, let treePath = try? TreePath(path) else {
            return faults.append("\(ASCII.escape(path, limit: 4096)): a name or number that cannot be taken")
        }
        // Nobody writes any more, so the size is what it stays.
        let expected = UInt64(clamping: try file.status().st_size)
        if let refusal = refusal(of: path, size: expected) { return faults.append(refusal) }
        let copy = try target.create(path, mode: mode)
        var size: UInt64 = 0
        while true {
            let count = try file.read(into: &buffer)
            if count == 0 { break }
            size += UInt64(count)
            guard size <= expected, ContinuousClock.now < deadline else {
                _ = hash.finish()
                let reason = size <= expected ? "could not be copied in time" : "grew while it was copied"
                return faults.append("\(treePath): \(reason)")
            }
            let piece = buffer[..<count]
            hash.update(piece.span)
            // What is nothing but zeros stays a hole.
            if count == buffer.count, piece.allSatisfy({ $0 == 0 }) {
                guard lseek(copy.number, count, SEEK_CUR) >= 0 else { throw BuildFileError("write", path) }
            } else {
                try unsafe copy.write(piece.span.bytes)
            }
        }
        guard ftruncate(copy.number, Int(clamping: size)) == 0 else { throw BuildFileError("write", path) }
        files.append(BuiltOutput(path: treePath, content: .init(digest: hash.finish(), size: size)))
    }

    private func makeParents(_ path: [UInt8]) throws(BuildFileError) {
        for place in path.indices where path[place] == UInt8(ascii: "/") {
            try target.makeDirectory(Array(path[..<place]))
        }
    }
}
