/// The files of one release's evidence as they were read: bytes that nobody has judged.
package struct Evidence: Sendable {
    /// The file `source.manifest`; nil when it is not there.
    package let manifest: [UInt8]?
    /// The file `attestations.intoto.jsonl`; nil when it is not there.
    package let attestations: [UInt8]?
    /// The secret file of a blinded manifest; nil when none was given.
    package let secret: [UInt8]?

    /// Gathers the files.
    package init(manifest: [UInt8]?, attestations: [UInt8]?, secret: [UInt8]? = nil) {
        self.manifest = manifest
        self.attestations = attestations
        self.secret = secret
    }
}
