package import Digests
package import Encodings
package import GitWorker

/// What came of one object id after the parent has hashed every byte that the worker sent for it.
package enum ReceivedObject: Sendable {
    /// Bytes that are what the id names.
    case object(VerifiedObject)
    /// Bytes that are not what the id names.
    case mismatch(found: GitObjectID)
    /// No bytes.
    case fault(ObjectFault, text: [UInt8])
}

/// An object whose bytes were hashed here and have the id that was asked for.
package struct VerifiedObject: Sendable {
    /// The kind, which the id covers.
    package let kind: GitObjectKind
    /// The length, in bytes.
    package let count: UInt64
    /// The SHA-256 of the content.
    package let digest: Digest
    /// The content, where it was short enough to be kept.
    package let content: [UInt8]?

    fileprivate init(kind: GitObjectKind, count: UInt64, digest: Digest, content: [UInt8]?) {
        self.kind = kind
        self.count = count
        self.digest = digest
        self.content = content
    }
}

/// Hashes the pieces of one object after the other, with SHA-1 for its id and SHA-256 for the manifest.
struct ObjectHashing: ~Copyable {
    private var sha1 = SHA1()
    private var sha256 = SHA256()
    private var kind = GitObjectKind.blob
    private var total: UInt64 = 0
    private var received: UInt64 = 0
    private var content: [UInt8] = []
    private var keeps = false
    private(set) var isOpen = false

    /// Begins an object of `total` bytes; its content is kept when it is at most `keeping` bytes long.
    mutating func begin(_ kind: GitObjectKind, total: UInt64, keeping: Int) {
        self.kind = kind
        self.total = total
        received = 0
        keeps = total <= UInt64(keeping)
        content.removeAll(keepingCapacity: true)
        sha1.start(kind, size: Int(clamping: total))
        isOpen = true
    }

    /// Whether `kind` and `total` are those the object began with, and `count` more bytes fit.
    func continues(_ kind: GitObjectKind, total: UInt64, count: Int) -> Bool {
        isOpen && kind == self.kind && total == self.total && UInt64(count) <= total - received
    }

    /// Adds bytes of the object.
    mutating func update(_ bytes: RawSpan) {
        sha1.update(bytes)
        sha256.update(bytes)
        received += UInt64(bytes.byteCount)
        if keeps { unsafe bytes.withUnsafeBytes { unsafe content.append(contentsOf: $0) } }
    }

    /// Ends the object; nil when bytes are missing.
    mutating func end(expecting id: GitObjectID) -> ReceivedObject? {
        guard isOpen, received == total else { return nil }
        isOpen = false
        let found = sha1.finish()
        let digest = sha256.finish()
        guard found == id else { return .mismatch(found: found) }
        return .object(VerifiedObject(kind: kind, count: total, digest: digest, content: keeps ? content : nil))
    }

    /// Drops an object that broke off.
    mutating func abandon() {
        guard isOpen else { return }
        isOpen = false
        _ = sha1.finish()
        _ = sha256.finish()
    }
}
