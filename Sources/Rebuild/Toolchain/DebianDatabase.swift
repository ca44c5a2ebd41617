import CLinux
import Digests
import DirectorySource
import Encodings
import Glibc
import Verification

/// What dpkg knows of the packages on this machine: its status file and its lists of files.
struct DebianDatabase: Sendable {
    /// An installed package.
    struct Package: Sendable {
        let name: Text
        let version: Text
        let architecture: Text
        /// What it needs: of each group one.
        fileprivate let needs: [[Text]]
        fileprivate let provides: [Text]
        /// Whether every package may use it without saying so.
        fileprivate let isEssential: Bool
    }

    private static let statusCeiling = 64 << 20
    private static let listCeiling = 32 << 20

    /// dpkg's directory.
    let folder: String
    private let packages: [Text: Package]
    private let providers: [Text: [Text]]

    /// Reads the status file of dpkg's directory.
    init(folder: String = "/var/lib/dpkg") throws(ToolchainRefused) {
        let content: [UInt8]
        do throws(DescriptorError) {
            content = try BoundedFile.read(Array("\(folder)/status".utf8), ceiling: DebianDatabase.statusCeiling)
        } catch { throw ToolchainRefused("\(error)") }
        self.folder = folder
        var packages: [Text: Package] = [:]
        var providers: [Text: [Text]] = [:]
        for package in DebianDatabase.parse(content) {
            // Of several architectures the first one, which dpkg lists as the native one.
            if packages[package.name] == nil { packages[package.name] = package }
            for name in package.provides { providers[name, default: []].append(package.name) }
        }
        self.packages = packages
        self.providers = providers
    }

    /// The installed package of that name; nil where it is not installed.
    func package(_ name: Text) -> Package? { packages[name] }

    /// The packages of those names, the essential ones, which no package names among its needs, tzdata, and everything
    /// they need that is installed, ordered by name.
    func closure(of names: [Text]) -> [Package] {
        var closure: [Text: Package] = [:]
        // The time zone that the sandbox sets is read from tzdata.
        var waiting = names + ["tzdata"] + packages.values.filter(\.isEssential).map(\.name)
        while let name = waiting.popLast() {
            guard closure[name] == nil, let package = packages[name] else { continue }
            closure[name] = package
            for group in package.needs {
                for need in group {
                    if packages[need] != nil { waiting.append(need) } else { waiting += providers[need] ?? [] }
                }
            }
        }
        return closure.values.sorted { $0.name < $1.name }
    }

    /// All installed packages, ordered by name.
    var all: [Package] { packages.values.sorted { $0.name < $1.name } }

    /// The paths of the package's files and directories; nil where dpkg has no list, and nobody knows them.
    func files(of package: Package) -> [[UInt8]]? {
        for name in ["\(package.name)", "\(package.name):\(package.architecture)"] {
            let path = Array("\(folder)/info/\(name).list".utf8)
            guard let content = try? BoundedFile.read(path, ceiling: DebianDatabase.listCeiling) else { continue }
            return content.split(separator: UInt8(ascii: "\n")).map(Array.init)
        }
        return nil
    }

    /// The bytes of the package's files.
    func size(of package: Package) -> UInt64 {
        (files(of: package) ?? []).reduce(0) { sum, path in
            var status = stat()
            guard unsafe TreeDescriptor.withCString(path, { unsafe lstat($0, &status) }) == 0,
                status.st_mode & S_IFMT == S_IFREG
            else { return sum }
            return sum + UInt64(max(0, status.st_size))
        }
    }

    /// Reads paragraphs of fields; of each installed package the fields that matter here.
    static func parse(_ content: [UInt8]) -> [Package] {
        var packages: [Package] = []
        var fields: [Text: [UInt8]] = [:]
        func end() {
            defer { fields = [:] }
            guard let status = fields["Status"], isInstalled(status),
                let name = fields["Package"].flatMap({ Text(utf8: $0) }),
                let version = fields["Version"].flatMap({ Text(utf8: $0) }),
                let architecture = fields["Architecture"].flatMap({ Text(utf8: $0) })
            else { return }
            let needs = relation(fields["Pre-Depends"]) + relation(fields["Depends"])
            let provides = relation(fields["Provides"]).flatMap(\.self)
            packages.append(
                Package(
                    name: name,
                    version: version,
                    architecture: architecture,
                    needs: needs,
                    provides: provides,
                    isEssential: fields["Essential"]?.elementsEqual("yes".utf8) == true
                )
            )
        }
        for line in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.isEmpty {
                end()
            } else if line.first != UInt8(ascii: " "), let colon = line.firstIndex(of: UInt8(ascii: ":")),
                let name = Text(utf8: Array(line[..<colon]))
            {
                fields[name] = Array(line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") })
            }
        }
        end()
        return packages
    }

    /// Whether a package's files are all there: `install ok installed`, or with triggers of others to come.
    private static func isInstalled(_ status: [UInt8]) -> Bool {
        let words = status.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        return words.count == 3 && ["install", "hold"].contains(words[0]) && words[1] == "ok"
            && ["installed", "triggers-awaited", "triggers-pending"].contains(words[2])
    }

    /// `a (>= 1) | b, c:any` as `[[a, b], [c]]`.
    private static func relation(_ field: [UInt8]?) -> [[Text]] {
        (field ?? []).split(separator: UInt8(ascii: ",")).map { group in
            group.split(separator: UInt8(ascii: "|")).compactMap { choice in
                let name = choice.drop { $0 == UInt8(ascii: " ") }.prefix { byte in
                    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || "+-.".utf8.contains(byte)
                }
                return Text(utf8: Array(name))
            }
        }
    }
}

/// Hashes files of the toolchain by their path.
struct FileDigest: ~Copyable {
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    private var hash = SHA256()

    /// The SHA-256 of the file at `path`, links followed; nil where it cannot be read.
    mutating func digest(of path: [UInt8]) -> Digest? {
        guard let file = try? FileDescriptor.open(path, for: .reading) else { return nil }
        while true {
            guard let count = try? file.read(into: &buffer) else {
                _ = hash.finish()
                return nil
            }
            if count == 0 { return hash.finish() }
            let piece = buffer[..<count]
            hash.update(piece.span)
        }
    }
}
