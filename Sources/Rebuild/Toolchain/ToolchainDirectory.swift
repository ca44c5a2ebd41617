import CLinux
import Encodings
import Glibc
import Verification

/// A declared directory of a toolchain, which must be one of ordinary files, as the file system keeps it.
struct ToolchainDirectory: Hashable {
    /// What stands in for files that the system makes up, at every reading anew.
    private static let refusedPlaces = ["/proc", "/sys", "/dev", "/run"]
    /// The file systems whose files are what was written to them.
    private static let ordinary: Set<String> = [
        "ext2", "ext3", "ext4", "xfs", "btrfs", "bcachefs", "f2fs", "jfs", "reiserfs", "zfs", "tmpfs", "ramfs",
        "overlay", "squashfs", "erofs", "iso9660", "nfs", "nfs4",
    ]

    private let state: TreeState

    /// Looks at every entry and reads none; refuses what is no ordinary directory of files.
    init(_ path: [UInt8]) throws {
        let name = ASCII.escape(path, limit: 4096)
        guard let real = ToolchainDirectory.resolved(path) else { throw BuildFileError("open", path) }
        for place in ToolchainDirectory.refusedPlaces {
            let place = Array(place.utf8)
            guard real != place, InsidePath.relative(real, to: place) == nil else {
                throw ToolchainRefused("\(name): stands at or below \(ASCII.escape(place)), where files are made up")
            }
        }
        let directory = try TreeDescriptor.directory(real)
        try ToolchainDirectory.checkFileSystem(directory, name)
        // The reading of trees leaves out a `.git` at the top, as that of a source; a build would see it.
        var git = stat()
        let number = directory.number
        let hasGit = unsafe TreeDescriptor.withCString(Array(".git".utf8)) {
            unsafe fstatat(number, $0, &git, AT_SYMLINK_NOFOLLOW) == 0
        }
        guard !hasGit else { throw ToolchainRefused("\(name): holds .git, which its root does not cover") }
        state = try TreeState(real) { inner, path in
            try ToolchainDirectory.checkFileSystem(inner, "\(name)/\(ASCII.escape(path.dropFirst(2), limit: 4096))")
        }
    }

    /// The place that a sandbox makes itself at or above a path inside; nil where the path can be seen there.
    static func placeOfSandbox(over path: [UInt8]) -> String? {
        let places = ["/tmp", "/build", SandboxPlan.sourcePath, "/dev", "/proc", "/vary", SandboxPlan.readyMark]
        return places.first { place in
            let place = Array(place.utf8)
            return path == place || InsidePath.relative(path, to: place) != nil
        }
    }

    /// The path without links; nil where there is nothing.
    package static func resolved(_ path: [UInt8]) -> [UInt8]? {
        unsafe TreeDescriptor.withCString(path) { name in
            guard let real = unsafe realpath(name, nil) else { return nil }
            defer { unsafe free(real) }
            return unsafe (0..<strlen(real)).map { UInt8(bitPattern: unsafe real[$0]) }
        }
    }

    private static func checkFileSystem(_ directory: borrowing TreeDescriptor, _ name: String) throws {
        let type = try fileSystem(of: directory) ?? "unknown"
        guard ordinary.contains(type) else {
            throw ToolchainRefused("\(name): on a file system of type \(ASCII.escape(type)), no ordinary one")
        }
    }

    /// The type of the file system as proc(5) spells it: the mount of the descriptor, looked up in the list of mounts.
    private static func fileSystem(of directory: borrowing TreeDescriptor) throws -> String? {
        let place = try TreeDescriptor.directory(Array("/proc/self".utf8))
        let facts = try text(of: "fdinfo/\(directory.number)", in: place).split(separator: "\n")
        guard let mount = facts.first(where: { $0.hasPrefix("mnt_id:") })?.split(whereSeparator: \.isWhitespace).last,
            let line = try text(of: "mountinfo", in: place).split(separator: "\n").first(where: {
                $0.prefix { $0 != " " } == mount
            })
        else { return nil }
        let words = line.split(separator: " ")
        guard let dash = words.firstIndex(of: "-"), dash + 1 < words.endIndex else { return nil }
        return String(words[dash + 1])
    }

    private static func text(of name: String, in place: borrowing TreeDescriptor) throws -> String {
        let file = try place.open(Array(name.utf8), O_RDONLY, links: .refused)
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 64 << 10))
        while bytes.count < 16 << 20 {
            let count = try file.read(into: &buffer)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A directory of a toolchain that holds what is judged, or is held by it.
package enum ToolchainOverlap {
    /// The first of `others` that overlaps with a directory of a toolchain of `definition`, with that directory.
    ///
    /// A build could copy what was shipped, and call it a rebuild. What is not there overlaps with nothing.
    package static func first(
        of others: [[UInt8]],
        with definition: BuildDefinition
    ) -> (directory: [UInt8], other: [UInt8])? {
        let toolchains = [definition.toolchain, definition.secondToolchain].compactMap(\.self)
        let directories = toolchains.flatMap { toolchain in
            let base: [[UInt8]] = if case .rootFileSystem(let root) = toolchain.base { [root.path] } else { [] }
            return base + toolchain.directories.map(\.path)
        }
        for directory in directories {
            guard let real = ToolchainDirectory.resolved(directory) else { continue }
            for other in others {
                guard let place = ToolchainDirectory.resolved(other) else { continue }
                if contains(real, place) || contains(place, real) { return (directory, other) }
            }
        }
        return nil
    }

    private static func contains(_ outer: [UInt8], _ inner: [UInt8]) -> Bool {
        outer == inner || outer == [UInt8(ascii: "/")] || InsidePath.relative(inner, to: outer) != nil
    }
}
