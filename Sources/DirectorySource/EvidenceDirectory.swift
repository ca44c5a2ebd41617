/// The evidence of one release as it stands in its directory, DESIGN 4.3: bytes only, nothing of it believed yet.
///
/// A file that is not there is nil: evidence is missing, and a verdict can say so. A file that is there and cannot
/// be read is an error: we could not look.
package struct EvidenceDirectory: Sendable {
    /// The most bytes of `source.manifest` that are read: 256 MiB.
    package static let manifestCeiling = 256 << 20
    /// The most bytes of `attestations.intoto.jsonl` that are read: 16 MiB.
    package static let attestationsCeiling = 16 << 20
    /// The most bytes of `source.tlog-proof` that are read: 1 MiB.
    package static let logProofCeiling = 1 << 20

    /// The bytes of `source.manifest`: the entries, or the blinded leaves.
    package let manifest: [UInt8]?
    /// The bytes of `attestations.intoto.jsonl`: envelopes, one per line.
    package let attestations: [UInt8]?
    /// The bytes of `source.tlog-proof`, where the release was logged.
    package let logProof: [UInt8]?

    /// Reads the evidence files in the directory at `path`; throws unless that is a directory and every file in it
    /// that is evidence can be read within its ceiling, or the lower one that the caller sets for the manifest.
    package init(
        reading path: [UInt8],
        manifestCeiling: Int = EvidenceDirectory.manifestCeiling
    ) throws(DescriptorError) {
        // To tell a directory that is not there from one that holds no evidence.
        _ = try FileDescriptor.open(path, for: .listing)
        manifest = try EvidenceDirectory.read("source.manifest", in: path, min(manifestCeiling, Self.manifestCeiling))
        attestations = try EvidenceDirectory.read("attestations.intoto.jsonl", in: path, Self.attestationsCeiling)
        logProof = try EvidenceDirectory.read("source.tlog-proof", in: path, Self.logProofCeiling)
    }

    private static func read(
        _ name: String,
        in directory: [UInt8],
        _ ceiling: Int
    ) throws(DescriptorError) -> [UInt8]? {
        do {
            return try BoundedFile.read(directory + [UInt8(ascii: "/")] + name.utf8, ceiling: ceiling)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }
}
