import Attestations
package import BuildStatements
import Digests
import DirectorySource
import Encodings
import Glibc
import SourceManifest
import Verification

/// The toolchain of a definition is not here, or not as the definition says.
package struct ToolchainRefused: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is not so, with what was declared and what was found.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A toolchain that was found on this machine and checked.
package struct PreparedToolchain: Sendable {
    /// What it is made of, with a SHA-256 each.
    package private(set) var parts: [RebuildRecord.ToolchainPart]
    /// The architecture of Debian packages, for their names in provenance; nil for a root file system.
    package let isDebian: Bool
    private(set) var mounts: [SandboxPlan.Mount]
    let links: [(path: [UInt8], target: [UInt8])]
    /// Whether the accounts of the sandbox are mounted; a root file system has its own.
    let needsAccounts: Bool
    /// dpkg's knowledge, where the toolchain is of Debian packages.
    let database: DebianDatabase?
    /// The packages that were declared.
    let declared: [Text]
    /// The declared directories as the file system kept them before they were read.
    private var directories: [ToolchainDirectory]
    /// The copies of packages as the file system kept them when they were made, and where.
    private let copy: (state: TreeState, path: [UInt8])?

    private static let hidden: Set<[UInt8]> = Set(
        ["proc", "dev", "sys", "tmp", "run", "source", "build", ".vitrine", ".git", "vary"].map { Array($0.utf8) }
    )

    /// Finds and checks a toolchain: versions of packages, roots of directories.
    ///
    /// `makeRoom` makes an empty private directory for so many bytes of copies.
    init(
        _ toolchain: BuildDefinition.Toolchain,
        _ makeRoom: (UInt64) throws -> [UInt8]
    ) throws {
        switch toolchain.base {
        case .debianPackages(let packages):
            let database = try DebianDatabase()
            try PreparedToolchain.check(packages, database)
            let closure = database.closure(of: packages.map(\.name))
            let links = PreparedToolchain.topLinks()
            let path = try makeRoom(closure.reduce(0) { $0 + database.size(of: $1) })
            var copy = PackageCopy(to: try TreeDescriptor.directory(path), links: links)
            let parts = zip(closure, try copy.add(closure, of: database)).map { package, digest in
                RebuildRecord.ToolchainPart(name: package.name, version: package.version, digest: digest)
            }
            try copy.add(Alternative.all())
            try copy.addNeighbourLinks()
            for directory in toolchain.directories { try copy.addPlace(for: directory.path) }
            self.copy = (try TreeState(path), path)
            (self.parts, self.links, self.database) = (parts, links, database)
            mounts = try PreparedToolchain.system(closure, copiedTo: path)
            declared = packages.map(\.name)
            isDebian = true
            needsAccounts = true
            directories = []
        case .rootFileSystem(let directory):
            directories = [try ToolchainDirectory(directory.path)]
            parts = [try PreparedToolchain.check(directory, name: "root file system")]
            (mounts, links) = try PreparedToolchain.root(directory.path)
            (database, copy) = (nil, nil)
            declared = []
            isDebian = false
            needsAccounts = !mounts.contains { $0.inside == Array("/etc".utf8) }
        }
        for directory in toolchain.directories { try add(directory) }
    }

    private mutating func add(_ directory: BuildDefinition.Toolchain.HashedDirectory) throws {
        directories.append(try ToolchainDirectory(directory.path))
        parts.append(try PreparedToolchain.check(directory, name: PreparedToolchain.name(directory)))
        mounts.append(.init(outside: directory.path, inside: directory.path))
    }

    private static func name(_ directory: BuildDefinition.Toolchain.HashedDirectory) -> String {
        "directory \(ASCII.escape(directory.path, limit: 4096))"
    }

    /// Whether nothing of it was changed since it was prepared, not even to be put back.
    func isUnchanged(_ toolchain: BuildDefinition.Toolchain) -> Bool {
        if let copy, (try? TreeState(copy.path)) != copy.state { return false }
        var declared = toolchain.directories.map { ($0, PreparedToolchain.name($0)) }
        if case .rootFileSystem(let root) = toolchain.base { declared.insert((root, "root file system"), at: 0) }
        guard let states = try? declared.map({ try ToolchainDirectory($0.0.path) }), states == directories,
            let again = try? declared.map({ try PreparedToolchain.check($0.0, name: $0.1) })
        else { return false }
        return again == parts.suffix(again.count)
    }

    /// Where the file that is seen at `path` is on this machine, and the mount that covers it most closely; nil where
    /// nothing does.
    func place(of path: [UInt8]) -> (outside: [UInt8], mount: SandboxPlan.Mount)? {
        let covering = mounts.filter { $0.inside == path || InsidePath.relative(path, to: $0.inside) != nil }
        guard let mount = covering.max(by: { $0.inside.count < $1.inside.count }) else { return nil }
        return (mount.outside + path.dropFirst(mount.inside.count), mount)
    }

    private static func check(
        _ packages: [BuildDefinition.Toolchain.Package],
        _ database: DebianDatabase
    ) throws(ToolchainRefused) {
        for package in packages {
            guard let found = database.package(package.name) else {
                throw ToolchainRefused("\(package.name): not installed, declared \(package.version)")
            }
            guard found.version == package.version else {
                let versions = "declared \(package.version), installed \(ASCII.escape(found.version))"
                throw ToolchainRefused("\(package.name): version differs: \(versions)")
            }
        }
    }

    private static func check(
        _ directory: BuildDefinition.Toolchain.HashedDirectory,
        name: String
    ) throws -> RebuildRecord.ToolchainPart {
        let reading = try DirectorySource.read(directory.path)
        // What can gain no privilege in a sandbox, and what a root file system is bound to have.
        let harmless: Set<Finding.Rule> = [.setIDBit, .setIDDirectory]
        if let finding = reading.findings.first(where: { $0.effect == .fails && !harmless.contains($0.rule) }) {
            let path = finding.escapedPath ?? ""
            throw ToolchainRefused("\(ASCII.escape(directory.path)): \(finding.rule.rawValue): \(path)")
        }
        var hasher = SHA256()
        let root = reading.manifest.root(using: &hasher)
        guard root == directory.treeRoot else {
            let roots = "declared \(directory.treeRoot.hex), found \(root.hex)"
            throw ToolchainRefused("\(ASCII.escape(directory.path)): root differs: \(roots)")
        }
        return .init(name: Text(name), version: Text("root \(root.hex.prefix(12))"), digest: root)
    }

    /// The links at the top of this machine's Debian system.
    private static func topLinks() -> [(path: [UInt8], target: [UInt8])] {
        ["bin", "sbin", "lib", "lib32", "lib64", "libx32"].compactMap { name in
            let path = Array("/\(name)".utf8)
            if case .link(let target) = FileKind.at(path) { return (path, target) }
            return nil
        }
    }

    /// What stands at the top of the copies, and of `/etc` each name by itself: the accounts stand beside them.
    private static func system(
        _ closure: [DebianDatabase.Package],
        copiedTo path: [UInt8]
    ) throws -> [SandboxPlan.Mount] {
        let directory = try TreeDescriptor.directory(path)
        var mounts: [SandboxPlan.Mount] = []
        for name in try directory.list(ceiling: 1000) ?? [] {
            if name.elementsEqual("etc".utf8) {
                let etc = try directory.open(name, O_RDONLY | O_DIRECTORY, links: .refused)
                for inner in try etc.list(ceiling: 100_000) ?? [] {
                    let place = Array("/etc/".utf8) + inner
                    mounts.append(.init(outside: path + place, inside: place))
                }
            } else {
                mounts.append(.init(outside: path + [UInt8(ascii: "/")] + name, inside: [UInt8(ascii: "/")] + name))
            }
        }
        // The tools that make packages ask dpkg what is installed.
        if closure.contains(where: { $0.name == "dpkg-dev" }) {
            let dpkg = Array("/var/lib/dpkg".utf8)
            mounts.append(.init(outside: dpkg, inside: dpkg))
        }
        return mounts
    }

    /// Everything at the top of a root file system that a sandbox does not make itself.
    private static func root(
        _ path: [UInt8]
    ) throws -> (mounts: [SandboxPlan.Mount], links: [(path: [UInt8], target: [UInt8])]) {
        var mounts: [SandboxPlan.Mount] = []
        var links: [(path: [UInt8], target: [UInt8])] = []
        let directory = try TreeDescriptor.directory(path)
        for name in try directory.list(ceiling: 1000) ?? [] where !hidden.contains(name) {
            let outside = path + [UInt8(ascii: "/")] + name
            let inside = [UInt8(ascii: "/")] + name
            switch FileKind.at(outside) {
            case .directory, .file: mounts.append(.init(outside: outside, inside: inside))
            case .link(let target): links.append((inside, target))
            default: continue
            }
        }
        return (mounts, links)
    }
}
