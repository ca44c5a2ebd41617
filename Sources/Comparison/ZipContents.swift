import ArchiveWorker
import Attestations
import Verification

/// Compares the contents of two zip archives as they come out of them.
struct ZipContents {
    private let comparing: Comparing
    private let depth: Int
    private let left: MemberPairing.Side
    private let right: MemberPairing.Side

    /// Takes two archives and what they say of their members.
    init(
        _ comparing: Comparing,
        _ left: FileBytes,
        _ shipped: ContainerLayout,
        _ right: FileBytes,
        _ rebuilt: ContainerLayout,
        depth: Int
    ) throws {
        (self.comparing, self.depth) = (comparing, depth)
        self.left = try ZipContents.side(comparing, left, shipped, "what was shipped")
        self.right = try ZipContents.side(comparing, right, rebuilt, "the rebuild")
    }

    /// A side whose members must be those that the layout has, one after the other.
    private static func side(
        _ comparing: Comparing,
        _ file: FileBytes,
        _ layout: ContainerLayout,
        _ whose: String
    ) throws -> MemberPairing.Side {
        if let member = layout.members.first(where: { $0.kind == .special && !$0.content.isEmpty }) {
            let name = ASCII.escape(member.name, limit: 200)
            throw Unopenable(reason: "\(name) is no file and has a content (\(whose))")
        }
        let stream = try MemberStream(file, as: .zip, contents: true, comparing)
        try comparing.expansion.count(layout.addedCost, comparing.options.ceilings)
        var place = 0
        return MemberPairing.Side(stream: stream, spool: try comparing.spool()) { header in
            let expected = place < layout.members.count ? layout.members[place] : nil
            place += 1
            let isSameKind = header?.kind == .file ? expected?.kind == .file : expected?.kind != .file
            // Nothing comes out of what is no file: it would be compared with nothing.
            guard header?.name != expected?.name || !isSameKind else { return }
            let name = header.map { ASCII.escape($0.name, limit: 200) } ?? "its end"
            throw Unopenable(reason: "two readings of this archive disagree (\(whose)) at \(name)")
        }
    }

    /// Compares all contents and counts every shipped byte of them.
    func compare(into findings: inout ItemFindings) throws {
        var pairing = MemberPairing(left, right)
        var count: UInt64 = 0
        let others = try pairing.run { _, _, more in count += more }
        findings.reproduce(count)
        for found in others {
            switch found {
            case .equal: break
            case .both(let one, let other):
                let name = one.header.name
                let item = try comparing.files(one.content, other.content, name: name, depth: depth + 1)
                comparing.addDiffering(item, to: &findings)
            case .oneSide(let one, let isShipped):
                comparing.add(
                    try comparing.oneSide(one.content, name: one.header.name, isShipped: isShipped),
                    to: &findings
                )
            }
        }
    }
}
