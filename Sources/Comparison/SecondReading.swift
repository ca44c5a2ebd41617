import ArchiveWorker
import Encodings
import Verification

/// Whether libarchive sees in an archive what our own reader sees.
///
/// An archive that two programs read differently can be one thing for who reviews it and another for who unpacks it.
struct SecondReading {
    private let comparing: Comparing

    init(_ comparing: Comparing) {
        self.comparing = comparing
    }

    /// What libarchive reads otherwise; nil where both readings agree.
    func disagreement(with layout: ContainerLayout, of file: FileBytes, as format: FileFormat) throws -> String? {
        let archive: ArchiveFormat
        switch format {
        case .ar: archive = .ar
        case .tar: archive = .tar
        case .cpio: archive = .cpio
        default: return nil
        }
        do {
            let stream = try MemberStream(file, as: archive, contents: false, comparing)
            var index = 0
            while let header = try stream.nextMember() {
                if archive == .ar, SecondReading.isTable(header.name) { continue }
                guard index < layout.members.count else { return "libarchive: one more member, \(escape(header.name))" }
                if let text = disagreement(layout.members[index], header) { return "libarchive: \(text)" }
                index += 1
            }
            guard index == layout.members.count else {
                return "libarchive: \(index) members, and not \(layout.members.count)"
            }
            return nil
        } catch let error as Unopenable {
            return "libarchive: \(error.reason)"
        }
    }

    private func disagreement(_ member: ContainerMember, _ header: MemberHeader) -> String? {
        guard SecondReading.isSame(member.name, header.name) else {
            return "a member is called \(escape(header.name)), and not \(escape(member.name))"
        }
        if member.kind == .file, header.kind == .file, let size = header.size, size != UInt64(member.content.count) {
            return "\(escape(member.name)) has \(size) bytes, and not \(member.content.count)"
        }
        let isLink = header.kind == .symbolicLink || header.kind == .hardLink
        if isLink, let target = member.linkTarget, !SecondReading.isSame(target, header.linkTarget) {
            return "\(escape(member.name)) is a link to \(escape(header.linkTarget))"
        }
        return nil
    }

    /// Whether two names are the same, or the same text: libarchive composes the letters of names in pax headers.
    private static func isSame(_ name: [UInt8], _ other: [UInt8]) -> Bool {
        if name == other { return true }
        // `String` compares by canonical equivalence.
        guard let text = Text(utf8: name), let otherText = Text(utf8: other) else { return false }
        return text.string == otherText.string
    }

    /// The tables of GNU and BSD, which libarchive lists as members.
    private static func isTable(_ name: [UInt8]) -> Bool {
        ["/", "//", "/SYM64/"].contains { name.elementsEqual($0.utf8) } || name.starts(with: "__.SYMDEF".utf8)
    }

    private func escape(_ name: [UInt8]) -> String { ASCII.escape(name, limit: 200) }
}
