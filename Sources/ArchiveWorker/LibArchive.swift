import CArchive
import Glibc

/// The one owner of a `struct archive`, which reads a part of standard input.
@safe
final class LibArchive {
    private static let bufferByteCount = 256 << 10
    private static let zeros = [UInt8](repeating: 0, count: 64 << 10)
    /// The most bytes of one name or target.
    private static let textCeiling = 65_536

    private let archive: OpaquePointer
    private let input: UnsafeMutablePointer<vitrine_archive_input>
    private let buffer: UnsafeMutableRawPointer
    private let isLayer: Bool

    /// Opens the part as `format` and as nothing else.
    init(_ format: ArchiveFormat, start: Int64, count: Int64) throws(ArchiveRefused) {
        guard let archive = unsafe archive_read_new() else { throw ArchiveRefused("no memory to read an archive") }
        unsafe self.archive = archive
        unsafe buffer = .allocate(byteCount: LibArchive.bufferByteCount, alignment: 16)
        unsafe input = .allocate(capacity: 1)
        unsafe input.initialize(
            to: vitrine_archive_input(
                descriptor: STDIN_FILENO,
                start: start,
                count: count,
                position: 0,
                buffer: buffer,
                capacity: LibArchive.bufferByteCount
            )
        )
        isLayer = format.isLayer
        guard unsafe LibArchive.choose(format, archive) == ARCHIVE_OK,
            unsafe vitrine_archive_open(archive, input) == ARCHIVE_OK
        else { throw refusal() }
    }

    deinit {
        unsafe archive_read_free(archive)
        unsafe input.deallocate()
        unsafe buffer.deallocate()
    }

    /// Tells every member, with its content where `contents` says so.
    func send(contents: Bool, to output: inout FrameOutput) throws(ArchiveRefused) {
        while true {
            var entry: OpaquePointer?
            let result = unsafe archive_read_next_header(archive, &entry)
            if result == ARCHIVE_EOF { return try checkEnd() }
            // A warning says that something was not understood: then nothing is certain.
            guard result == ARCHIVE_OK, let entry = unsafe entry else { throw refusal() }
            try output.tell(.member, isLayer ? MemberHeader().encoded : unsafe header(of: entry).encoded)
            if contents { try sendContent(to: &output) }
        }
    }

    /// How many bytes of the part were taken.
    var takenCount: UInt64 { UInt64(clamping: unsafe archive_filter_bytes(archive, -1)) }

    private func checkEnd() throws(ArchiveRefused) {
        guard unsafe archive_read_has_encrypted_entries(archive) <= 0 else { throw ArchiveRefused("it is encrypted") }
    }

    private func sendContent(to output: inout FrameOutput) throws(ArchiveRefused) {
        var place: Int64 = 0
        while true {
            var block: UnsafeRawPointer?
            var (count, offset) = (0, Int64(0))
            let result = unsafe archive_read_data_block(archive, &block, &count, &offset)
            if result == ARCHIVE_EOF { return try sendZeros(offset - place, to: &output) }
            guard result == ARCHIVE_OK else { throw refusal() }
            guard offset >= place, count >= 0 else { throw ArchiveRefused("parts of a content overlap") }
            try sendZeros(offset - place, to: &output)
            let piece = unsafe UnsafeRawBufferPointer(start: block, count: count)
            unsafe try output.tellData(piece)
            place = offset + Int64(count)
        }
    }

    /// The hole of a sparse file; how large it may be is for the parent to say.
    private func sendZeros(_ count: Int64, to output: inout FrameOutput) throws(ArchiveRefused) {
        var rest = count
        while rest > 0 {
            let piece = Int(min(rest, Int64(LibArchive.zeros.count)))
            try output.tell(.data, Array(LibArchive.zeros[..<piece]))
            rest -= Int64(piece)
        }
    }

