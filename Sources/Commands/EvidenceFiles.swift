import Attestations
import DirectorySource
import Glibc
import SourceManifest
import Verification

/// The evidence of a release on disk, with its secret where it is blinded.
enum EvidenceFiles {
    static let manifestName = "source.manifest"
    static let attestationsName = "attestations.intoto.jsonl"

    /// Reads an evidence directory; `secret` names the secret file, which else is the one beside the directory.
    ///
    /// `manifestCeiling` is the most bytes of manifest that the caller has room for.
    static func read(
        _ directory: [UInt8],
        secret: [UInt8]? = nil,
        manifestCeiling: Int = EvidenceDirectory.manifestCeiling
    ) throws(Trouble) -> Evidence {
        do throws(DescriptorError) {
            let files = try EvidenceDirectory(reading: directory, manifestCeiling: manifestCeiling)
            return Evidence(
                manifest: files.manifest,
                attestations: files.attestations,
                secret: try self.secret(secret, beside: directory, for: files.manifest)
            )
        } catch {
            throw Trouble(error.description)
        }
    }

    /// Where the secret of a confidential release is kept: beside its evidence, never in it.
    static func secretPath(beside directory: [UInt8]) -> [UInt8] {
        FilePath.trimmed(directory) + ".secret".utf8
    }

    private static func secret(
        _ named: [UInt8]?,
        beside directory: [UInt8],
        for manifest: [UInt8]?
    ) throws(DescriptorError) -> [UInt8]? {
        if let named { return try BoundedFile.read(named, ceiling: SecretFile.maximumByteCount) }
        guard let manifest, manifest.starts(with: BlindedManifest.header) else { return nil }
        do throws(DescriptorError) {
            return try BoundedFile.read(secretPath(beside: directory), ceiling: SecretFile.maximumByteCount)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }
}

/// The clock: read here and nowhere below.
enum Clock {
    /// The time, as judges and seals take it.
    static func now() throws(Trouble) -> Timestamp {
        guard let now = Timestamp(seconds: Int64(time(nil))) else {
            throw Trouble("the clock is before 1970 or after 9999")
        }
        return now
    }
}
