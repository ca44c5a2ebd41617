import CLinux
import Digests
package import Encodings
import GitSource
import Glibc
import SourceManifest
import Verification

/// Why verified source could not be written.
package enum SourceNotWritten: Error, Sendable, CustomStringConvertible {
    /// The bytes at hand are not those of the manifest.
    case contentDiffers(path: TreePath, recorded: Digest, found: Digest)
    /// The source gave a file that the manifest does not have.
    case notRecorded(path: [UInt8])
    /// The source did not give a file that the manifest has.
    case missing(path: TreePath, count: Int)
    /// The manifest has the line of a submodule whose files are not at hand.
    case gap(path: TreePath)
    /// The target of a link is longer than 4,096 bytes, or holds a NUL byte.
    case badLink(path: TreePath)
    /// The system refused.
    case file(BuildFileError)

    /// One line, safe on a terminal.
    package var description: String {
        switch self {
        case .contentDiffers(let path, let recorded, let found):
            "\(path): content differs: recorded \(recorded.hex), found \(found.hex)"
        case .notRecorded(let path): "\(ASCII.escape(path, limit: 4096)): not in the manifest"
        case .missing(let path, let count): "\(path): not given by the source (\(count) in all)"
        case .gap(let path): "\(path): a submodule whose files are not sealed"
        case .badLink(let path): "\(path): a link whose target no link can have"
        case .file(let error): "\(error)"
        }
    }
}

/// Writes the files of a source beneath a directory, each compared with its entry in a verified manifest as it is
/// written.
///
/// A file is created new and never through a link; links are made last. The bytes are hashed on their way, so that what
/// is there at the end is what the manifest says, or an error was thrown.
struct SourceWriter: ~Copyable {
    private let manifest: Manifest
    private let root: TreeDescriptor
    /// The time that every file and directory gets, in seconds since 1970.
    private let time: Int64
    private var isWritten: [Bool]
    private var links: [(path: TreePath, target: [UInt8])] = []
    private var directories: Set<[UInt8]> = []
    private var hash = SHA256()

    // The content that is being written.
    private var entries: [Entry] = []
    private var file: OpenFile?
    private var linkTarget: [UInt8] = []
    private var size: UInt64 = 0

    /// A file that is being written.
    private final class OpenFile {
        let descriptor: TreeDescriptor

        init(_ descriptor: consuming TreeDescriptor) {
            self.descriptor = descriptor
        }
    }

    /// Writes beneath `root`, which must be empty.
    init(_ manifest: Manifest, beneath root: consuming TreeDescriptor, time: Int64) {
        self.manifest = manifest
        self.root = root
        self.time = time
        isWritten = Array(repeating: false, count: manifest.count)
    }

    /// Makes all directories in the order of paths, or against it; before any file, so that the order in which a
    /// directory lists its entries can be chosen.
    mutating func makeDirectories(reversed: Bool) throws {
        var paths: Set<[UInt8]> = []
        for index in 0..<manifest.count {
            var path = manifest.path(at: index).bytes[...]
            while let slash = path.lastIndex(of: UInt8(ascii: "/")) {
                path = path[..<slash]
                guard paths.insert(Array(path)).inserted else { break }
            }
        }
        // A parent sorts before what is in it.
        let ordered = paths.sorted { left, right in
            let (deepLeft, deepRight) = (SourceWriter.depth(left), SourceWriter.depth(right))
            if deepLeft != deepRight { return deepLeft < deepRight }
            return left.lexicographicallyPrecedes(right) != reversed
        }
        do throws(BuildFileError) {
            for path in ordered { try root.makeDirectory(path) }
        } catch { throw SourceNotWritten.file(error) }
        directories = paths
    }

    private static func depth(_ path: [UInt8]) -> Int { path.count { $0 == UInt8(ascii: "/") } }

    /// Makes the links, sets the times, and checks that nothing is missing.
    mutating func finish() throws {
        let missing = isWritten.indices.filter { !isWritten[$0] }
        if let first = missing.first {
            let entry = manifest.entry(at: first)
            if entry.mode == .submodule { throw SourceNotWritten.gap(path: entry.path) }
            throw SourceNotWritten.missing(path: entry.path, count: missing.count)
        }
        do throws(BuildFileError) {
            for link in links {
                try root.makeLink(link.path.bytes, to: link.target)
                try root.setTime(link.path.bytes, seconds: time)
            }
            for directory in directories.sorted(by: { SourceWriter.depth($0) > SourceWriter.depth($1) }) {
                try root.setTime(directory, seconds: time)
            }
            try root.setTime([UInt8(ascii: ".")], seconds: time)
        } catch { throw SourceNotWritten.file(error) }
    }
}

