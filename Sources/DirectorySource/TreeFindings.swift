import Attestations
import Encodings
import Verification

/// The findings of one walk, one after the other in the order of paths.
struct TreeFindings {
    /// The most findings of one kind that name their path; a last one says how many more there are.
    private static let ceiling = 1000

    private(set) var findings: [Finding] = []
    private var counts: [Finding.Rule: Int] = [:]
    // Files that share unusual permission bits: how many, and the first.
    private var extraBits: [UInt16: (count: Int, first: [UInt8])] = [:]

    /// Adds a finding, unless there are very many of its rule.
    mutating func add(_ finding: Finding) {
        add(finding.rule) { finding }
    }

    /// Adds a finding of `rule`, which is not even made when there are very many.
    mutating func add(_ rule: Finding.Rule, _ make: () -> Finding) {
        counts[rule, default: 0] += 1
        guard counts[rule, default: 0] <= TreeFindings.ceiling else { return }
        findings.append(make())
    }

    /// Counts findings of `rule` that nobody can name any more.
    mutating func add(_ rule: Finding.Rule, unlisted count: Int) {
        guard count > 0 else { return }
        counts[rule, default: 0] += count
        // Below the ceiling the last line would not be written.
        counts[rule] = max(counts[rule] ?? 0, TreeFindings.ceiling + count)
    }

    /// Looks at the permission bits of the file at `path`.
    mutating func lookAt(permissions: UInt16, of path: [UInt8]) {
        if permissions & 0o7000 != 0 {
            add(Finding(.setIDBit, path: path, found: "permissions \(octal(permissions))"))
        }
        let plain = permissions & 0o777
        guard plain != 0o644, plain != 0o755 else { return }
        let (count, first) = extraBits[plain] ?? (0, path)
        extraBits[plain] = (count + 1, first)
    }

    /// Looks for files with more names than the walk met.
    mutating func lookAt(_ names: [LinkedName]) {
        var met: [FileStatus.Identity: Int] = [:]
        for name in names {
            met[name.identity, default: 0] += 1
        }
        let outside = names.filter { UInt64(met[$0.identity] ?? 0) < $0.links }
        guard let first = outside.min(by: { $0.path.lexicographicallyPrecedes($1.path) }) else { return }
        add(
            Finding(
                .hardLinkOutside,
                path: first.path,
                found: "\(outside.count) \(outside.count == 1 ? "path" : "paths") with a name outside the tree, "
                    + "this one first"
            )
        )
    }

    /// Adds what was seen during the walk.
    mutating func add(_ observations: [Observation]) {
        let ordered = observations.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        for observation in ordered {
            add(observation.finding)
        }
    }

    /// All findings, with those that stand for many.
    consuming func finish() -> [Finding] {
        for (bits, files) in extraBits.sorted(by: { $0.key < $1.key }) {
            let count = "\(files.count) \(files.count == 1 ? "file" : "files")"
            add(
                Finding(
                    .extraPermissionBits,
                    path: files.first,
                    found: "\(count) with permissions \(octal(bits)), this one first"
                )
            )
        }
        for rule in Finding.Rule.allCases {
            guard let count = counts[rule], count > TreeFindings.ceiling else { continue }
            findings.append(Finding(rule, found: "\(count - TreeFindings.ceiling) more paths like this"))
        }
        return findings
    }

    private func octal(_ permissions: UInt16) -> String {
        let digits = String(permissions, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension Observation {
    /// What a reader of the verdict is told.
    fileprivate var finding: Finding {
        // The root has no path beneath itself.
        let path = path.isEmpty ? nil : path
        return switch fact {
        case .specialFile(let kind): Finding(.specialFile, path: path, found: kind.rawValue)
        case .setIDDirectory(let permissions):
            Finding(.setIDDirectory, path: path, found: "permissions \(String(permissions, radix: 8))")
        case .unreadable(let error):
            Finding(.unreadable, path: path, found: "cannot \(error.operation.rawValue): \(error.reason)")
        case .changedWhileReading(let change): Finding(.changedWhileReading, path: path, found: change.rawValue)
        case .tooManyNames:
            Finding(.pathNotRepresentable, path: path, found: "a directory with more than 4 GiB of names")
        case .pathNotRepresentable(let reason): Finding(.pathNotRepresentable, path: path, found: reason.rawValue)
        case .nestedGitDirectory: Finding(.nestedGitDirectory, path: path)
        case .notAGitFile:
            Finding(
                .nestedGitDirectory,
                path: path,
                found: "a file that is not one line of `gitdir: ` and a path",
                cause: "something was put where nobody compares: git's own file is left out",
                next: "read a fresh copy"
            )
        case .emptyDirectory: Finding(.emptyDirectory, path: path)
        case .attributesTooLarge(let size):
            Finding(.byteChangingAttribute, path: path, found: "\(size) bytes of attributes, too many to be read")
        }
    }
}
