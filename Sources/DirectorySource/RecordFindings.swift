package import Attestations
import Encodings
package import Verification

extension LFSObject {
    /// The notice that a file holds a pointer, and that its content is elsewhere.
    package var finding: Finding {
        Finding(.lfsPointer, path: path.bytes, found: "\(size) bytes with SHA-256 \(oid.hex)")
    }
}

extension ByteChangingAttribute {
    /// The notice that git may write other bytes to disk than it stores.
    package var finding: Finding {
        let text = "\(ASCII.escape(pattern)) \(ASCII.escape(attribute))"
        return Finding(.byteChangingAttribute, path: path.bytes, found: "line \(line): \(text)")
    }
}