extension SourceWriter: ContentReceiver {
    /// Takes a content that stands at `paths`, which the manifest must have, and creates the first file.
    mutating func begin(_ paths: [[UInt8]]) throws {
        entries = []
        file = nil
        linkTarget = []
        size = 0
        for path in paths {
            guard let treePath = try? TreePath(path), let index = manifest.index(of: treePath), !isWritten[index] else {
                throw SourceNotWritten.notRecorded(path: path)
            }
            let entry = manifest.entry(at: index)
            guard entry.mode != .submodule else { throw SourceNotWritten.gap(path: treePath) }
            entries.append(entry)
            isWritten[index] = true
        }
        guard let first = files.first else { return }
        file = OpenFile(
            try SourceWriter.reported { () throws(BuildFileError) in try root.create(first.path.bytes, mode: 0o600) }
        )
    }

    /// Writes the next bytes of the content.
    mutating func receive(_ bytes: RawSpan) throws {
        hash.update(bytes)
        size += UInt64(bytes.byteCount)
        do throws(BuildFileError) {
            try file?.descriptor.write(bytes)
        } catch {
            throw SourceNotWritten.file(BuildFileError(error.operation, entries[0].path.bytes, code: error.code))
        }
        guard let link = entries.first(where: { $0.mode == .symbolicLink }) else { return }
        guard size <= 4096 else { throw SourceNotWritten.badLink(path: link.path) }
        unsafe bytes.withUnsafeBytes { unsafe linkTarget.append(contentsOf: $0) }
    }

    /// Compares the content with every entry it stands for, and writes it to the other files.
    mutating func end() throws {
        let digest = hash.finish()
        for entry in entries {
            guard entry.digest == digest, entry.size == size else {
                throw SourceNotWritten.contentDiffers(path: entry.path, recorded: entry.digest, found: digest)
            }
        }
        for entry in entries where entry.mode == .symbolicLink {
            guard !linkTarget.isEmpty, !linkTarget.contains(0) else { throw SourceNotWritten.badLink(path: entry.path) }
            links.append((entry.path, linkTarget))
        }
        guard let first = files.first, let file else { return }
        try settle(file.descriptor, first)
        self.file = nil
        for entry in files.dropFirst() {
            try copy(first, to: entry)
        }
    }

    /// The entries of the content that are files.
    private var files: [Entry] { entries.filter { $0.mode != .symbolicLink } }

    /// Copies a file that was written, hashing it once more.
    private mutating func copy(_ entry: Entry, to other: Entry) throws {
        let time = time
        var hash = SHA256()
        let found = try SourceWriter.reported { () throws(BuildFileError) in
            let from = try root.open(entry.path.bytes, O_RDONLY | O_NOFOLLOW, links: .refused)
            let to = try root.create(other.path.bytes, mode: 0o600)
            var buffer = [UInt8](repeating: 0, count: 256 << 10)
            while true {
                let count = try from.read(into: &buffer)
                if count == 0 { break }
                let bytes = unsafe buffer.span.extracting(0..<count).bytes
                hash.update(bytes)
                try to.write(bytes)
            }
            try SourceWriter.settle(to, other, time: time)
            return hash.finish()
        }
        guard found == other.digest else {
            throw SourceNotWritten.contentDiffers(path: other.path, recorded: other.digest, found: found)
        }
    }

    private func settle(_ file: borrowing TreeDescriptor, _ entry: Entry) throws {
        do throws(BuildFileError) { try SourceWriter.settle(file, entry, time: time) } catch {
            throw SourceNotWritten.file(error)
        }
    }

    /// Gives a file its mode and time.
    private static func settle(
        _ file: borrowing TreeDescriptor,
        _ entry: Entry,
        time: Int64
    ) throws(BuildFileError) {
        let time = timespec(tv_sec: Int(time), tv_nsec: 0)
        let times = [time, time]
        let number = file.number
        let isSet = unsafe times.withUnsafeBufferPointer { unsafe futimens(number, $0.baseAddress) } == 0
        guard isSet, fchmod(number, entry.mode == .executable ? 0o755 : 0o644) == 0 else {
            throw BuildFileError("set the mode of", entry.path.bytes)
        }
    }

    private static func reported<Result: ~Copyable>(
        _ body: () throws(BuildFileError) -> Result
    ) throws(SourceNotWritten) -> Result {
        do throws(BuildFileError) { return try body() } catch { throw .file(error) }
    }
}