    private func refusal() -> ArchiveRefused {
        let words = unsafe LibArchive.bytes(archive_error_string(archive), ceiling: 200)
        return words.map(ArchiveRefused.init(text:)) ?? ArchiveRefused("it cannot be read")
    }

    private static func bytes(_ text: UnsafePointer<CChar>?, ceiling: Int) -> [UInt8]? {
        guard let text = unsafe text else { return nil }
        let count = unsafe strnlen(text, ceiling)
        return (0..<count).map { UInt8(bitPattern: unsafe text[$0]) }
    }
}

extension LibArchive {
    /// Lets libarchive try one format, and no filter but the one that is asked for.
    private static func choose(_ format: ArchiveFormat, _ archive: OpaquePointer) -> Int32 {
        let filter: Int32
        switch format {
        case .ar: return unsafe archive_read_support_format_ar(archive)
        case .cpio: return unsafe archive_read_support_format_cpio(archive)
        case .iso9660: return unsafe archive_read_support_format_iso9660(archive)
        case .tar: return unsafe archive_read_support_format_tar(archive)
        case .zip: return unsafe archive_read_support_format_zip_seekable(archive)
        case .bzip2: filter = ARCHIVE_FILTER_BZIP2
        case .gzip: filter = ARCHIVE_FILTER_GZIP
        case .xz: filter = ARCHIVE_FILTER_XZ
        case .zstd: filter = ARCHIVE_FILTER_ZSTD
        }
        // Appended, not tried: a layer inside the layer is not opened along with it.
        let result = unsafe archive_read_append_filter(archive, filter)
        guard result == ARCHIVE_OK else { return result }
        unsafe archive_read_support_format_empty(archive)
        return unsafe archive_read_support_format_raw(archive)
    }

    private func header(of entry: OpaquePointer) throws(ArchiveRefused) -> MemberHeader {
        guard unsafe archive_entry_is_encrypted(entry) == 0 else { throw ArchiveRefused("a member is encrypted") }
        var header = MemberHeader()
        let hardLink = unsafe LibArchive.bytes(archive_entry_hardlink(entry), ceiling: LibArchive.textCeiling)
        header.kind =
            hardLink != nil ? .hardLink : LibArchive.kind(mode_t(unsafe archive_entry_filetype(entry)))
        header.mode = UInt32(unsafe archive_entry_perm(entry))
        header.uid = unsafe archive_entry_uid(entry)
        header.gid = unsafe archive_entry_gid(entry)
        header.mtime = Int64(unsafe archive_entry_mtime(entry))
        header.mtimeNanoseconds = UInt32(clamping: unsafe archive_entry_mtime_nsec(entry))
        if unsafe archive_entry_size_is_set(entry) != 0 {
            header.size = UInt64(clamping: unsafe archive_entry_size(entry))
        }
        header.deviceMajor = UInt64(unsafe archive_entry_rdevmajor(entry))
        header.deviceMinor = UInt64(unsafe archive_entry_rdevminor(entry))
        guard let name = unsafe LibArchive.bytes(archive_entry_pathname(entry), ceiling: LibArchive.textCeiling) else {
            throw ArchiveRefused("the name of a member cannot be read")
        }
        header.name = name
        let symbolicLink = unsafe LibArchive.bytes(archive_entry_symlink(entry), ceiling: LibArchive.textCeiling)
        header.linkTarget = hardLink ?? symbolicLink ?? []
        header.userName = unsafe LibArchive.bytes(archive_entry_uname(entry), ceiling: LibArchive.textCeiling) ?? []
        header.groupName = unsafe LibArchive.bytes(archive_entry_gname(entry), ceiling: LibArchive.textCeiling) ?? []
        return header
    }

    private static func kind(_ type: mode_t) -> MemberHeader.Kind {
        switch type {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFLNK: .symbolicLink
        case S_IFIFO: .fifo
        case S_IFSOCK: .socket
        case S_IFCHR: .characterDevice
        case S_IFBLK: .blockDevice
        default: .other
        }
    }
}
