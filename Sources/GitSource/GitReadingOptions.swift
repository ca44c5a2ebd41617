package import Attestations
package import DirectorySource
package import GitWorker
package import SourceManifest

/// How a commit is read.
package struct GitReadingOptions: Sendable {
    /// The program that is started as the worker, this one's own path.
    package var executable: [UInt8]
    /// The revision, as git spells them.
    package var revision = Array("HEAD".utf8)
    /// A worker that says nothing for this long is killed, in seconds; at least 1.
    package var patience = 8
    /// How many workers read and how many threads hash, at least 1.
    package var threads = ReadingOptions.coreCount
    /// What reads the blobs; trees and commits come through libgit2 always.
    package var reader = ObjectReader.direct
    /// A verified earlier source, whose lines serve for directories and files that did not change since.
    package var earlier: EarlierSource?
    /// The worker gets one of this many parts of what any repository may cost.
    var share: UInt8 = 1
    /// Where progress is told and from where the reading is cancelled.
    package var progress = ReadingProgress()

    /// The usual options.
    package init(executable: [UInt8]) {
        self.executable = executable
    }
}

/// A source that was sealed before and whose evidence was verified.
package struct EarlierSource: Sendable {
    /// The manifest.
    package let manifest: Manifest
    /// What its statement tells, the tree id among it.
    package let details: SourceDetails

    /// Pairs a manifest with what its statement tells; both must come out of a verification.
    package init(manifest: Manifest, details: SourceDetails) {
        self.manifest = manifest
        self.details = details
    }
}

/// The reading was stopped by its caller.
package struct ReadingCancelled: Error {}
