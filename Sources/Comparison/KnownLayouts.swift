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

    /// Reads the layout of `file`.
    static func read(_ file: FileBytes) throws -> Reading {
        .none
    }
}
