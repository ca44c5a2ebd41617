/// What a worker is asked to read a file as.
package enum ArchiveFormat: String, Hashable, Sendable, CaseIterable {
    // Containers of members.
    case ar
    case cpio
    case iso9660
    case tar
    case zip
    // One compressed layer around one content.
    case bzip2
    case gzip
    case xz
    case zstd

    /// Whether it holds one content without a name.
    package var isLayer: Bool {
        switch self {
        case .ar, .cpio, .iso9660, .tar, .zip: false
        case .bzip2, .gzip, .xz, .zstd: true
        }
    }
}

/// What a worker says of a member, as libarchive read it.
package struct MemberHeader: Hashable, Sendable {
    /// What a member is.
    package enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case file
        case directory
        case symbolicLink
        case hardLink
        case fifo
        case socket
        case characterDevice
        case blockDevice
        case other
    }

    /// What it is.
    package var kind = Kind.file
    /// The mode without the type.
    package var mode: UInt32 = 0
    /// The number of the user who owns it.
    package var uid: Int64 = 0
    /// The number of the group that owns it.
    package var gid: Int64 = 0
    /// The last change, in seconds since 1970, and the nanoseconds of that second.
    package var mtime: Int64 = 0
    /// The nanoseconds behind ``mtime``.
    package var mtimeNanoseconds: UInt32 = 0
    /// The size that the header gives; nil where it gives none.
    package var size: UInt64?
    /// The numbers of a device.
    package var deviceMajor: UInt64 = 0
    /// The second of the numbers of a device.
    package var deviceMinor: UInt64 = 0
    /// The name, raw bytes as libarchive gives them.
    package var name: [UInt8] = []
    /// The target of a link.
    package var linkTarget: [UInt8] = []
    /// The name of the user who owns it.
    package var userName: [UInt8] = []
    /// The name of the group that owns it.
    package var groupName: [UInt8] = []

    /// A member of which nothing is said yet.
    package init() {}
}

/// The frames in which a worker tells what it reads: a kind, the length of what follows in four bytes, what follows.
///
/// All numbers are little-endian. A stream is `member`, its `data`, the next `member`, and at last `end` or `failure`.
/// `end` tells how many bytes of a compressed layer were taken, and for gzip how many each deflated content has: numbers
/// of eight bytes. `failure` tells why, in bytes of any kind.
package enum MemberFrame {
    /// The kinds of frames.
    package enum Kind: UInt8, Sendable {
        case member = 1
        case data = 2
        case end = 3
        case failure = 4
    }

    /// The bytes of a kind and a length.
    package static let headByteCount = 5
    /// The most bytes of a frame of data.
    package static let dataCeiling = 128 << 10
    /// The most bytes of any other frame.
    package static let otherCeiling = 320 << 10

    /// Appends the head of a frame.
    package static func appendHead(_ kind: Kind, _ count: Int, to output: inout [UInt8]) {
        output.append(kind.rawValue)
        append(UInt64(count), 4, to: &output)
    }

    /// Appends the lowest `count` bytes of a number.
    package static func append(_ number: UInt64, _ count: Int, to output: inout [UInt8]) {
        for index in 0..<count { output.append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(index)))) }
    }
}

extension MemberHeader {
    /// The bytes of a frame that says all this.
    package var encoded: [UInt8] {
        var output: [UInt8] = [kind.rawValue, size == nil ? 0 : 1]
        MemberFrame.append(UInt64(mode), 4, to: &output)
        for number in [uid, gid, mtime] { MemberFrame.append(UInt64(bitPattern: number), 8, to: &output) }
        MemberFrame.append(UInt64(mtimeNanoseconds), 4, to: &output)
        for number in [size ?? 0, deviceMajor, deviceMinor] { MemberFrame.append(number, 8, to: &output) }
        for text in [name, linkTarget, userName, groupName] {
            MemberFrame.append(UInt64(text.count), 4, to: &output)
            output.append(contentsOf: text)
        }
        return output
    }

    /// Reads what ``encoded`` writes; nil for anything else.
    package init?(decoding bytes: [UInt8]) {
        var place = 0
        func number(_ count: Int) -> UInt64? {
            guard bytes.count - place >= count else { return nil }
            defer { place += count }
            return (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
        }
        func text() -> [UInt8]? {
            guard let count = number(4), count <= UInt64(bytes.count - place) else { return nil }
            defer { place += Int(count) }
            return Array(bytes[place..<place + Int(count)])
        }
        guard let kind = number(1).flatMap({ Kind(rawValue: UInt8($0)) }), let hasSize = number(1), hasSize <= 1,
            let mode = number(4), let uid = number(8), let gid = number(8), let mtime = number(8),
            let nanoseconds = number(4), let size = number(8), let major = number(8), let minor = number(8),
            let name = text(), let linkTarget = text(), let userName = text(), let groupName = text(),
            place == bytes.count
        else { return nil }
        self.kind = kind
        self.mode = UInt32(mode)
        (self.uid, self.gid) = (Int64(bitPattern: uid), Int64(bitPattern: gid))
        (self.mtime, mtimeNanoseconds) = (Int64(bitPattern: mtime), UInt32(nanoseconds))
        self.size = hasSize == 1 ? size : nil
        (deviceMajor, deviceMinor) = (major, minor)
        (self.name, self.linkTarget, self.userName, self.groupName) = (name, linkTarget, userName, groupName)
    }
}
