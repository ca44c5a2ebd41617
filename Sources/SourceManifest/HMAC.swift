package import Encodings

/// HMAC of RFC 2104 over SHA-256.
package enum HMAC {
    /// The authentication code of `message` under `key`, a key of any length.
    package static func code<H: HashFunction & ~Copyable>(
        key: Span<UInt8>,
        message: Span<UInt8>,
        using hasher: inout H
    ) -> Digest {
        var pad = InlineArray<64, UInt8>(repeating: 0)
        if key.count > 64 {
            var bytes = pad.mutableSpan
            hasher.digest(key).copy(into: &bytes, at: 0)
        } else {
            for index in 0..<key.count {
                pad[index] = key[index]
            }
        }
        for index in 0..<64 {
            pad[index] ^= 0x36
        }
        hasher.update(pad.span)
        hasher.update(message)
        let inner = hasher.finish()
        // From the inner pad to the outer, 0x5C.
        for index in 0..<64 {
            pad[index] ^= 0x36 ^ 0x5C
        }
        hasher.update(pad.span)
        var raw = InlineArray<32, UInt8>(repeating: 0)
        var bytes = raw.mutableSpan
        inner.copy(into: &bytes, at: 0)
        hasher.update(raw.span)
        return hasher.finish()
    }

    /// The authentication code under a key that is itself the value of a hash function.
    package static func code<H: HashFunction & ~Copyable>(
        key: Digest,
        message: Span<UInt8>,
        using hasher: inout H
    ) -> Digest {
        var raw = InlineArray<32, UInt8>(repeating: 0)
        var bytes = raw.mutableSpan
        key.copy(into: &bytes, at: 0)
        return code(key: raw.span, message: message, using: &hasher)
    }
}

/// The key derivation of RFC 5869 over HMAC-SHA256.
package enum HKDF {
    /// The pseudorandom key of `material`, RFC 5869 section 2.2; no salt is the same as 32 zero bytes.
    package static func extract<H: HashFunction & ~Copyable>(
        salt: [UInt8] = [],
        material: [UInt8],
        using hasher: inout H
    ) -> Digest {
        HMAC.code(key: salt.span, message: material.span, using: &hasher)
    }

    /// The first `count` bytes derived from `key` for `info`, RFC 5869 section 2.3; nil for more than 8,160.
    package static func expand<H: HashFunction & ~Copyable>(
        _ key: Digest,
        info: [UInt8],
        count: Int,
        using hasher: inout H
    ) -> [UInt8]? {
        guard count >= 0, count <= 255 * Digest.byteCount else { return nil }
        var output: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 0
        while output.count < count {
            number += 1
            block += info
            block.append(number)
            block = HMAC.code(key: key, message: block.span, using: &hasher).bytes
            output += block
        }
        output.removeLast(output.count - count)
        return output
    }

    /// The first 32 bytes derived from `key` for `info`.
    package static func expand<H: HashFunction & ~Copyable>(
        _ key: Digest,
        info: [UInt8],
        using hasher: inout H
    ) -> Digest {
        let message = info + [1]
        return HMAC.code(key: key, message: message.span, using: &hasher)
    }
}
