import Attestations
package import BuildStatements
import Encodings

/// The files of a shipped build on disk, each with its size and SHA-256; nothing is kept of their content.
///
/// A path that is given may be a symbolic link. In a directory every file counts, whatever its name, and anything that
/// is neither file nor directory is refused: it would be shipped and not accounted for.
package struct ShippedFiles: ~Copyable {
    /// The most files.
    package static let maximumCount = 100_000
    /// The most directories one in the other.
    package static let maximumDepth = 128

    private var content: ContentReader
    private var files: [ShippedFile] = []
    /// The real path of each of them.
    private var places: [[UInt8]] = []

    private init(_ progress: ReadingProgress) {
        content = ContentReader(progress)
    }

    /// Reads files, and directories with all that is beneath them; a directory without any file is an error.
    ///
    /// A file that is given more than once is one.
    package static func read(
        _ paths: [[UInt8]],
        _ progress: ReadingProgress = ReadingProgress()
    ) throws(ShippedFilesError) -> [ShippedFile] {
        FileDescriptor.raiseOpenFileLimit()
        var reader = ShippedFiles(progress)
        for path in paths {
            try reader.readGiven(path)
        }
        var seen: Set<[UInt8]> = []
        return zip(reader.files, reader.places).filter { seen.insert($0.1).inserted }.map(\.0)
    }

    private mutating func readGiven(_ path: [UInt8]) throws(ShippedFilesError) {
        let file: FileDescriptor
        do throws(DescriptorError) {
            file = try FileDescriptor.open(path, for: .reading)
        } catch {
            throw .notReadable(error)
        }
        switch try status(of: file, at: path).kind {
        case .directory:
            let count = files.count
            try readDirectory(file, at: path, named: [], depth: 1)
            guard files.count > count else { throw .empty(path) }
            let real = RealPath.of(path) + [UInt8(ascii: "/")]
            places += files[count...].map { real + $0.name }
        default:
            let slash = path.lastIndex(of: UInt8(ascii: "/"))
            try readFile(file, at: path, named: Array(path[(slash.map { $0 + 1 } ?? 0)...]))
            places.append(RealPath.of(path))
        }
    }

    private mutating func readDirectory(
        _ directory: borrowing FileDescriptor,
        at path: [UInt8],
        named prefix: [UInt8],
        depth: Int
    ) throws(ShippedFilesError) {
        guard depth <= ShippedFiles.maximumDepth else { throw .tooDeep(path) }
        let before = try status(of: directory, at: path)
        for name in try names(in: directory, at: path) {
            let (path, full) = (path + [UInt8(ascii: "/")] + name, prefix + name)
            let terminated = name + [0]
            let kind: FileStatus.Kind
            do throws(SystemError) {
                kind = try directory.status(ofEntry: terminated.span).kind
            } catch {
                throw ShippedFilesError(path, error)
            }
            guard kind == .directory || kind == .regular else {
                throw .notReadable(DescriptorError(path: path, cause: .notRegular(kind)))
            }
            let entry: FileDescriptor
            do throws(SystemError) {
                let purpose: FileDescriptor.Purpose = kind == .directory ? .listingEntry : .readingEntry
                entry = try directory.openEntry(terminated.span, for: purpose)
            } catch {
                throw ShippedFilesError(path, error)
            }
            if kind == .directory {
                try readDirectory(entry, at: path, named: full + [UInt8(ascii: "/")], depth: depth + 1)
            } else {
                try readFile(entry, at: path, named: full)
            }
        }
        guard try status(of: directory, at: path).isUndisturbed(since: before) else { throw .changed(path) }
    }

    private mutating func readFile(
        _ file: borrowing FileDescriptor,
        at path: [UInt8],
        named name: [UInt8]
    ) throws(ShippedFilesError) {
        guard files.count < ShippedFiles.maximumCount else { throw .tooMany }
        let before = try status(of: file, at: path)
        guard before.kind == .regular else {
            throw .notReadable(DescriptorError(path: path, cause: .notRegular(before.kind)))
        }
        file.expectSequentialReading()
        let (size, digest): (UInt64, Digest)
        do throws(SystemError) {
            (size, digest) = try content.read(file, expecting: before.size)
        } catch {
            throw ShippedFilesError(path, error)
        }
        // What was cancelled was not read to its end.
        if content.progress.isCancelled { throw .cancelled }
        let after = try status(of: file, at: path)
        guard size == before.size, after.isUndisturbed(since: before) else { throw .changed(path) }
        content.progress.addFile()
        let content = RebuildRecord.Content(digest: digest, size: size)
        files.append(ShippedFile(name: name, content: content, permissions: before.permissions))
    }

    /// The names in a directory, ordered by their bytes.
    private func names(
        in directory: borrowing FileDescriptor,
        at path: [UInt8]
    ) throws(ShippedFilesError) -> [[UInt8]] {
        var names: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count: Int
            do throws(SystemError) { count = try directory.readEntries(into: &buffer) } catch {
                throw ShippedFilesError(path, error)
            }
            guard count > 0 else { break }
            var start = 0
            while let raw = RawEntry(buffer.span.extracting(0..<count), at: &start) {
                if NameMeaning(buffer.span, raw.name) != .dots { names.append(Array(buffer[raw.name])) }
            }
            guard names.count <= ShippedFiles.maximumCount else { throw .tooMany }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func status(
        of file: borrowing FileDescriptor,
        at path: [UInt8]
    ) throws(ShippedFilesError) -> FileStatus {
        do throws(SystemError) { return try file.status() } catch { throw ShippedFilesError(path, error) }
    }
}

/// Why shipped files could not be read.
package enum ShippedFilesError: Error, Hashable, Sendable {
    /// A file that cannot be read, or what is neither file nor directory.
    case notReadable(DescriptorError)
    /// A file or directory that somebody changed meanwhile.
    case changed([UInt8])
    /// A directory with no file beneath it.
    case empty([UInt8])
    case tooDeep([UInt8])
    case tooMany
    case cancelled

    fileprivate init(_ path: [UInt8], _ error: SystemError) {
        self = .notReadable(DescriptorError(path: path, cause: .system(error)))
    }
}

extension ShippedFilesError: CustomStringConvertible {
    /// One line, safe on a terminal.
    package var description: String {
        switch self {
        case .notReadable(let error): error.description
        case .changed(let path): "\(ShippedFilesError.escaped(path)) was changed while it was read"
        case .empty(let path): "\(ShippedFilesError.escaped(path)) holds no file"
        case .tooDeep(let path):
            "\(ShippedFilesError.escaped(path)) is nested more than \(ShippedFiles.maximumDepth) directories deep"
        case .tooMany: "more than \(ShippedFiles.maximumCount) shipped files"
        case .cancelled: "the reading of the shipped files was cancelled"
        }
    }

    private static func escaped(_ path: [UInt8]) -> String {
        String(decoding: TreePath.escape(path), as: UTF8.self)
    }
}
