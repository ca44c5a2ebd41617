import Digests
import DirectorySource
import Encodings
import SourceManifest
import Verification

/// Local files that are compared with disclosed entries.
enum LocalContent {
    /// Reads the file of `PATH=LOCALFILE`.
    ///
    /// Both may hold `=`: the split that names a disclosed path is taken, else the first.
    static func read(_ argument: [UInt8], disclosed: Set<TreePath>) throws -> DisclosureJudge.Content {
        let splits = argument.indices.filter { argument[$0] == UInt8(ascii: "=") }
        let fitting = splits.first { place in
            (try? TreePath(Array(argument[..<place]))).map(disclosed.contains) ?? false
        }
        guard let place = fitting ?? splits.first, place + 1 < argument.count else {
            throw Trouble("\(escaped(argument)): --content is PATH=LOCALFILE")
        }
        let path = try TreePath(argument: Array(argument[..<place]))
        let file = Array(argument[(place + 1)...])
        do {
            return try read(file, as: path)
        } catch let error as SystemError {
            throw Trouble("cannot \(error.operation.rawValue) \(escaped(file)): \(error.reason)")
        }
    }

    /// Reads a file as a directory is read for a seal: a link is its target, and the owner's execute bit decides.
    private static func read(_ file: [UInt8], as path: TreePath) throws -> DisclosureJudge.Content {
        let directory = try FileDescriptor.open(FilePath.directory(of: file), for: .listing)
        let name = Array(file[((file.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]) + [0]
        let status = try directory.status(ofEntry: name.span)
        switch status.kind {
        case .symbolicLink:
            var target = [UInt8](repeating: 0, count: 4096)
            let count = try directory.readLink(name.span, into: &target)
            let digest = SHA256.digest(of: Array(target[..<count]))
            return .init(try Entry(mode: .symbolicLink, size: UInt64(count), digest: digest, path: path))
        case .regular:
            let opened = try directory.openEntry(name.span, for: .readingEntry)
            let status = try opened.status()
            guard status.kind == .regular else { throw Trouble("\(escaped(file)) is a \(status.kind.rawValue)") }
            let (size, digest) = try hash(opened)
            let isExecutable = status.permissions & 0o100 != 0
            let mode = isExecutable ? FileMode.executable : .file
            return .init(try Entry(mode: mode, size: size, digest: digest, path: path))
        default: throw Trouble("\(escaped(file)) is a \(status.kind.rawValue)")
        }
    }

    private static func hash(_ file: borrowing FileDescriptor) throws(SystemError) -> (UInt64, Digest) {
        var hasher = SHA256()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var size: UInt64 = 0
        while true {
            let count = try file.read(into: &buffer)
            if count == 0 { return (size, hasher.finish()) }
            hasher.update(buffer.span.extracting(0..<count))
            size += UInt64(count)
        }
    }
}
