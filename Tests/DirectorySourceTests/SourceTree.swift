import DirectorySource
import Encodings
import Glibc
import SourceManifest
import Synchronization
import TestSupport
import Verification

/// A tree of real files that lives as long as a test; paths are raw bytes.
struct SourceTree {
    let root: [UInt8]

    /// Makes an empty tree, passes it to `body`, and removes it.
    static func with<Result>(_ body: (SourceTree) throws -> Result) throws -> Result {
        try TemporaryDirectory.with { path in
            let tree = SourceTree(root: Array(path.utf8) + Array("/tree".utf8))
            try check(unsafe mkdir(tree.name([]), 0o755))
            return try body(tree)
        }
    }

    /// Writes a file, making the directories above it, with exactly these permissions.
    func file(_ path: [UInt8], _ content: [UInt8] = [], mode: mode_t = 0o644) throws {
        try directories(above: path)
        let descriptor = unsafe open(name(path), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try SourceTree.check(descriptor)
        defer { close(descriptor) }
        var rest = content[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            try SourceTree.check(Int32(truncatingIfNeeded: count))
            rest = rest.dropFirst(count)
        }
        try SourceTree.check(fchmod(descriptor, mode))
    }

    /// Writes a file of text.
    func file(_ path: String, _ content: String = "", mode: mode_t = 0o644) throws {
        try file(Array(path.utf8), Array(content.utf8), mode: mode)
    }

    /// Makes a symbolic link to the raw bytes `target`.
    func link(_ path: [UInt8], to target: [UInt8]) throws {
        try directories(above: path)
        try SourceTree.check(unsafe symlink(target.map { CChar(bitPattern: $0) } + [0], name(path)))
    }

    /// Makes a directory with exactly these permissions.
    func directory(_ path: String, mode: mode_t = 0o755) throws {
        try directories(above: Array(path.utf8) + [UInt8(ascii: "/")])
        try SourceTree.check(unsafe chmod(name(Array(path.utf8)), mode))
    }

    /// Reads the tree, to the end, with two threads.
    func read(_ change: (inout ReadingOptions) -> Void = { _ in }) throws -> SourceReading {
        var options = ReadingOptions()
        options.threads = 2
        change(&options)
        return try DirectorySource.read(root, options)
    }

    /// The path as a C string.
    func name(_ path: [UInt8]) -> [CChar] {
        (root + [UInt8(ascii: "/")] + path).map { CChar(bitPattern: $0) } + [0]
    }

    /// The path of an entry as a C string.
    func name(_ path: String) -> [CChar] { name(Array(path.utf8)) }

    private func directories(above path: [UInt8]) throws {
        for index in path.indices where path[index] == UInt8(ascii: "/") {
            let status = unsafe mkdir(name(Array(path[..<index])), 0o755)
            if status != 0, errno != EEXIST { try SourceTree.check(status) }
        }
    }

    static func check(_ status: Int32) throws {
        guard status >= 0 else { throw SystemFailure(code: errno) }
    }
}

/// A system call of a test that failed.
struct SystemFailure: Error {
    let code: Int32
}

extension SourceReading {
    /// The findings as `rule path`, in order.
    var notes: [String] { findings.map { "\($0.rule.rawValue) \($0.escapedPath ?? "-")" } }

    /// The manifest's lines without the header.
    var lines: [String] {
        String(decoding: manifest.bytes, as: UTF8.self).split(separator: "\n").dropFirst().map(String.init)
    }

    /// The paths of the manifest, escaped.
    var paths: [String] { lines.map { String($0.split(separator: " ")[3]) } }
}
