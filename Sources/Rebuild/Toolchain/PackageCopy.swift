import CLinux
import Digests
import DirectorySource
import Encodings
import Glibc
import Verification

/// The files of Debian packages in a private directory: all that a build sees of a Debian system.
///
/// What is not there cannot be read, by whatever way; no list of opened files has to be believed for that. The bytes
/// that are hashed are the bytes that are copied.
struct PackageCopy: ~Copyable {
    /// The names at the top of a Debian system that are copied.
    private static let folders: Set<[UInt8]> = Set(
        ["usr", "etc", "bin", "sbin", "lib", "lib32", "lib64", "libx32"].map { Array($0.utf8) }
    )
    /// What belongs to a machine and its users, whoever made it.
    private static let leftOut: Set<[UInt8]> = Set(
        ["passwd", "group", "shadow", "gshadow", "ssl"].map { Array("/etc/\($0)".utf8) }
    )

    /// The links at the top, as `/bin` to `usr/bin`.
    private let links: [(path: [UInt8], target: [UInt8])]
    private let root: TreeDescriptor
    private var directories: Set<[UInt8]> = []
    /// What was copied, by the path at which a build sees it.
    private var copied: Set<[UInt8]> = []
    private var orders: [FileCopies.Order] = []

    /// What a line of the text says whose digest stands for a package.
    private enum Line {
        case file(order: Int)
        case link(target: [UInt8])
        case missing
        case other
    }

    /// Copies to `root`, an empty directory.
    init(to root: consuming TreeDescriptor, links: [(path: [UInt8], target: [UInt8])]) {
        self.root = root
        self.links = links
    }

