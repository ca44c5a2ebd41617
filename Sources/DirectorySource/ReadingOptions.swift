import Glibc

/// How a directory is read.
package struct ReadingOptions: Sendable {
    /// How many threads read and hash, at least 1.
    ///
    /// As many as cores is right where files come from memory or a fast disk. A slow disk with a cold cache gains
    /// from up to 16: it then has more requests to put in order.
    package var threads = ReadingOptions.coreCount

    /// The raw paths of submodules, where a `.git` file is expected and left out.
    package var submodulePaths: Set<[UInt8]> = []

    /// How many bytes are read that no disk holds, in holes of files and under further names of files that were read.
    package var unstoredByteCeiling: UInt64 = 4 << 30

    /// Where progress is told and from where the reading is cancelled.
    package var progress = ReadingProgress()

    /// What happens between the steps of the reading.
    package var pauses = Pauses()

    /// Calls between the steps of the reading, with the raw path at hand: for tests, which change the tree there.
    package struct Pauses: Sendable {
        /// After a directory was listed, before anything in it is opened.
        package var afterListing: (@Sendable ([UInt8]) -> Void)?
        /// After a file was read to its end, before it is looked at again.
        package var afterReading: (@Sendable ([UInt8]) -> Void)?

        /// No calls.
        package init() {}
    }

    /// The usual options: a thread a core, no submodules.
    package init() {}

    /// The processor cores in use, at least 1.
    package static var coreCount: Int {
        max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }
}
