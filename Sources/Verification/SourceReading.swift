package import Attestations
package import Encodings
package import SourceManifest

/// What somebody saw when reading one source: a commit or a directory.
///
/// Readers make it, judges compare it, and `seal` writes a statement of it. It proves nothing by itself.
package struct SourceReading: Sendable {
    /// How the source was read.
    package let view: SourceView
    /// How people are told which source it was, as `HEAD commit` or `work tree`; ASCII, untrusted parts escaped.
    package private(set) var name: String
    /// The entries, in order.
    package let manifest: Manifest
    /// The sum of the sizes of all entries, in bytes.
    package let bytes: UInt64
    /// The commit, when the source is one; nil for a directory.
    package let git: GitIdentity?
    /// The submodules, ordered by path.
    package let submodules: [Submodule]
    /// The LFS pointers, ordered by path.
    package let lfs: [LFSObject]
    /// The attributes that change bytes, ordered by path and line.
    package let attributes: [ByteChangingAttribute]
    /// The directories with nothing below them, ordered by path.
    package let emptyDirectories: [TreePath]
    /// How many pointers and attributes there were beyond the ones listed; such a source cannot be sealed.
    package let unlistedRecordCount: Int
    /// What was noticed on the way.
    package private(set) var findings: [Finding]

    /// Gathers what was read.
    package init(
        view: SourceView,
        name: String,
        manifest: Manifest,
        bytes: UInt64,
        git: GitIdentity? = nil,
        submodules: [Submodule] = [],
        lfs: [LFSObject] = [],
        attributes: [ByteChangingAttribute] = [],
        emptyDirectories: [TreePath] = [],
        unlistedRecordCount: Int = 0,
        findings: [Finding] = []
    ) {
        self.view = view
        self.name = name
        self.manifest = manifest
        self.bytes = bytes
        self.git = git
        self.submodules = submodules
        self.lfs = lfs
        self.attributes = attributes
        self.emptyDirectories = emptyDirectories
        self.unlistedRecordCount = unlistedRecordCount
        self.findings = findings
    }
}

extension SourceReading {
    /// The same reading under another name, with more findings.
    package func named(_ name: String, adding more: [Finding] = []) -> SourceReading {
        var reading = self
        reading.name = name
        reading.findings += more
        return reading
    }
}
