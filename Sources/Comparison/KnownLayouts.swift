/// The layouts that are read, by how a file begins.
enum KnownLayouts {
    /// What is known of the parts of a file.
    enum Reading {
        /// It is of a format that is read.
        case layout(FileLayout)
        /// It begins like one, and is not of it.
        case malformed(MalformedLayout)
        /// It is of no format that is read.
        case none
    }

    /// Reads the layout of `file`, which begins like `format`.
    static func read(_ file: FileBytes, _ format: FileFormat) throws -> Reading {
        do {
            switch format {
            case .elf: return .layout(try ELFLayout.layout(of: file))
            case .pe: return .layout(try PELayout.layout(of: file))
            case .machO: return .layout(try MachOLayout.layout(of: file))
            case .ar, .tar, .zip, .gzip, .xz, .zstd, .bzip2, .cpio, .rpm, .iso, .text, .data: return .none
            }
        } catch let error as MalformedLayout {
            return .malformed(error)
        }
    }
}
