package import Encodings
package import SigningKeys

/// The claim that a manifest is the source of a release; predicate type `urn:vitrine:source-manifest:v1`.
///
/// Rules: docs/formats/statement.md. Unknown fields are refused, since leaving one out could turn a no into a yes.
package struct SourceManifestPredicate: Hashable, Sendable {
    /// The predicate type.
    package static let type: Text = "urn:vitrine:source-manifest:v1"

    /// Lines taken over from an older manifest when this one was made.
    package struct Reuse: Hashable, Sendable {
        /// The SHA-256 of the older manifest file.
        package let manifest: Digest
        /// The number of entries taken over.
        package let entries: UInt64

        /// Records what was taken over.
        package init(manifest: Digest, entries: UInt64) {
            self.manifest = manifest
            self.entries = entries
        }
    }

    /// What the two forms tell.
    package enum Content: Hashable, Sendable {
        /// Everything.
        case open(SourceDetails, reused: Reuse?)
        /// The number of unresolved submodules, and the commitment to the ``SourceDetails`` in the secret file.
        case blinded(gaps: UInt64, detailsCommitment: Digest)
    }

    /// The release.
    package let release: ReleaseName
    /// The root of the tree over the lines of the manifest.
    package let treeRoot: Digest
    /// The number of lines of the manifest after its header: the size of the tree.
    package let entries: UInt64
    /// How the source was read.
    package let view: SourceView
    /// What else is told.
    package let content: Content
    /// When the signer says it was sealed.
    package let sealedOn: Timestamp
    /// The keys that sealed it, at least one and none twice; a signature of each belongs to the evidence.
    package let requiredSigners: [KeyID]

    /// Makes the claim.
    ///
    /// Nil unless the entries of the details are those of the tree, a commit is named exactly where the view is one,
    /// and there is at least one required signer and none twice.
    package init?(
        release: ReleaseName,
        treeRoot: Digest,
        entries: UInt64,
        view: SourceView,
        content: Content,
        sealedOn: Timestamp,
        requiredSigners: [KeyID]
    ) {
        if case .open(let details, _) = content {
            guard details.entries == entries, (details.git != nil) == (view == .gitCommit) else { return nil }
        }
        guard !requiredSigners.isEmpty, Set(requiredSigners).count == requiredSigners.count else { return nil }
        self.release = release
        self.treeRoot = treeRoot
        self.entries = entries
        self.view = view
        self.content = content
        self.sealedOn = sealedOn
        self.requiredSigners = requiredSigners
    }

    /// The details of the open form; nil in the blinded form.
    package var details: SourceDetails? {
        switch content {
        case .open(let details, _): details
        case .blinded: nil
        }
    }

    /// The number of unresolved submodules.
    package var gaps: UInt64 {
        switch content {
        case .open(let details, _): UInt64(details.submodules.count { !$0.isResolved })
        case .blinded(let gaps, _): gaps
        }
    }
}

extension SourceManifestPredicate {
    /// Reads the JSON object of a statement; `place` is how errors name it.
    package init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        let (product, version) = (try fields.text("product"), try fields.text("version"))
        guard let release = ReleaseName(product: product, version: version) else {
            throw UnexpectedJSON(place, .badValue(expected: "a product and a version of plain characters"))
        }
        let (treeRoot, entries) = (try fields.digest("treeRoot"), try fields.count("entries"))
        let form = try fields.choice("form", of: Content.Form.self)
        let view = try fields.choice("view", of: SourceView.self)
        let content = try Content(form, from: &fields, entries: entries)
        let sealedOn = try fields.timestamp("sealedOn")
        let signers = try fields.list("requiredSigners") { (json, place) throws(UnexpectedJSON) in
            guard case .string(let text) = json, let keyID = KeyID(text) else {
                throw UnexpectedJSON(place, .badValue(expected: "a key id"))
            }
            return keyID
        }
        try fields.finish()
        let predicate = SourceManifestPredicate(
            release: release,
            treeRoot: treeRoot,
            entries: entries,
            view: view,
            content: content,
            sealedOn: sealedOn,
            requiredSigners: signers
        )
        guard let predicate else {
            let expected = "a claim whose git fields match its view, with one required signer or more, none twice"
            throw UnexpectedJSON(place, .badValue(expected: expected))
        }
        self = predicate
    }
}

extension SourceManifestPredicate.Content {
    /// The spelling of the cases.
    fileprivate enum Form: String, CaseIterable {
        case open
        case blinded
    }

    fileprivate init(
        _ form: Form,
        from fields: inout JSONFields,
        entries: UInt64
    ) throws(UnexpectedJSON) {
        switch form {
        case .open:
            let bytes = try fields.count("bytes")
            let details = try SourceDetails(from: &fields, entries: entries, bytes: bytes)
            let place = fields.place(of: "reused")
            var reused: SourceManifestPredicate.Reuse?
            if let json = fields.optional("reused") { reused = try .init(json, at: place) }
            self = .open(details, reused: reused)
        case .blinded:
            self = .blinded(
                gaps: try fields.count("gaps"),
                detailsCommitment: try fields.digest("detailsCommitment")
            )
        }
    }
}

extension SourceManifestPredicate.Reuse {
    fileprivate init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        manifest = try fields.digest("manifest")
        entries = try fields.count("entries")
        try fields.finish()
    }
}
