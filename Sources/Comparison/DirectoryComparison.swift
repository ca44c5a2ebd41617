import Attestations
import BuildStatements
import DirectorySource
import Encodings

/// Compares two directories entry by entry; no link is followed, and no path is resolved twice.
struct DirectoryComparison {
    /// How deep directories may be nested; each level keeps two of them open.
    private static let depthCeiling = 200
    /// The names of one directory.
    private static let nameCeiling = 1 << 20

    private let comparing: Comparing

    /// Compares as part of `comparing`.
    init(_ comparing: Comparing) {
        self.comparing = comparing
    }

    /// Compares two directories; `name` is what the item is called, `path` where it is, for messages.
    func compare(
        shipped: borrowing FileDescriptor,
        rebuilt: borrowing FileDescriptor,
        name: [UInt8],
        path: [UInt8],
        depth: Int = 0
    ) throws -> ComparedItem {
        guard depth < DirectoryComparison.depthCeiling else {
            throw NotComparable(path: path, reason: "directories are nested deeper than \(depth)")
        }
        let (before, after) = (try shipped.status(), try rebuilt.status())
        var findings = ItemFindings(listCeiling: comparing.options.ceilings.differencesPerItem)
        let (left, right) = (try entries(shipped, path), try entries(rebuilt, path))
        if depth > 0 {
            compareModes(before, after, &findings)
        } else if comparing.options.comparesGivenModes {
            GivenModes.compare(before, after, &findings)
        }
        let (inShipped, inRebuilt) = (Set(left), Set(right))
        for entry in left + right.filter({ !inShipped.contains($0) }) {
            let place = path + [UInt8(ascii: "/")] + entry
            do {
                let one = inShipped.contains(entry) ? try Entry(shipped, entry, place) : nil
                let other = inRebuilt.contains(entry) ? try Entry(rebuilt, entry, place) : nil
                comparing.add(try compare(one, other, shipped, rebuilt, entry, place, depth), to: &findings)
            } catch let error as SystemError {
                throw NotComparable(refused: error, path: place)
            }
        }
        for (directory, status) in [(0, before), (1, after)] {
            let now = directory == 0 ? try shipped.status() : try rebuilt.status()
            guard now.isUndisturbed(since: status) else { throw ChangedWhileCompared(path: path) }
        }
        return comparing.item(name, "directory", nil, nil, findings, presence: .both)
    }
}

/// One entry of a directory.
private struct Entry {
    let status: FileStatus
    /// The target of a symbolic link.
    let target: [UInt8]

    init(_ directory: borrowing FileDescriptor, _ name: [UInt8], _ path: [UInt8]) throws {
        let entry = name + [0]
        status = try directory.status(ofEntry: entry.span)
        var buffer = [UInt8](repeating: 0, count: 4097)
        if status.kind == .symbolicLink {
            target = Array(buffer[..<(try directory.readLink(entry.span, into: &buffer))])
        } else {
            target = []
        }
    }
}

extension DirectoryComparison {
    private func compare(
        _ left: Entry?,
        _ right: Entry?,
        _ shipped: borrowing FileDescriptor,
        _ rebuilt: borrowing FileDescriptor,
        _ name: [UInt8],
        _ path: [UInt8],
        _ depth: Int
    ) throws -> ComparedItem {
        guard let left, let right else {
            return left != nil
                ? try oneSide(left, shipped, name, path, depth, isShipped: true)
                : try oneSide(right, rebuilt, name, path, depth, isShipped: false)
        }
        guard left.status.kind == right.status.kind else {
            let removed = try oneSide(left, shipped, name, path, depth, isShipped: true)
            let added = try oneSide(right, rebuilt, name, path, depth, isShipped: false)
            var findings = ItemFindings(listCeiling: 1)
            let (one, other) = (left.status.kind.rawValue, right.status.kind.rawValue)
            findings.add(.property("type", one, other, .unknown, byteCount: removed.account.total), .different)
            return comparing.item(name, "file", removed.shipped, added.rebuilt, findings, presence: .both)
        }
        switch left.status.kind {
        case .directory:
            return try compare(
                shipped: try shipped.openEntry((name + [0]).span, for: .listingEntry),
                rebuilt: try rebuilt.openEntry((name + [0]).span, for: .listingEntry),
                name: name,
                path: path,
                depth: depth + 1
            )
        case .regular:
            let one = try ComparedFile(path, try shipped.openEntry((name + [0]).span, for: .readingEntry))
            let other = try ComparedFile(path, try rebuilt.openEntry((name + [0]).span, for: .readingEntry))
            for file in [one, other] where file.status.kind != .regular { throw ChangedWhileCompared(path: path) }
            let item = try comparing.files(one.bytes, other.bytes, name: name) { findings in
                compareModes(one.status, other.status, &findings)
            }
            try one.checkUndisturbed()
            try other.checkUndisturbed()
            return item
        case .symbolicLink: return comparing.links(left.target, right.target, name: name)
        case .fifo, .socket, .characterDevice, .blockDevice, .unknown:
            var findings = ItemFindings(listCeiling: 1)
            let kind = left.status.kind.rawValue
            findings.add(.property("what the special files stand for", kind, kind, .unknown), .different)
            return comparing.item(name, kind, nil, nil, findings, presence: .both)
        }
    }

