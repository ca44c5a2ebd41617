import Attestations
package import BuildStatements
import Digests
import DirectorySource
package import Encodings
import Glibc
import SourceManifest
import Verification

/// What a build opened, each file by where it comes from.
package struct TraceReport: Sendable {
    /// Where a file that was opened comes from.
    package enum Origin: Hashable, Sendable {
        /// The sealed source.
        case sealed
        /// The toolchain: the package and its version, or the directory whose root was checked.
        case toolchain(name: Text, version: Text)
        /// The build itself.
        case produced
        /// Nothing that the definition declares.
        case unexplained
    }

    /// A file that was opened.
    package struct File: Hashable, Sendable {
        /// The raw path inside.
        package let path: [UInt8]
        /// Where it comes from.
        package let origin: Origin
        /// The SHA-256 of a file of the toolchain, or of one that nothing explains; nil where it cannot be read.
        package let digest: Digest?
    }

    /// The files, ordered by path.
    package private(set) var files: [File] = []
    /// The sealed files that were never opened, ordered by path.
    package private(set) var neverOpened: [TreePath] = []
    /// Attempts to reach a network, as strace wrote them.
    package let networkAttempts: [[UInt8]]
    /// Why the trace does not tell everything; nil where it does.
    package private(set) var gap: String?

    /// The counts of a rebuild record.
    package var counts: RebuildRecord.Trace {
        var counts = RebuildRecord.Trace()
        for file in files {
            switch file.origin {
            case .sealed: counts.openedSource += 1
            case .toolchain: counts.toolchainFiles += 1
            case .produced: counts.producedFiles += 1
            case .unexplained: counts.unexplained += 1
            }
        }
        counts.neverOpenedSource = UInt64(neverOpened.count)
        counts.networkAttempts = UInt64(networkAttempts.count)
        return counts
    }

    /// The files that nothing explains.
    package var unexplained: [File] { files.filter { $0.origin == .unexplained } }

    /// Sorts what was opened; `source` is where the sealed source was written on this machine.
    init(
        _ events: TraceEvents,
        _ manifest: Manifest,
        _ toolchain: PreparedToolchain,
        buildPath: String,
        source: [UInt8] = []
    ) {
        networkAttempts = events.networkAttempts
        gap = events.gap ?? (events.hidden.sorted().first.map { "the build used \($0), which hides what is read" })
        var sorter = OriginSorter(manifest, toolchain, buildPath: Array(buildPath.utf8), source: source)
        var found: [[UInt8]: File] = [:]
        var sealed: Set<Int> = []
        func add(_ path: [UInt8], isProduced: Bool) {
            guard let (file, entry) = sorter.sort(path, isProduced: isProduced) else { return }
            if let entry, file.origin == .sealed { sealed.insert(entry) }
            if found[file.path] == nil || file.origin != .produced { found[file.path] = file }
        }
        for path in events.opened { add(path, isProduced: false) }
        for path in events.readAfterWriting { add(path, isProduced: true) }
        for path in sorter.programs(events.started, unlessWritten: events.isWritten) {
            add(path, isProduced: events.isWritten(path))
        }
        for path in events.sockets.foreign where found[path]?.origin != .unexplained {
            found[path] = File(path: path, origin: .unexplained, digest: nil)
        }
        files = found.values.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        let never = (0..<manifest.count).filter { !sealed.contains($0) }
        neverOpened = never.map { manifest.path(at: $0) }
    }
}

/// Says of one path after the other where the file comes from.
private struct OriginSorter {
    private let manifest: Manifest
    private let toolchain: PreparedToolchain
    private let buildPath: [UInt8]
    private let source: [UInt8]
    /// The packages of the closure by the paths of their files, links of the top followed.
    private var owners: [[UInt8]: DebianDatabase.Package] = [:]
    private static let sourcePath = Array(SandboxPlan.sourcePath.utf8)

    init(_ manifest: Manifest, _ toolchain: PreparedToolchain, buildPath: [UInt8], source: [UInt8]) {
        self.source = source
        self.manifest = manifest
        self.toolchain = toolchain
        self.buildPath = buildPath
        guard let database = toolchain.database else { return }
        // Only what stands in the record: a package that is merely installed explains nothing.
        for package in toolchain.parts.compactMap({ database.package($0.name) }) {
            for path in database.files(of: package) ?? [] { owners[followingTop(path)] = package }
        }
    }

