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
    package let parts: [RebuildRecord.ToolchainPart]
    /// The architecture of Debian packages, for their names in provenance; nil for a root file system.
    package let isDebian: Bool
    let mounts: [SandboxPlan.Mount]
    let links: [(path: [UInt8], target: [UInt8])]
    /// Whether the accounts of the sandbox are mounted; a root file system has its own.
    let needsAccounts: Bool
    /// dpkg's knowledge, where the toolchain is of Debian packages.
    let database: DebianDatabase?
    /// The packages that were declared.
    let declared: [Text]
    /// The declared directories as the file system kept them before they were read.
    let directories: [ToolchainDirectory]

    private static let hidden: Set<[UInt8]> = Set(
        ["proc", "dev", "sys", "tmp", "run", "source", "build", ".vitrine", ".git", "vary"].map { Array($0.utf8) }
    )

    /// Finds and checks a toolchain: versions of packages, roots of directories.
    package init(_ toolchain: BuildDefinition.Toolchain) throws {
        var parts: [RebuildRecord.ToolchainPart] = []
        var mounts: [SandboxPlan.Mount] = []
        var directories: [ToolchainDirectory] = []
        switch toolchain.base {
        case .debianPackages(let packages):
            let database = try DebianDatabase()
            try PreparedToolchain.check(packages, database)
            let closure = database.closure(of: packages.map(\.name))
            parts = closure.map { package in
                .init(name: package.name, version: package.version, digest: database.digest(of: package))
            }
            (mounts, links) = PreparedToolchain.system(closure, database)
            self.database = database
            declared = packages.map(\.name)
            isDebian = true
            needsAccounts = true
        case .rootFileSystem(let directory):
            directories.append(try ToolchainDirectory(directory.path))
            parts = [try PreparedToolchain.check(directory, name: "root file system")]
            (mounts, links) = try PreparedToolchain.root(directory.path)
            database = nil
            declared = []
            isDebian = false
            needsAccounts = !mounts.contains { $0.inside == Array("/etc".utf8) }
        }
        for directory in toolchain.directories {
            let name = "directory \(ASCII.escape(directory.path, limit: 4096))"
            directories.append(try ToolchainDirectory(directory.path))
            parts.append(try PreparedToolchain.check(directory, name: name))
            mounts.append(.init(outside: directory.path, inside: directory.path))
        }
        self.parts = parts
        self.mounts = mounts
        self.directories = directories
    }

    /// Where the file that is seen at `path` is on this machine, and the mount that covers it most closely; nil where
    /// nothing does.
    func place(of path: [UInt8]) -> (outside: [UInt8], mount: SandboxPlan.Mount)? {
        let covering = mounts.filter { $0.inside == path || TracePath.relative(path, to: $0.inside) != nil }
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

    /// `/usr` and what a Debian system has beside it; of `/etc` what belongs to the packages.
    private static func system(
        _ closure: [DebianDatabase.Package],
        _ database: DebianDatabase
    ) -> (mounts: [SandboxPlan.Mount], links: [(path: [UInt8], target: [UInt8])]) {
        var mounts = [mount("/usr")]
        var links: [(path: [UInt8], target: [UInt8])] = []
        var look = FileDigest()
        for name in ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] {
            let path = Array("/\(name)".utf8)
            switch look.look(at: path) {
            case .link(let target): links.append((path, target))
            case .directory: mounts.append(mount("/\(name)"))
            default: continue
            }
        }
        var names: Set<[UInt8]> = [Array("alternatives".utf8)]
        for package in closure {
            for path in database.files(of: package) {
                guard let inner = TracePath.relative(path, to: Array("/etc".utf8)) else { continue }
                names.insert(Array(inner.prefix { $0 != UInt8(ascii: "/") }))
            }
        }
        names.subtract(["passwd", "group", "shadow", "gshadow", "ssl"].map { Array($0.utf8) })
        for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let path = Array("/etc/".utf8) + name
            switch look.look(at: path) {
            case .directory, .file: mounts.append(.init(outside: path, inside: path))
            default: continue
            }
        }
        // The tools that make packages ask dpkg what is installed.
        if closure.contains(where: { $0.name == "dpkg-dev" }) { mounts.append(mount("/var/lib/dpkg")) }
        return (mounts, links)
    }

    /// Everything at the top of a root file system that a sandbox does not make itself.
    private static func root(
        _ path: [UInt8]
    ) throws -> (mounts: [SandboxPlan.Mount], links: [(path: [UInt8], target: [UInt8])]) {
        var mounts: [SandboxPlan.Mount] = []
        var links: [(path: [UInt8], target: [UInt8])] = []
        let directory = try TreeDescriptor.directory(path)
        var look = FileDigest()
        for name in try directory.list(ceiling: 1000) ?? [] where !hidden.contains(name) {
            let outside = path + [UInt8(ascii: "/")] + name
            let inside = [UInt8(ascii: "/")] + name
            switch look.look(at: outside) {
            case .directory, .file: mounts.append(.init(outside: outside, inside: inside))
            case .link(let target): links.append((inside, target))
            default: continue
            }
        }
        return (mounts, links)
    }

    private static func mount(_ path: String) -> SandboxPlan.Mount {
        .init(outside: Array(path.utf8), inside: Array(path.utf8))
    }
}
