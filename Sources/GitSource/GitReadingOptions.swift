package import DirectorySource
package import GitWorker

/// How a commit is read.
package struct GitReadingOptions: Sendable {
    /// The program that is started as the worker, this one's own path.
    package var executable: [UInt8]
    /// The revision, as git spells them.
    package var revision = Array("HEAD".utf8)
    /// How many workers read and how many threads hash, at least 1.
    package var threads = ReadingOptions.coreCount
    /// What reads the blobs; trees and commits come through libgit2 always.
    package var reader = ObjectReader.direct
    /// Where progress is told and from where the reading is cancelled.
    package var progress = ReadingProgress()

    /// The usual options.
    package init(executable: [UInt8]) {
        self.executable = executable
    }
}

/// The reading was stopped by its caller.
package struct ReadingCancelled: Error {}