    /// The file at `path` with its origin, and the number of the manifest's entry for a sealed one; nil for a directory
    /// and for what the system makes up, as below `/proc`.
    mutating func sort(_ path: [UInt8], isProduced: Bool) -> (file: TraceReport.File, entry: Int?)? {
        for folder in ["/proc", "/dev", "/sys"] where isAt(path, folder) && !isAt(path, "/dev/shm") { return nil }
        // The accounts that the sandbox makes up are the same everywhere.
        if toolchain.needsAccounts, isAt(path, "/etc/passwd") || isAt(path, "/etc/group") { return nil }
        if isAt(path, "/tmp") || isAt(path, "/dev/shm") || path.starts(with: "/memfd:".utf8) {
            return (.init(path: path, origin: .produced, digest: nil), nil)
        }
        for folder in [buildPath, OriginSorter.sourcePath] {
            if path == folder { return nil }
            guard let inner = InsidePath.relative(path, to: folder) else { continue }
            // Only here can a build have made something: a name elsewhere explains nothing.
            if isProduced, folder == buildPath { return (.init(path: path, origin: .produced, digest: nil), nil) }
            guard let sealed = try? TreePath(inner) else {
                return (.init(path: path, origin: .produced, digest: nil), nil)
            }
            if let index = manifest.index(of: sealed) {
                return (.init(path: path, origin: .sealed, digest: nil), index)
            }
            if !manifest.range(beneath: sealed).isEmpty { return nil }
            return (.init(path: path, origin: .produced, digest: nil), nil)
        }
        return sortForeign(path).map { ($0, nil) }
    }

    private func sortForeign(_ path: [UInt8]) -> TraceReport.File? {
        let (outside, mount) = place(of: path)
        var look = FileDigest()
        guard let outside else { return .init(path: path, origin: .unexplained, digest: nil) }
        if case .directory = FileKind.at(outside) { return nil }
        let digest = look.digest(of: outside)
        if let part = checkedPart(mount) {
            return .init(path: path, origin: .toolchain(name: part.name, version: part.version), digest: digest)
        }
        if let owner = owners[followingTop(path)] {
            let origin = TraceReport.Origin.toolchain(name: owner.name, version: owner.version)
            return .init(path: path, origin: origin, digest: digest)
        }
        if isAt(path, "/var/lib/dpkg"), let dpkg = toolchain.database?.package("dpkg") {
            return .init(path: path, origin: .toolchain(name: dpkg.name, version: dpkg.version), digest: digest)
        }
        return .init(path: path, origin: .unexplained, digest: digest)
    }

    /// The part of the toolchain whose root was checked and that the mount belongs to.
    private func checkedPart(_ mount: SandboxPlan.Mount?) -> RebuildRecord.ToolchainPart? {
        guard let mount else { return nil }
        if !toolchain.isDebian { return toolchain.parts.first }
        let name = Text("directory \(ASCII.escape(mount.outside, limit: 4096))")
        return toolchain.parts.first { $0.name == name }
    }

    /// Where the file is outside, and by which mount; nothing where no mount covers it.
    private func place(of path: [UInt8]) -> (outside: [UInt8]?, mount: SandboxPlan.Mount?) {
        let place = toolchain.place(of: followingTop(path))
        return (place?.outside, place?.mount)
    }

    private func followingTop(_ path: [UInt8]) -> [UInt8] { InsidePath.followingTop(path, toolchain.links) }

    /// Where a sealed file stands that is seen at `path`; nil for anything else.
    private func sealedCopy(of path: [UInt8]) -> [UInt8]? {
        let inner = [buildPath, OriginSorter.sourcePath].lazy.compactMap { InsidePath.relative(path, to: $0) }.first
        guard let inner, !source.isEmpty, let sealed = try? TreePath(inner), manifest.index(of: sealed) != nil else {
            return nil
        }
        return source + [UInt8(ascii: "/")] + inner
    }

    /// The programs that were run, where their names lead, and what runs them: the interpreter of a script, the loader.
    func programs(_ started: Set<[UInt8]>, unlessWritten isWritten: ([UInt8]) -> Bool) -> Set<[UInt8]> {
        var programs: Set<[UInt8]> = []
        var waiting = Array(started)
        while let path = waiting.popLast() {
            let path = resolved(path)
            guard let path, programs.insert(path).inserted else { continue }
            let outside = place(of: path).outside ?? (isWritten(path) ? nil : sealedCopy(of: path))
            if let outside, let interpreter = ProgramFile.interpreter(of: outside) { waiting.append(interpreter) }
        }
        return programs
    }

