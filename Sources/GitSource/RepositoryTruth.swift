import DirectorySource
import Encodings
import GitWorker
import Glibc
import Verification

/// Looks for the settings of a repository that make git show something else than the objects hold.
///
/// Plain files are read, none is obeyed. docs/threat-model.md tells what each can hide.
struct RepositoryTruth {
    private static let maximumByteCount = 64 << 20
    /// Files that people write by hand are read up to here, in bytes.
    private static let maximumListByteCount = 1 << 20
    private static let maximumListed = 20

    private let places: RepositoryPlaces
    private var findings: [Finding] = []

    /// The findings about the repository at `places`.
    static func findings(of places: RepositoryPlaces) -> [Finding] {
        var truth = RepositoryTruth(places: places)
        truth.lookAtOwner()
        truth.lookAtReplaceRefs()
        truth.lookAtLines(of: "info/grafts", .graft)
        truth.lookAtLines(of: "shallow", .shallow)
        truth.lookAtLines(of: "objects/info/alternates", .alternates)
        truth.lookAtLines(of: "info/attributes", .infoAttributes)
        truth.lookAtLines(of: "info/exclude", .infoExclude)
        truth.lookAtIndex()
        return truth.findings
    }

    private init(places: RepositoryPlaces) {
        self.places = places
    }

    /// git opens no repository of another user unless told to, since its settings can start programs; we obey none.
    private mutating func lookAtOwner() {
        guard let directory = try? FileDescriptor.open(places.gitDirectory, for: .listing),
            let status = try? directory.status(), status.owner != geteuid()
        else { return }
        findings.append(Finding(.foreignOwner, found: "user \(status.owner) owns it, and you are \(geteuid())"))
    }

    /// `git show` and `git archive` obey replace refs in silence; ids and `git status` stay as they were.
    private mutating func lookAtReplaceRefs() {
        var names = Set(looseReplaceRefs())
        let packed = content("packed-refs", of: places.commonDirectory, .replaceRef) ?? []
        for line in Lines(of: packed) {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { continue }
            let name = line[(space + 1)...]
            if name.starts(with: "refs/replace/".utf8) { names.insert(Array(name)) }
        }
        for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }).prefix(RepositoryTruth.maximumListed) {
            findings.append(Finding(.replaceRef, found: ASCII.escape(name)))
        }
        let more = names.count - RepositoryTruth.maximumListed
        if more > 0 { findings.append(Finding(.replaceRef, found: "and \(more) more replace refs")) }
    }

    private mutating func looseReplaceRefs() -> [[UInt8]] {
        let directory = places.commonDirectory + Array("refs/replace".utf8)
        do {
            return try DirectoryNames.read(directory).map { Array("refs/replace/".utf8) + $0 }
        } catch let error as DescriptorError where error.isMissing {
            return []
        } catch {
            findings.append(Finding(.replaceRef, found: "refs/replace cannot be read: \(error)"))
            return []
        }
    }

    /// One finding for a file that holds more than comments: its number of lines and the first.
    private mutating func lookAtLines(of name: String, _ rule: Finding.Rule) {
        let limit = RepositoryTruth.maximumListByteCount
        guard let content = content(name, of: places.commonDirectory, rule, limit: limit) else { return }
        var count = 0
        var first: ArraySlice<UInt8>?
        for line in Lines(of: content) {
            let start = line.first { $0 != 0x20 && $0 != 0x09 }
            guard start != nil, start != UInt8(ascii: "#") else { continue }
            count += 1
            first = first ?? line
        }
        guard let first else { return }
        let shown = ASCII.escape(first.prefix(200))
        let more = count > 1 ? " (and \(count - 1) more)" : ""
        findings.append(Finding(rule, found: "\(name): \(shown)\(more)"))
    }

    private mutating func lookAtIndex() {
        guard let content = content("index", of: places.gitDirectory, .skipWorktree) else { return }
        do throws(IndexFlags.Malformed) {
            let flags = try IndexFlags(content)
            add(flags.skipWorktree, .skipWorktree)
            add(flags.assumeUnchanged, .assumeUnchanged)
        } catch {
            findings.append(Finding(.skipWorktree, found: "the index cannot be read: \(error.rawValue)"))
        }
    }

    private mutating func add(_ paths: [[UInt8]], _ rule: Finding.Rule) {
        for path in paths.prefix(RepositoryTruth.maximumListed) {
            findings.append(Finding(rule, path: path))
        }
        let more = paths.count - RepositoryTruth.maximumListed
        if more > 0 { findings.append(Finding(rule, found: "and \(more) more paths")) }
    }

    /// The content of a file of the repository; nil when there is none, and a finding when it cannot be read.
    private mutating func content(
        _ name: String,
        of directory: [UInt8],
        _ rule: Finding.Rule,
        limit: Int = maximumByteCount
    ) -> [UInt8]? {
        do throws(DescriptorError) {
            return try BoundedFile.read(directory + Array(name.utf8), ceiling: limit)
        } catch {
            if !error.isMissing { findings.append(Finding(rule, found: "\(name) cannot be read: \(error)")) }
            return nil
        }
    }
}
