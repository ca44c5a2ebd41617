import Attestations
import DirectorySource
import Encodings

/// The comparison of what was shipped with its rebuild.
package enum BuildComparison {
    /// Compares two files, or two directories with all they hold.
    ///
    /// Symbolic links within directories are compared as links; the two paths themselves are followed. Throws where
    /// one cannot be read, changes meanwhile, or a worker process dies: then nothing is known of the grade.
    package static func compare(
        shipped: [UInt8],
        rebuilt: [UInt8],
        options: ComparisonOptions
    ) throws -> ComparedItem {
        let comparing = Comparing(options)
        let (left, right) = (try ComparedFile(shipped), try ComparedFile(rebuilt))
        switch (left.status.kind, right.status.kind) {
        case (.regular, .regular):
            do {
                let item = try comparing.files(left.bytes, right.bytes, name: shipped) { findings in
                    guard options.comparesGivenModes else { return }
                    GivenModes.compare(left.status, right.status, &findings)
                }
                try left.checkUndisturbed()
                try right.checkUndisturbed()
                return item
            } catch let error as SystemError {
                throw NotComparable(refused: error, path: shipped)
            }
        case (.directory, .directory):
            return try DirectoryComparison(comparing).compare(
                shipped: FileDescriptor.open(shipped, for: .listing),
                rebuilt: FileDescriptor.open(rebuilt, for: .listing),
                name: shipped,
                path: shipped
            )
        default:
            let kinds = "\(left.status.kind.rawValue) and \(right.status.kind.rawValue)"
            throw NotComparable(path: shipped, reason: "two files or two directories can be compared, not \(kinds)")
        }
    }
}

extension NotComparable {
    /// What the system refused, and at which path.
    init(refused error: SystemError, path: [UInt8]) {
        self.init(path: path, reason: "cannot \(error.operation.rawValue) it: \(error.reason)")
    }
}

/// A file of one side that must stay as it is while it is compared.
struct ComparedFile {
    /// Where it is, for messages.
    let path: [UInt8]
    /// The open file.
    let file: SharedFile
    /// What the system said of it before anything was read.
    let status: FileStatus

    /// Opens a file, following links.
    init(_ path: [UInt8]) throws {
        try self.init(path, try FileDescriptor.open(path, for: .reading))
    }

    /// Takes an open file.
    init(_ path: [UInt8], _ descriptor: consuming FileDescriptor) throws {
        status = try descriptor.status()
        self.path = path
        file = SharedFile(descriptor)
    }

    /// All of it.
    var bytes: FileBytes { FileBytes(file, 0..<status.size) }

    /// Throws where the file changed since it was opened, or goes on behind the size that the system gives.
    func checkUndisturbed() throws {
        // Some file systems give 0 as the size of files that hold something.
        var behind: [UInt8] = [0]
        guard try file.descriptor.read(into: &behind, count: 1, from: status.size) == 0 else {
            throw NotComparable(path: path, reason: "it holds more than the \(status.size) bytes that the system says")
        }
        guard try file.descriptor.status().isUndisturbed(since: status) else { throw ChangedWhileCompared(path: path) }
    }
}

/// A file or directory that changed while it was compared: no grade would be about one state of it.
package struct ChangedWhileCompared: Error, Hashable, Sendable, CustomStringConvertible {
    /// What changed, raw bytes.
    package let path: [UInt8]

    /// One line, safe on a terminal.
    package var description: String {
        "\(String(decoding: TreePath.escape(path), as: UTF8.self)): changed while it was compared"
    }
}

/// What cannot be compared as it is asked for, and why.
package struct NotComparable: Error, Hashable, Sendable, CustomStringConvertible {
    /// The path on the shipped side, raw bytes.
    package let path: [UInt8]
    /// Why; ASCII.
    package let reason: String

    /// One line, safe on a terminal.
    package var description: String { "\(String(decoding: TreePath.escape(path), as: UTF8.self)): \(reason)" }
}
