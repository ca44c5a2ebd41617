package import Digests
package import Encodings

/// A submodule of the source.
package struct Submodule: Hashable, Sendable {
    /// Where it stands in the tree.
    package let path: TreePath
    /// The commit that the tree names.
    package let commit: GitObjectID
    /// Whether its files are in the manifest; otherwise a `160000` line stands for them and they are a gap.
    package let isResolved: Bool

    /// Records a submodule.
    package init(path: TreePath, commit: GitObjectID, isResolved: Bool) {
        self.path = path
        self.commit = commit
        self.isResolved = isResolved
    }
}

/// A file whose content is a Git LFS pointer.
///
/// The manifest holds the pointer. The content it points to is known by this record alone.
package struct LFSObject: Hashable, Sendable {
    /// Where the pointer stands in the tree.
    package let path: TreePath
    /// The SHA-256 of the content.
    package let oid: Digest
    /// The size of the content, in bytes.
    package let size: UInt64

    /// Records a pointer.
    package init(path: TreePath, oid: Digest, size: UInt64) {
        self.path = path
        self.oid = oid
        self.size = size
    }
}

/// A line of a `.gitattributes` file that makes git write other bytes to disk than it stores, or leave files out.
package struct ByteChangingAttribute: Hashable, Sendable {
    /// The `.gitattributes` file.
    package let path: TreePath
    /// The line, from 1.
    package let line: UInt64
    /// The raw bytes of the line's pattern.
    package let pattern: [UInt8]
    /// The raw bytes of the attribute, as `eol=crlf`.
    package let attribute: [UInt8]

    /// Records one attribute of one line.
    package init(path: TreePath, line: UInt64, pattern: [UInt8], attribute: [UInt8]) {
        self.path = path
        self.line = line
        self.pattern = pattern
        self.attribute = attribute
    }
}

extension Submodule {
    /// Reads the JSON object of the statement; `place` is how errors name it.
    package init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        path = try fields.path("path")
        commit = try fields.objectID("commit")
        isResolved = try fields.boolean("resolved")
        try fields.finish()
    }
}

extension LFSObject {
    /// Reads the JSON object of the statement; `place` is how errors name it.
    package init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        path = try fields.path("path")
        oid = try fields.digest("oid")
        size = try fields.count("size")
        try fields.finish()
    }
}

extension ByteChangingAttribute {
    /// Reads the JSON object of the statement; `place` is how errors name it.
    package init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        path = try fields.path("path")
        line = try fields.count("line")
        pattern = try fields.escaped("pattern")
        attribute = try fields.escaped("attribute")
        try fields.finish()
    }
}
