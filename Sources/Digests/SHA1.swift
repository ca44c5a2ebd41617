internal import COpenSSL

/// SHA-1 (FIPS 180-4) for the object ids of git and for nothing else.
///
/// SHA-1 does not resist collisions, and this one does not detect them. An id that matches says that these bytes
/// are what git means by the id, unless somebody prepared two objects with one id.
@safe
package struct SHA1: ~Copyable {
    private let context: DigestContext

    /// Makes a function ready for its first object; ends the process as ``SHA256`` does.
    package init() {
        context = DigestContext(.sha1)
    }

    /// Adds the header that git hashes before the content: kind, space, decimal size, NUL.
    ///
    /// `size` is the count of content bytes that follow, not negative.
    package mutating func start(_ kind: GitObjectKind, size: Int) {
        // The longest header has 6 letters, a space, 19 digits and NUL. It is filled from its end, without allocating.
        var header = InlineArray<32, UInt8>(repeating: 0)
        var first = 31
        var rest = size.magnitude
        repeat {
            first -= 1
            header[first] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        first -= 1
        header[first] = UInt8(ascii: " ")
        for letter in kind.rawValue.utf8.reversed() {
            first -= 1
            header[first] = letter
        }
        update(header.span.extracting(first..<32))
    }

    /// Adds `bytes` to the message.
    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe context.update(bytes.bytes)  // UInt8 has no padding that could be read
    }

    /// Adds `bytes` to the message; for large buffers that are raw memory.
    package mutating func update(_ bytes: RawSpan) {
        context.update(bytes)
    }

    /// Ends the message and starts a new one.
    package mutating func finish() -> GitObjectID {
        let value = context.finish()
        guard let id = GitObjectID(value.span.extracting(first: GitObjectID.byteCount)) else {
            fatalError("a SHA-1 value has 20 bytes")  // The span was cut to that length.
        }
        return id
    }

    /// The id of one whole object; to be called between messages only.
    package mutating func objectID(of kind: GitObjectKind, content: Span<UInt8>) -> GitObjectID {
        start(kind, size: content.count)
        update(content)
        return finish()
    }

    /// The id of one whole object; to be called between messages only.
    package mutating func objectID(of kind: GitObjectKind, content: RawSpan) -> GitObjectID {
        start(kind, size: content.byteCount)
        update(content)
        return finish()
    }
}
