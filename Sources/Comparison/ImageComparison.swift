import ArchiveWorker
import Attestations
import BuildStatements
import Verification

/// Compares two ISO 9660 images by the files that libarchive finds in them.
///
/// What stands between the files is not told apart here: where two images differ, as many of its bytes count as
/// unexplained as can be among those that differ, and the grade is `different`, whatever the files are.
struct ImageComparison {
    private let comparing: Comparing
    private let depth: Int
    private let left: FileBytes
    private let right: FileBytes

    /// Compares as part of `comparing`.
    init(_ comparing: Comparing, _ left: FileBytes, _ right: FileBytes, depth: Int) {
        (self.comparing, self.left, self.right, self.depth) = (comparing, left, right, depth)
    }

    /// Compares the files, and counts every shipped byte.
    func compare(into findings: inout ItemFindings) throws {
        func side(_ file: FileBytes) throws -> MemberPairing.Side {
            let stream = try MemberStream(file, as: .iso9660, contents: true, comparing)
            return MemberPairing.Side(stream: stream, spool: try comparing.spool()) { _ in }
        }
        var pairing = MemberPairing(try side(left), try side(right))
        var (equal, contents) = (UInt64(0), UInt64(0))
        var properties: [ByteDifference] = []
        let others = try pairing.run { one, other, count in
            equal += count
            properties += ImageComparison.properties(one, other)
        }
        findings.reproduce(equal)
        contents += equal
        for found in others {
            switch found {
            case .equal: break
            case .both(let one, let other):
                let name = one.header.name
                properties += ImageComparison.properties(one.header, other.header)
                contents += one.content.count
                let item = try comparing.files(one.content, other.content, name: name, depth: depth + 1)
                comparing.addDiffering(item, to: &findings)
            case .oneSide(let one, let isShipped):
                if isShipped { contents += one.content.count }
                comparing.add(
                    try comparing.oneSide(one.content, name: one.header.name, isShipped: isShipped),
                    to: &findings
                )
            }
        }
        properties.forEach { findings.add($0, .different) }
        // Of what is no content, no more bytes can differ than differ in the whole image.
        var differing = left.count - min(left.count, right.count)
        try comparing.walk.differingRuns(left, right) { differing += UInt64($0.count) }
        let rest = left.count - min(left.count, contents)
        // Contents can be larger than the image, where files share bytes or are compressed: what differs and is in no
        // file that differs is between the files all the same.
        let found = findings.account[.unexplained] + findings.account[.signature]
        let unexplained = max(min(rest, differing), differing - min(differing, found))
        findings.reproduce(rest - min(rest, unexplained))
        findings.add(
            .property("between the files of the image, at most", "", "", .unknown, byteCount: unexplained),
            .different
        )
    }

    private static func properties(_ one: MemberHeader, _ other: MemberHeader) -> [ByteDifference] {
        let name = ASCII.escape(one.name)
        var found: [ByteDifference] = []
        if one.kind != other.kind {
            found.append(.property("type of \(name)", "\(one.kind)", "\(other.kind)", .unknown))
        }
        if one.mode != other.mode {
            let (shipped, rebuilt) = (String(one.mode, radix: 8), String(other.mode, radix: 8))
            found.append(.property("mode of \(name)", shipped, rebuilt, .mode))
        }
        if one.uid != other.uid || one.gid != other.gid {
            let (shipped, rebuilt) = ("\(one.uid):\(one.gid)", "\(other.uid):\(other.gid)")
            found.append(.property("owner of \(name)", shipped, rebuilt, .owner))
        }
        if one.mtime != other.mtime {
            found.append(.property("time of \(name)", "\(one.mtime)", "\(other.mtime)", .timestamp))
        }
        if one.linkTarget != other.linkTarget {
            let (shipped, rebuilt) = (ASCII.escape(one.linkTarget), ASCII.escape(other.linkTarget))
            found.append(.property("link target of \(name)", shipped, rebuilt, .unknown))
        }
        return found
    }
}