    /// Where the links of the toolchain lead; nil for what is not there, and for links that lead in a circle.
    private func resolved(_ path: [UInt8]) -> [UInt8]? {
        var waiting = path.split(separator: UInt8(ascii: "/")).map(Array.init)[...]
        var done: [UInt8] = []
        var linkCount = 0
        while let component = waiting.popFirst() {
            if component.elementsEqual(".".utf8) { continue }
            if component.elementsEqual("..".utf8) {
                done = Array(done[..<(done.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
                continue
            }
            let next = done + [UInt8(ascii: "/")] + component
            if let link = toolchain.links.first(where: { $0.path == next }) {
                waiting = link.target.split(separator: UInt8(ascii: "/")).map(Array.init)[...] + waiting
                done = []
                continue
            }
            guard let outside = place(of: next).outside else {
                done = next
                continue
            }
            switch FileKind.at(outside) {
            case .missing: return nil
            case .link(let target):
                linkCount += 1
                guard linkCount <= 40 else { return nil }
                waiting = target.split(separator: UInt8(ascii: "/")).map(Array.init)[...] + waiting
                if target.first == UInt8(ascii: "/") { done = [] }
            case .directory, .file, .other: done = next
            }
        }
        return done
    }

    private func isAt(_ path: [UInt8], _ folder: String) -> Bool {
        path.elementsEqual(folder.utf8) || InsidePath.relative(path, to: Array(folder.utf8)) != nil
    }
}

/// What the system reads of a program before it runs it.
private enum ProgramFile {
    /// The interpreter of a script, or the loader of an ELF file; nil where there is none.
    static func interpreter(of path: [UInt8]) -> [UInt8]? {
        guard let file = try? FileDescriptor.open(path, for: .reading) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4096)
        guard let count = try? file.read(into: &bytes), count > 2 else { return nil }
        if bytes.starts(with: "#!".utf8) {
            let line = bytes[2..<count].prefix { $0 != 0x0A }
            let name = line.drop { $0 == 0x20 || $0 == 0x09 }.prefix { $0 != 0x20 && $0 != 0x09 }
            return name.first == UInt8(ascii: "/") ? InsidePath.normal(Array(name), in: []) : nil
        }
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { return nil }
        // ELF-64: e_phoff at 32, e_phentsize at 54, e_phnum at 56; PT_INTERP is 3.
        func number(_ place: Int, _ size: Int) -> Int? {
            guard place >= 0, place + size <= count else { return nil }
            let value = (0..<size).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
            return Int(exactly: value)
        }
        guard let table = number(32, 8), let entry = number(54, 2), let entries = number(56, 2), table < count else {
            return nil
        }
        for index in 0..<min(entries, 64) {
            let place = table + index * entry
            guard number(place, 4) == 3, let offset = number(place + 8, 8), let size = number(place + 32, 8),
                size > 1, size <= count, offset <= count - size
            else { continue }
            return InsidePath.normal(bytes[offset..<(offset + size)].prefix { $0 != 0 }.map(\.self), in: [])
        }
        return nil
    }
}

extension TraceReport {
    /// The report as one JSON object, for `files.json` (docs/formats/rebuild-output.md).
    package var json: JSON {
        .object([
            .init("format", .string("vitrine-trace/v1")),
            .init("gap", gap.map { .string($0) } ?? .null),
            .init("files", .array(files.map(\.json))),
            .init("neverOpened", .array(neverOpened.map { .string($0.escaped) })),
            .init("networkAttempts", .array(networkAttempts.map { .string(ASCII.escape($0)) })),
        ])
    }
}

extension TraceReport.File {
    fileprivate var json: JSON {
        var members: [JSON.Member] = [.init("path", .string(Text(ASCII.escape(path, limit: 4096))))]
        switch origin {
        case .sealed: members.append(.init("origin", .string("source")))
        case .produced: members.append(.init("origin", .string("produced")))
        case .unexplained: members.append(.init("origin", .string("unexplained")))
        case .toolchain(let name, let version):
            members += [
                .init("origin", .string("toolchain")), .init("package", .string(name)),
                .init("version", .string(version)),
            ]
        }
        if let digest { members.append(.init("sha256", .string(digest.hex))) }
        return .object(members)
    }
}
