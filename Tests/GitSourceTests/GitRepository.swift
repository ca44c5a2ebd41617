import Digests
import Foundation
import GitSource
import GitWorker
import TestSupport

/// A file of a commit that a test makes.
struct CommittedFile: Sendable {
    let mode: String
    let path: [UInt8]
    let content: [UInt8]

    init(_ path: String, _ content: String = "", mode: String = "100644") {
        self.init(Array(path.utf8), Array(content.utf8), mode: mode)
    }

    init(_ path: [UInt8], _ content: [UInt8], mode: String = "100644") {
        self.mode = mode
        self.path = path
        self.content = content
    }
}

/// git, or what a test asked of it, failed.
struct GitFailure: Error {
    let arguments: [String]
    let errors: String
}

/// A repository that git itself makes and changes; the same ids on every run and machine.
struct GitRepository: Sendable {
    let path: String

    private static let environment = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "LC_ALL": "C",
        "GIT_AUTHOR_NAME": "A. Author", "GIT_AUTHOR_EMAIL": "author@example.org",
        "GIT_AUTHOR_DATE": "1700000000 +0000",
        "GIT_COMMITTER_NAME": "A. Author", "GIT_COMMITTER_EMAIL": "author@example.org",
        "GIT_COMMITTER_DATE": "1700000000 +0000",
    ]
    private static let settings = [
        "init.defaultBranch=main", "protocol.file.allow=always", "core.autocrlf=false", "gc.auto=0",
        "fastimport.unpackLimit=100000", "advice.detachedHead=false",
    ]

    /// Makes a repository with a work tree, passes it to `body`, and removes it with all that stands beside it.
    static func with<Result>(
        _ arguments: [String] = [],
        _ body: (GitRepository) throws -> Result
    ) throws -> Result {
        try TemporaryDirectory.with { folder in
            let repository = GitRepository(path: folder + "/repository")
            try FileManager.default.createDirectory(atPath: repository.path, withIntermediateDirectories: true)
            try repository.git(["init", "-q"] + arguments)
            return try body(repository)
        }
    }

    /// The folder that holds the repository and is removed with it.
    var folder: String { String(path.dropLast("/repository".count)) }

    /// Runs git in the repository; throws when it fails.
    @discardableResult
    func git(_ arguments: [String], input: [UInt8]? = nil) throws -> Command {
        let command = try Command.run(
            "git",
            GitRepository.settings.flatMap { ["-c", $0] } + arguments,
            in: path,
            environment: GitRepository.environment,
            input: input
        )
        guard command.status == 0 else { throw GitFailure(arguments: arguments, errors: command.errors) }
        return command
    }

    @discardableResult
    func git(_ arguments: String...) throws -> String { try git(arguments).text }

    /// Commits exactly these files onto `branch`, without touching index or work tree; the commit's id.
    @discardableResult
    func commit(_ files: [CommittedFile], branch: String = "main") throws -> String {
        var stream = Array("commit refs/heads/\(branch)\ncommitter A <a@example.org> 1700000000 +0000\n".utf8)
        stream += Array("data 2\nc\n".utf8)
        if (try? git("rev-parse", "-q", "--verify", "refs/heads/\(branch)")) != nil {
            stream += Array("from refs/heads/\(branch)^0\n".utf8)
        }
        stream += Array("deleteall\n".utf8)
        for file in files {
            if file.mode == "160000" {
                stream += Array("M 160000 ".utf8) + file.content + [0x20] + GitRepository.quote(file.path) + [0x0A]
            } else {
                stream += Array("M \(file.mode) inline ".utf8) + GitRepository.quote(file.path)
                stream += Array("\ndata \(file.content.count)\n".utf8) + file.content + [0x0A]
            }
        }
        try git(["fast-import", "--quiet", "--force"], input: stream)
        return try git("rev-parse", "refs/heads/\(branch)")
    }

    /// Stores an object of any bytes; its id.
    func object(_ kind: String, _ content: [UInt8]) throws -> String {
        try git(["hash-object", "-w", "--literally", "-t", kind, "--stdin"], input: content).text
    }

    /// Stores a commit of the tree `tree` as the branch `main`; its id.
    @discardableResult
    func commit(tree: String) throws -> String {
        let id = try git("commit-tree", "-m", "c", tree)
        try git("update-ref", "refs/heads/main", id)
        return id
    }

    /// The path of a loose object.
    func loose(_ id: String) -> String { path + "/.git/objects/" + id.prefix(2) + "/" + id.dropFirst(2) }

    /// Puts the file of one loose object in the place of another's.
    func replaceLoose(_ id: String, with other: String) throws {
        let content = try TestFile.read(loose(other))
        try FileManager.default.removeItem(atPath: loose(id))
        try TestFile.write(content, to: loose(id))
    }

    /// Writes a file of the work tree or of `.git`, and the directories above it.
    func write(_ name: String, _ content: String) throws {
        let place = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: place).deletingLastPathComponent().path,
            withIntermediateDirectories: true
        )
        try TestFile.write(Array(content.utf8), to: place)
    }
}

extension GitRepository {
    /// C-style quotes, as fast-import reads them.
    private static func quote(_ path: [UInt8]) -> [UInt8] {
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in path {
            if byte < 0x20 || byte > 0x7E || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                let digits = String(byte, radix: 8)
                quoted += Array(("\\" + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
            } else {
                quoted.append(byte)
            }
        }
        return quoted + [UInt8(ascii: "\"")]
    }
}
