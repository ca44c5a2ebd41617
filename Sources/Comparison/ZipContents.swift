import ArchiveWorker
import Attestations
import Verification

/// Compares the contents of two zip archives as they come out of them.
struct ZipContents {
    /// The contents of members that have not met theirs, by name.
    private typealias Waiting = [[UInt8]: FileBytes]

    private let comparing: Comparing
    private let depth: Int
    private let left: Side
    private let right: Side

    /// One of the two archives.
    private struct Side {
        let stream: MemberStream
        let spool: Spool
        let layout: ContainerLayout
        let whose: String
    }

    /// Takes two archives and what they say of their members.
    init(
        _ comparing: Comparing,
        _ left: FileBytes,
        _ shipped: ContainerLayout,
        _ right: FileBytes,
        _ rebuilt: ContainerLayout,
        depth: Int
    ) throws {
        func side(_ file: FileBytes, _ layout: ContainerLayout, _ whose: String) throws -> Side {
            let stream = try MemberStream(file, as: .zip, contents: true, comparing)
            return Side(stream: stream, spool: try comparing.spool(), layout: layout, whose: whose)
        }
        (self.comparing, self.depth) = (comparing, depth)
        self.left = try side(left, shipped, "what was shipped")
        self.right = try side(right, rebuilt, "the rebuild")
    }

    /// Compares all contents and counts every shipped byte of them.
    func compare(into findings: inout ItemFindings) throws {
        var (shipped, rebuilt): (Waiting, Waiting) = ([:], [:])
        var differing: [(name: [UInt8], FileBytes, FileBytes)] = []
        var places = (0, 0)
        var names = (try next(left, &places.0), try next(right, &places.1))
        while names.0 != nil || names.1 != nil {
            if let name = names.0, name == names.1 {
                switch try ContentPair(left.stream, right.stream, left.spool, right.spool).compare() {
                case .equal(let count): findings.reproduce(count)
                case .different(let one, let other): differing.append((name, one, other))
                }
                names = (try next(left, &places.0), try next(right, &places.1))
            } else if let name = names.0, names.1 == nil || !shipped.keys.contains(names.1 ?? []) {
                let content = try ContentPair.keep(left.stream, in: left.spool)
                if let other = rebuilt.removeValue(forKey: name) {
                    differing.append((name, content, other))
                } else {
                    shipped[name] = content
                }
                names.0 = try next(left, &places.0)
            } else if let name = names.1 {
                let content = try ContentPair.keep(right.stream, in: right.spool)
                if let other = shipped.removeValue(forKey: name) {
                    differing.append((name, other, content))
                } else {
                    rebuilt[name] = content
                }
                names.1 = try next(right, &places.1)
            }
        }
        try settle(differing, shipped, rebuilt, into: &findings)
    }

    /// The name of the next member, which must be the one that the layout has at this place.
    private func next(_ side: Side, _ place: inout Int) throws -> [UInt8]? {
        let members = side.layout.members
        guard let header = try side.stream.nextMember() else {
            guard place == members.count else {
                throw Unopenable(reason: "two readings of this archive disagree (\(side.whose)): fewer members")
            }
            return nil
        }
        guard place < members.count, members[place].name == header.name else {
            let name = ASCII.escape(header.name, limit: 200)
            throw Unopenable(reason: "two readings of this archive disagree (\(side.whose)) at \(name)")
        }
        place += 1
        return header.name
    }

    private func settle(
        _ differing: [(name: [UInt8], FileBytes, FileBytes)],
        _ shipped: Waiting,
        _ rebuilt: Waiting,
        into findings: inout ItemFindings
    ) throws {
        for (name, one, other) in differing {
            let item = try comparing.files(one, other, name: name, depth: depth + 1)
            if item.grade == .identical {
                findings.fold(item.grade, item.account)
            } else {
                comparing.add(item, to: &findings)
            }
        }
        for (waiting, isShipped) in [(shipped, true), (rebuilt, false)] {
            for (name, content) in waiting.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                comparing.add(try comparing.oneSide(content, name: name, isShipped: isShipped), to: &findings)
            }
        }
    }
}
