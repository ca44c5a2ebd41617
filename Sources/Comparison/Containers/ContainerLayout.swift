import Encodings

/// How a container divides its file, and the members it names.
///
/// Nothing is decompressed: that the compressed content of a member ends where its region ends is not proved.
package struct ContainerLayout: Hashable, Sendable {
    /// The most members of one container.
    package static let maximumMemberCount = 1 << 20
    /// The most regions of one container: 40 bytes of memory each, names apart, and two containers are held at a time.
    ///
    /// An archive of 100,000 members has about ten regions a member.
    package static let maximumRegionCount = 1_150_000
    /// The most bytes of one name, link target or comment.
    package static let maximumNameByteCount = 65_535
    /// The most bytes of all names, as they are escaped, and link targets of one container.
    ///
    /// Two containers are held at a time, names both raw and escaped.
    package static let maximumNamesByteCount = 16 << 20

    /// The parts of the file.
    ///
    /// A member's content has the kind `member` and the member's escaped name; where a format names no member, as a
    /// compressed file, it is called `content`, or by its block or frame.
    package let layout: FileLayout
    /// The members, in the order in which their contents lie in the file.
    ///
    /// Names may repeat where the format lets them. The contents that are not empty are the regions of kind `member`.
    package let members: [ContainerMember]
    /// What decompressing the members of a zip archive costs beyond what inflating would, in bytes inflated.
    package var addedCost: UInt64 = 0
}

/// What a container says of one member, read from the container's own fields.
///
/// A field that the format lacks, or that this member leaves empty, is nil. Nothing here says what the content is.
package struct ContainerMember: Hashable, Sendable {
    /// What a member is.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case file
        case directory
        case symbolicLink = "symbolic-link"
        case hardLink = "hard-link"
        /// A device, a pipe or a socket.
        case special
    }

    /// The name as the container stores it, raw bytes; empty where a compressed file has none.
    package let name: [UInt8]
    /// What it is.
    package var kind = Kind.file
    /// The POSIX mode as recorded, the type bits included where the format has them.
    package var mode: UInt32?
    /// The number of the user who owns it.
    package var uid: UInt64?
    /// The number of the group that owns it.
    package var gid: UInt64?
    /// The last change, in whole seconds since 1970; where a format knows no time zone, as if it were UTC.
    package var mtime: Int64?
    /// The target of a link, raw bytes, when the headers give it.
    package var linkTarget: [UInt8]?
    /// The content as it is stored, perhaps compressed; seen from the start of the file.
    package var content: Range<UInt64>
    /// How many bytes a deflated content of a zip archive inflates to; nil for what is not deflated.
    package var inflatedCount: UInt64?

    /// Names a member.
    init(name: [UInt8], content: Range<UInt64>) {
        self.name = name
        self.content = content
    }

    /// How many bytes ``escaped(_:)`` has, and the link target.
    var namesByteCount: Int {
        name.reduce(linkTarget?.count ?? 0) { $0 + (TreePath.isPlain($1) ? 1 : 3) }
    }

    /// The spelling of a name in reports: ASCII, as in a manifest.
    static func escaped(_ name: [UInt8]) -> String {
        for byte in name where !TreePath.isPlain(byte) {
            return String(decoding: TreePath.escape(name), as: UTF8.self)
        }
        return String(decoding: name, as: UTF8.self)
    }
}
