package import Digests
package import Encodings

/// Which commit a tree came from, in git's own names.
///
/// The names are SHA-1. They tell a reader where to look; what is proven rests on the tree root.
package struct GitIdentity: Hashable, Sendable {
    /// An annotated tag that led to the commit.
    package struct Tag: Hashable, Sendable {
        /// The raw bytes of the tag's name, without `refs/tags/`.
        package let name: [UInt8]
        /// The id of the tag object.
        package let object: GitObjectID

        /// Pairs a tag's name with its object.
        package init(name: [UInt8], object: GitObjectID) {
            self.name = name
            self.object = object
        }
    }

    /// What read the blobs; ids are checked either way.
    package enum ObjectReader: String, Hashable, Sendable, CaseIterable {
        /// Our own reader of packs and loose objects.
        case packs
        /// libgit2.
        case libgit2
    }

    /// The commit.
    package let commit: GitObjectID
    /// Its tree, before submodules are put in.
    package let tree: GitObjectID
    /// The annotated tag that was named, if one was.
    package let tag: Tag?
    /// What read the blobs.
    package let objectReader: ObjectReader

    /// Gathers the names of a commit.
    package init(commit: GitObjectID, tree: GitObjectID, tag: Tag? = nil, objectReader: ObjectReader) {
        self.commit = commit
        self.tree = tree
        self.tag = tag
        self.objectReader = objectReader
    }

    /// The Software Heritage id of the tree, `swh:1:dir:<tree>`.
    package var swhid: Text { Text("swh:1:dir:\(tree.hex)") }
}

extension GitIdentity {
    /// Reads the JSON object of the statement; `place` is how errors name it.
    package init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        commit = try fields.objectID("commit")
        tree = try fields.objectID("tree")
        if let tag = fields.optional("tag") {
            var tagFields = try JSONFields(tag, at: fields.place(of: "tag"))
            self.tag = Tag(name: try tagFields.escaped("name"), object: try tagFields.objectID("object"))
            try tagFields.finish()
        } else {
            tag = nil
        }
        objectReader = try fields.choice("objectReader", of: ObjectReader.self)
        try fields.finish()
    }
}
