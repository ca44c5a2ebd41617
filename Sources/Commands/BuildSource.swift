import Attestations
import Digests
import DirectorySource
import Encodings
import GitSource
import GitWorker
import Rebuild
import SourceManifest
import Verification

/// The build definition of a command: in the sealed source, or a file that is bound by its digest.
struct ChosenDefinition {
    let definition: BuildDefinition
    let digest: Digest

    /// Reads the file where one is given, else the one in the source.
    init(_ file: [UInt8]?, in place: BuildPlace) throws {
        let bytes: [UInt8]
        if let file {
            do throws(DescriptorError) {
                bytes = try BoundedFile.read(file, ceiling: BuildDefinition.maximumByteCount)
            } catch { throw Trouble(error.description) }
        } else {
            guard let sealed = try place.sealedDefinition() else {
                throw Trouble(
                    "the source holds no \(BuildDefinition.fileName)",
                    hints: ["give a definition with --definition FILE"]
                )
            }
            bytes = sealed
        }
        definition = try BuildDefinition(parsing: bytes)
        digest = SHA256.digest(of: bytes)
    }
}

extension BuildPlace {
    /// Writes a source to a private directory that is removed when the command is interrupted.
    static func make(_ source: SealedSource) throws -> BuildPlace {
        for path in WorkPlace.leftovers.prefix(10) {
            Console.say("left by a run that was killed, can be removed: \(escaped(path))")
        }
        return try BuildPlace(source) { place in
            _ = Unfinished.addTree(place.path) { true }
        }
    }

    /// Removes what is private to it.
    func discard() { for path in paths { Unfinished.discard(path) } }
}

extension SourceReader {
    /// The time of a commit, which builds take for their SOURCE_DATE_EPOCH; `sealedOn` for one without a time.
    func epoch(of commit: GitSource.Reading, sealedOn: Timestamp) throws -> Int64 {
        let options = GitReadingOptions(executable: SourceReader.executable)
        return try GitSource.time(of: commit.commit, path, options) ?? sealedOn.seconds
    }

    /// A commit as the source of a build.
    func sealed(_ commit: GitSource.Reading, sealedOn: Timestamp) throws -> SealedSource {
        var options = GitReadingOptions(executable: SourceReader.executable)
        options.reader = isParanoid ? .library : .direct
        return SealedSource(
            manifest: commit.source.manifest,
            place: .commit(commit.commit, repository: path, options),
            epoch: try epoch(of: commit, sealedOn: sealedOn)
        )
    }
}

extension SealedSource {
    /// A tree on disk as the source of a build.
    static func directory(_ reading: SourceReading, at path: [UInt8], sealedOn: Timestamp) -> SealedSource {
        SealedSource(manifest: reading.manifest, place: .directory(path), epoch: sealedOn.seconds)
    }
}