    /// All that only one of the two builds has.
    private func oneSide(
        _ entry: Entry?,
        _ directory: borrowing FileDescriptor,
        _ name: [UInt8],
        _ path: [UInt8],
        _ depth: Int,
        isShipped: Bool
    ) throws -> ComparedItem {
        switch entry?.status.kind {
        case .regular?:
            let file = try ComparedFile(path, try directory.openEntry((name + [0]).span, for: .readingEntry))
            guard file.status.kind == .regular else { throw ChangedWhileCompared(path: path) }
            let item = try comparing.oneSide(file.bytes, name: name, isShipped: isShipped)
            try file.checkUndisturbed()
            return item
        case .directory?:
            guard depth < DirectoryComparison.depthCeiling else {
                throw NotComparable(path: path, reason: "directories are nested deeper than \(depth)")
            }
            let inner = try directory.openEntry((name + [0]).span, for: .listingEntry)
            var findings = comparing.oneSidedFindings(0, isShipped: isShipped)
            for name in try entries(inner, path) {
                let place = path + [UInt8(ascii: "/")] + name
                let entry = try Entry(inner, name, place)
                let item = try oneSide(entry, inner, name, place, depth + 1, isShipped: isShipped)
                comparing.add(item, to: &findings)
            }
            return comparing.item(name, "directory", nil, nil, findings, presence: .oneSide(isShipped))
        case .symbolicLink?: return comparing.oneLink(entry?.target ?? [], name: name, isShipped: isShipped)
        default:
            let findings = comparing.oneSidedFindings(0, isShipped: isShipped)
            let kind = entry?.status.kind.rawValue ?? "file"
            return comparing.item(name, kind, nil, nil, findings, presence: .oneSide(isShipped))
        }
    }

    private func compareModes(_ left: FileStatus, _ right: FileStatus, _ findings: inout ItemFindings) {
        guard left.permissions != right.permissions else { return }
        let (shipped, rebuilt) = (String(left.permissions, radix: 8), String(right.permissions, radix: 8))
        findings.add(.property("mode", shipped, rebuilt, .mode), .different)
    }

    /// The names in a directory, in the order of their bytes.
    private func entries(_ directory: borrowing FileDescriptor, _ path: [UInt8]) throws -> [[UInt8]] {
        var names: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try directory.readEntries(into: &buffer)
            if count == 0 { return names.sorted { $0.lexicographicallyPrecedes($1) } }
            var start = 0
            while let entry = RawEntry(buffer.span.extracting(0..<count), at: &start) {
                let name = Array(buffer[entry.name])
                guard name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")] else { continue }
                guard names.count < DirectoryComparison.nameCeiling else {
                    throw NotComparable(path: path, reason: "the directory holds more than \(names.count) names")
                }
                names.append(name)
            }
        }
    }
}

extension ComparedItem.Presence {
    /// On one side only.
    static func oneSide(_ isShipped: Bool) -> ComparedItem.Presence { isShipped ? .onlyShipped : .onlyRebuilt }
}

extension ByteDifference {
    /// A named property that differs, and how many shipped bytes count for it.
    static func property(
        _ place: String,
        _ shipped: String,
        _ rebuilt: String,
        _ cause: Cause,
        byteCount: UInt64 = 0
    ) -> ByteDifference {
        ByteDifference(
            place: place,
            range: nil,
            byteCount: byteCount,
            accountedAs: .unexplained,
            cause: cause,
            fix: cause.usualFix,
            view: shipped.isEmpty && rebuilt.isEmpty ? nil : .property(shipped: shipped, rebuilt: rebuilt)
        )
    }
}
