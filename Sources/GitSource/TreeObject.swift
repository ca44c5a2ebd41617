import Digests
import Encodings
import Verification

/// The mode of a tree entry; git writes five spellings, and no other is read.
enum TreeEntryMode: UInt8 {
    case directory
    case file
    case executable
    case symbolicLink
    case submodule

    /// Reads the canonical spelling; nil for any other (`040000`, `100664`, `0`).
    init?(spelling: ArraySlice<UInt8>) {
        switch String(decoding: spelling, as: UTF8.self) {
        case "40000": self = .directory
        case "100644": self = .file
        case "100755": self = .executable
        case "120000": self = .symbolicLink
        case "160000": self = .submodule
        default: return nil
        }
    }
}

/// The rule that the bytes of a tree object break.
///
/// libgit2 walks such trees without a word (docs/threat-model.md), which is why we read trees ourselves.
enum MalformedTreeObject: Error, Hashable {
    case truncatedEntry
    case unknownMode([UInt8])
    case badName(MalformedTreePath)
    case slashInName
    case nameThatGitForbids
    case unordered
    case duplicate
    case fileAndDirectory

    /// The rule for people; `name` of a mode is escaped.
    var explanation: String {
        switch self {
        case .truncatedEntry: "an entry is cut off"
        case .unknownMode(let mode):
            "a mode git does not write: \(ASCII.escape(mode))"
        case .badName(let rule): rule.rawValue
        case .slashInName: "a name holds a slash"
        case .nameThatGitForbids: "a name that some file system takes for .git, or a link named .gitmodules"
        case .unordered: "entries out of order"
        case .duplicate: "a name twice"
        case .fileAndDirectory: "a file and a directory of one name"
        }
    }
}

/// Reads the entries of a tree object from its raw bytes (git's "tree" format: mode SP name NUL 20-byte id).
enum TreeObject {
    /// Calls `receive` with each entry, in order; throws the first rule that is broken, and with which name.
    static func forEachEntry(
        of content: [UInt8],
        _ receive: (TreeEntryMode, Range<Int>, GitObjectID) -> Void
    ) throws(BadTree) {
        var order = TreeOrder()
        var offset = 0
        while offset < content.count {
            guard let space = content[offset...].prefix(7).firstIndex(of: UInt8(ascii: " ")),
                let end = content[space...].firstIndex(of: 0), content.count - end > GitObjectID.byteCount,
                let id = GitObjectID(content.span.extracting(end + 1..<end + 1 + GitObjectID.byteCount))
            else { throw BadTree(.truncatedEntry, name: []) }
            let name = space + 1..<end
            let broken = { (rule: MalformedTreeObject) in BadTree(rule, name: Array(content[name])) }
            guard let mode = TreeEntryMode(spelling: content[offset..<space]) else {
                throw broken(.unknownMode(Array(content[offset..<space])))
            }
            if let rule = TreeEntryName.brokenRule(content, name, mode) { throw broken(rule) }
            if let rule = order.brokenRule(content, name, isDirectory: mode == .directory) { throw broken(rule) }
            receive(mode, name, id)
            offset = end + 1 + GitObjectID.byteCount
        }
    }
}

/// A tree object that breaks a rule, and the name of the entry that does.
struct BadTree: Error, Hashable {
    let rule: MalformedTreeObject
    let name: [UInt8]

    init(_ rule: MalformedTreeObject, name: [UInt8]) {
        self.rule = rule
        self.name = name
    }
}

/// The rules for one name.
enum TreeEntryName {
    /// The rule that the name at `range` breaks; nil for a good one.
    static func brokenRule(
        _ content: [UInt8],
        _ range: Range<Int>,
        _ mode: TreeEntryMode
    ) -> MalformedTreeObject? {
        if content[range].contains(UInt8(ascii: "/")) { return .slashInName }
        do throws(MalformedTreePath) {
            try TreePath.checkComponent(content.span, range)
        } catch {
            return .badName(error == .emptyComponent ? .empty : error)
        }
        guard range.count <= TreePath.maximumByteCount else { return .badName(.tooLong) }
        return isForbidden(content[range], mode) ? .nameThatGitForbids : nil
    }

    /// Whether git refuses to check the name out because HFS+ or NTFS reads it as `.git` (git's `verify_path`).
    private static func isForbidden(_ name: ArraySlice<UInt8>, _ mode: TreeEntryMode) -> Bool {
        guard let first = name.first, first == UInt8(ascii: ".") || first | 0x20 == UInt8(ascii: "g") || first >= 0x80
        else { return false }
        let folded = lowercase(withoutIgnorable(name))
        let base = folded.prefix { $0 != UInt8(ascii: ":") }
        let trimmed = base.reversed().drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ".") }.reversed()
        if trimmed.elementsEqual(".git".utf8) || trimmed.elementsEqual("git~1".utf8) { return true }
        return mode == .symbolicLink && trimmed.elementsEqual(".gitmodules".utf8)
    }

    private static func lowercase(_ name: [UInt8]) -> [UInt8] {
        name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    /// The name without the code points that HFS+ ignores (git's `is_hfs_dotgit`).
    private static func withoutIgnorable(_ name: ArraySlice<UInt8>) -> [UInt8] {
        guard name.contains(where: { $0 >= 0x80 }), let text = Text(utf8: Array(name)) else { return Array(name) }
        let kept = text.string.unicodeScalars.filter { scalar in
            switch scalar.value {
            case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: false
            default: true
            }
        }
        return Array(String(String.UnicodeScalarView(kept)).utf8)
    }
}

/// Checks that entries come in git's order: by bytes, a directory as if `/` followed its name.
private struct TreeOrder {
    private var previous = 0..<0
    private var previousIsDirectory = false
    private var hasPrevious = false
    /// Files whose names begin all names since: a later directory of such a name comes after its file.
    private var files: [Range<Int>] = []

    mutating func brokenRule(_ content: [UInt8], _ name: Range<Int>, isDirectory: Bool) -> MalformedTreeObject? {
        defer {
            previous = name
            previousIsDirectory = isDirectory
            hasPrevious = true
        }
        if hasPrevious {
            if content[name] == content[previous] {
                return isDirectory == previousIsDirectory ? .duplicate : .fileAndDirectory
            }
            guard precedes(content, name, isDirectory) else { return .unordered }
        }
        while let top = files.last, !content[name].starts(with: content[top]) {
            files.removeLast()
        }
        guard isDirectory else {
            files.append(name)
            return nil
        }
        return files.last.map { $0.count == name.count } == true ? .fileAndDirectory : nil
    }

    private func precedes(_ content: [UInt8], _ name: Range<Int>, _ isDirectory: Bool) -> Bool {
        let shared = min(previous.count, name.count)
        for index in 0..<shared {
            let left = content[previous.lowerBound + index]
            let right = content[name.lowerBound + index]
            if left != right { return left < right }
        }
        let slash = UInt8(ascii: "/")
        let left = previous.count > shared ? content[previous.lowerBound + shared] : previousIsDirectory ? slash : 0
        let right = name.count > shared ? content[name.lowerBound + shared] : isDirectory ? slash : 0
        return left < right
    }
}
