import Attestations
import DirectorySource
import Encodings
import GitSource
import GitWorker
import SourceManifest
import Verification

/// Which part of a source is read.
enum SourceRequest {
    /// The files of a directory on disk.
    case directory
    /// A commit of a repository.
    case commit(revision: [UInt8])
}

/// Reads sources, and shows how far it has come.
struct SourceReader {
    /// The program that object readers run in: this one.
    static let executable = Array("/proc/self/exe".utf8)

    let path: [UInt8]
    let isParanoid: Bool
    /// A verified earlier source whose lines may be used again.
    var earlier: EarlierSource?
    /// What will be read, where it is known.
    var expectedBytes: UInt64?

    /// Reads the HEAD commit and, unless the repository is bare, the work tree in front of the reader.
    ///
    /// The work tree is where SOURCE is, not where the repository's configuration says: `core.worktree` and
    /// `core.bare` belong to whoever prepared the repository, and could lead the judge away from the altered files.
    func readCommitAndWorkTree() throws -> [SourceReading] {
        let commit = try commit(Array("HEAD".utf8))
        let configured = commit.places.workTree
        guard let workTree = ownWorkTree ?? (configured.isEmpty ? nil : configured) else {
            let strangers = try GitDirectoryLayout.strangers(in: commit.places.gitDirectory)
            return [commit.source.named(commit.source.name, adding: strangers)]
        }
        let submodules = Set(commit.source.submodules.map(\.path.bytes))
        let reading = try directory(at: workTree, submodules: submodules)
        guard !SourceReader.isSame(workTree, configured) else {
            return [commit.source, reading.named("work tree")]
        }
        let finding = Finding(
            .otherWorkTree,
            recorded: "work tree \(escaped(workTree))",
            found: configured.isEmpty ? "a bare repository" : "work tree \(escaped(configured))"
        )
        return [commit.source, reading.named("work tree", adding: [finding])]
    }

    /// The directory that holds the `.git` of SOURCE, or that SOURCE is the `.git` of; nil for a bare repository.
    private var ownWorkTree: [UInt8]? {
        if Descriptor.mode(of: FilePath.join(path, ".git")) != nil { return path }
        let trimmed = FilePath.trimmed(path)
        let name = trimmed[(trimmed.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
        return name.elementsEqual(".git".utf8) ? FilePath.directory(of: trimmed) : nil
    }

    /// Whether two paths lead to one directory.
    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard let left = try? FileDescriptor.open(left, for: .listing).status(),
            let right = try? FileDescriptor.open(right, for: .listing).status()
        else { return false }
        return left.identity == right.identity
    }

    /// Reads a tree on disk; `submodules` are the paths where a `.git` file is expected.
    func directory(at path: [UInt8], submodules: Set<[UInt8]> = []) throws -> SourceReading {
        var options = ReadingOptions()
        options.submodulePaths = submodules
        return try ProgressLine.show(options.progress, expectedBytes: expectedBytes) {
            try DirectorySource.read(path, options)
        }
    }

    /// Reads a commit.
    func commit(_ revision: [UInt8]) throws -> GitSource.Reading {
        var options = GitReadingOptions(executable: SourceReader.executable)
        options.revision = revision
        options.reader = isParanoid ? .library : .direct
        options.earlier = earlier
        return try ProgressLine.show(options.progress, expectedBytes: expectedBytes) {
            do {
                return try GitSource.read(path, options)
            } catch let error as RepositoryRefused where error.refusal == .noRepository {
                throw Trouble(
                    "\(escaped(path)) is no git repository: \(escaped(error.text))",
                    hints: ["to read plain files, use --directory"]
                )
            }
        }
    }
}
