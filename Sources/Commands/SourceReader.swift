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
    private static let executable = Array("/proc/self/exe".utf8)

    let path: [UInt8]
    let isParanoid: Bool
    /// A verified earlier source whose lines may be used again.
    var earlier: EarlierSource?
    /// What will be read, where it is known.
    var expectedBytes: UInt64?

    /// Reads the HEAD commit and, where the repository has one, the work tree in front of the reader.
    func readCommitAndWorkTree() throws -> [SourceReading] {
        let commit = try commit(Array("HEAD".utf8))
        guard !commit.places.workTree.isEmpty else { return [commit.source] }
        let submodules = Set(commit.source.submodules.map(\.path.bytes))
        return [commit.source, try directory(at: commit.places.workTree, submodules: submodules)]
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