    /// Copies packages; for each the SHA-256 that stands for it: that of a line for each of its files, ordered by path
    /// (docs/formats/build-definition.md, "digest of a package").
    mutating func add(_ packages: [DebianDatabase.Package], of database: DebianDatabase) throws -> [Digest] {
        var lists: [[(path: [UInt8], line: Line)]] = []
        for package in packages {
            var list: [(path: [UInt8], line: Line)] = []
            guard let files = database.files(of: package) else {
                throw ToolchainRefused("\(package.name): dpkg has no list of its files")
            }
            for path in files.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                if let line = try add(path) { list.append((path, line)) }
            }
            lists.append(list)
        }
        let here = [UInt8(ascii: ".")]
        let target = try root.open(here, clinux_path_only | O_DIRECTORY, links: .refused)
        let digests = try FileCopies.make(orders, to: target)
        return lists.map { SHA256.digest(of: PackageCopy.text($0, digests)) }
    }

    private static func text(_ list: [(path: [UInt8], line: Line)], _ digests: [Digest?]) -> [UInt8] {
        var text: [UInt8] = []
        for (path, line) in list {
            switch line {
            case .file(let order): text += Array((digests[order]?.hex ?? "other").utf8)
            case .link(let target): text += Array("link ".utf8) + TreePath.escape(target)
            case .missing: text += Array("missing".utf8)
            case .other: text += Array("other".utf8)
            }
            text += [UInt8(ascii: " ")] + TreePath.escape(path) + [UInt8(ascii: "\n")]
        }
        return text
    }

    /// Makes a directory or a link, or notes a file to be copied; nil for a directory.
    private mutating func add(_ path: [UInt8]) throws -> Line? {
        switch FileKind.at(path) {
        case .directory:
            if let place = place(of: path) { try makeDirectory(place) }
            return nil
        case .file(let mode, let time):
            var copy: [UInt8]?
            if let place = place(of: path), copied.insert(place).inserted {
                try makeParent(of: place)
                copy = Array(place.dropFirst())
            }
            orders.append(.init(path: path, place: copy, mode: mode, time: time))
            return .file(order: orders.count - 1)
        case .link(let target):
            try addLink(path, to: target)
            return .link(target: target)
        case .missing: return .missing
        case .other: return .other
        }
    }

    /// Makes the links of alternatives, as `/usr/bin/cc`, to the copied choice of highest priority.
    ///
    /// What else is installed on the machine, and what somebody chose there, decides nothing.
    mutating func add(_ alternatives: some Sequence<Alternative>) throws {
        for alternative in alternatives {
            let choices = alternative.choices.filter { copied.contains(InsidePath.followingTop($0.target, links)) }
            guard let best = choices.max(by: { $0.priority < $1.priority }) else { continue }
            for link in [best.link] + best.slaves {
                let shared = Array("/etc/alternatives/".utf8) + link.name
                guard copied.contains(InsidePath.followingTop(link.target, links)) else { continue }
                try addLink(shared, to: link.target)
                try addLink(link.path, to: shared)
            }
        }
    }

    /// Makes the links that package scripts made in directories of `/etc` between neighbours, as that in
    /// `/etc/dpkg/origins` by which the tools that make packages know the distribution.
    mutating func addNeighbourLinks() throws {
        for directory in directories where InsidePath.relative(directory, to: Array("/etc".utf8)) != nil {
            let names = (try? TreeDescriptor.directory(directory).list(ceiling: 10_000)).flatMap(\.self) ?? []
            for name in names {
                let place = directory + [UInt8(ascii: "/")] + name
                guard case .link(let target) = FileKind.at(place), !target.contains(UInt8(ascii: "/")),
                    copied.contains(directory + [UInt8(ascii: "/")] + target)
                else { continue }
                try addLink(place, to: target)
            }
        }
    }

    /// Makes the directory on which a declared one is seen.
    mutating func addPlace(for path: [UInt8]) throws {
        if let place = place(of: path) { try makeDirectory(place) }
    }

    /// Where a path of the system is seen; nil for one that is not copied.
    private func place(of path: [UInt8]) -> [UInt8]? {
        let place = InsidePath.followingTop(path, links)
        let components = place.split(separator: UInt8(ascii: "/"), maxSplits: 2).map(Array.init)
        guard let top = components.first, PackageCopy.folders.contains(top),
            !links.contains(where: { $0.path == place }),
            components.count < 2 || !PackageCopy.leftOut.contains([0x2F] + top + [0x2F] + components[1])
        else { return nil }
        return place
    }

    private mutating func addLink(_ path: [UInt8], to target: [UInt8]) throws {
        guard let place = place(of: path), !directories.contains(place), copied.insert(place).inserted else { return }
        try makeParent(of: place)
        try root.makeLink(Array(place.dropFirst()), to: target)
    }

    private mutating func makeParent(of place: [UInt8]) throws {
        guard let slash = place.lastIndex(of: UInt8(ascii: "/")), slash > 0 else { return }
        try makeDirectory(Array(place[..<slash]))
    }

    private mutating func makeDirectory(_ place: [UInt8]) throws {
        guard !directories.contains(place), !copied.contains(place) else { return }
        try makeParent(of: place)
        try root.makeDirectory(Array(place.dropFirst()))
        guard
            unsafe TreeDescriptor.withCString(Array(place.dropFirst()), { unsafe fchmodat(root.number, $0, 0o755, 0) })
                == 0
        else { throw BuildFileError("set the mode of", place) }
        directories.insert(place)
    }
}

/// What stands at a path of the system, without reading it.
enum FileKind {
    case directory
    case file(mode: mode_t, time: timespec)
    case link(target: [UInt8])
    case missing
    case other

    /// Looks at `path`; a link is not followed.
    static func at(_ path: [UInt8]) -> FileKind {
        var status = stat()
        guard unsafe TreeDescriptor.withCString(path, { unsafe lstat($0, &status) }) == 0 else { return .missing }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .directory
        case S_IFREG: return .file(mode: status.st_mode, time: status.st_mtim)
        case S_IFLNK:
            var target = [CChar](repeating: 0, count: 4097)
            let count = unsafe TreeDescriptor.withCString(path) { unsafe readlink($0, &target, target.count) }
            return count < 0 ? .missing : .link(target: target[..<count].map { UInt8(bitPattern: $0) })
        default: return .other
        }
    }
}
