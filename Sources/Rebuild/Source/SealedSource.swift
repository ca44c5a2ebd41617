package import Digests
import DirectorySource
import Encodings
package import GitSource
import Glibc
package import SourceManifest
import Verification

/// A source that was read and found to be what was sealed, and how its bytes can be had again.
package struct SealedSource: Sendable {
    /// The manifest of what was read.
    package let manifest: Manifest
    /// Where the bytes are.
    package let place: Place
    /// The time of the source, in seconds since 1970: SOURCE_DATE_EPOCH.
    package let epoch: Int64

    /// Where the bytes of a source are.
    package enum Place: Sendable {
        /// In a directory.
        case directory([UInt8])
        /// In the objects of a repository.
        case commit(GitObjectID, repository: [UInt8], GitReadingOptions)
    }

    /// Pairs a verified manifest with the place of its bytes.
    package init(manifest: Manifest, place: Place, epoch: Int64) {
        self.manifest = manifest
        self.place = place
        self.epoch = epoch
    }

    /// Writes all files beneath `root`, an empty directory; every byte is compared with the manifest on its way.
    func write(beneath root: consuming TreeDescriptor, reversed: Bool = false) throws {
        var writer = SourceWriter(manifest, beneath: root, time: epoch)
        try writer.makeDirectories(reversed: reversed)
        switch place {
        case .directory(let path): try SealedSource.copy(manifest, from: path, into: &writer, reversed: reversed)
        case .commit(let commit, let repository, let options):
            try GitSource.readContents(of: commit, repository, options, into: &writer)
        }
        try writer.finish()
    }

    /// Hands every file of a directory to a writer.
    private static func copy(
        _ manifest: Manifest,
        from path: [UInt8],
        into writer: inout SourceWriter,
        reversed: Bool
    ) throws {
        let root = try TreeDescriptor.directory(path)
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        let indices = Array(0..<manifest.count)
        for index in reversed ? indices.reversed() : indices {
            let entry = manifest.entry(at: index)
            // A gap has no bytes; the writer names it.
            if entry.mode == .submodule { throw SourceNotWritten.gap(path: entry.path) }
            try writer.begin([entry.path.bytes])
            if entry.mode == .symbolicLink {
                let target = try root.readLink(entry.path.bytes)
                try unsafe writer.receive(target.span.bytes)
            } else {
                let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW
                let file = try root.open(entry.path.bytes, flags, links: .refused)
                while true {
                    let count = try file.read(into: &buffer)
                    if count == 0 { break }
                    try unsafe writer.receive(buffer.span.extracting(0..<count).bytes)
                }
            }
            try writer.end()
        }
    }
}
