package import Encodings

/// What a statement tells about a source beyond its root.
///
/// The open form spells it in the predicate; the blinded form commits to it and leaves it in the secret file.
package struct SourceDetails: Hashable, Sendable {
    /// The number of entries, decoys not counted.
    package let entries: UInt64
    /// The sum of the sizes of all entries, in bytes.
    package let bytes: UInt64
    /// The commit; nil for a directory.
    package let git: GitIdentity?
    /// The submodules, ordered by path.
    package let submodules: [Submodule]
    /// The LFS pointers, ordered by path.
    package let lfs: [LFSObject]
    /// The attributes that change bytes.
    package let attributes: [ByteChangingAttribute]
    /// The directories with nothing below them, strictly increasing by path.
    package let emptyDirectories: [TreePath]

    /// Gathers what is to be told.
    package init(
        entries: UInt64,
        bytes: UInt64,
        git: GitIdentity? = nil,
        submodules: [Submodule] = [],
        lfs: [LFSObject] = [],
        attributes: [ByteChangingAttribute] = [],
        emptyDirectories: [TreePath] = []
    ) {
        self.entries = entries
        self.bytes = bytes
        self.git = git
        self.submodules = submodules
        self.lfs = lfs
        self.attributes = attributes
        self.emptyDirectories = emptyDirectories
    }
}

extension SourceDetails {
    /// The JSON object of the secret file; its compact bytes are what the blinded form commits to.
    package var json: JSON {
        .object(recordMembers + [.init("bytes", .count(bytes)), .init("entries", .count(entries))])
    }

    /// Reads the JSON object of the secret file.
    package init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        let (bytes, entries) = (try fields.count("bytes"), try fields.count("entries"))
        try self.init(from: &fields, entries: entries, bytes: bytes)
        try fields.finish()
    }

    /// The members from `git` to `emptyDirectories`, which stand in both forms in this order.
    var recordMembers: [JSON.Member] {
        var members: [JSON.Member] = []
        if let git {
            members.append(.init("git", git.json))
            members.append(.init("swhid", .string(git.swhid)))
        }
        return members + [
            .init("submodules", .array(submodules.map(\.json))),
            .init("lfs", .array(lfs.map(\.json))),
            .init("attributes", .array(attributes.map(\.json))),
            .init("emptyDirectories", .array(emptyDirectories.map { .escaped($0.bytes) })),
        ]
    }

    /// Takes the members from `git` to `emptyDirectories`.
    init(from fields: inout JSONFields, entries: UInt64, bytes: UInt64) throws(UnexpectedJSON) {
        self.entries = entries
        self.bytes = bytes
        if let json = fields.optional("git") {
            let git = try GitIdentity(json, at: fields.place(of: "git"))
            try fields.value("swhid", expected: "the id of git.tree") { $0 == git.swhid ? () : nil }
            self.git = git
        } else {
            git = nil
        }
        submodules = try fields.list("submodules", Submodule.init)
        lfs = try fields.list("lfs", LFSObject.init)
        attributes = try fields.list("attributes", ByteChangingAttribute.init)
        emptyDirectories = try fields.list("emptyDirectories") { (json, place) throws(UnexpectedJSON) in
            guard case .string(let text) = json, let path = try? TreePath(escaped: text.utf8) else {
                throw UnexpectedJSON(place, .badValue(expected: "an escaped path"))
            }
            return path
        }
        for (path, next) in zip(emptyDirectories, emptyDirectories.dropFirst()) where next <= path {
            let place = fields.place(of: "emptyDirectories")
            throw UnexpectedJSON(place, .badValue(expected: "in strictly increasing order of raw paths"))
        }
    }
}
