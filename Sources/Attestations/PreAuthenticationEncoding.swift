package import Encodings

/// The bytes that a DSSE signature is made over: payload type and payload, each with its length.
package enum PreAuthenticationEncoding {
    /// The encoding of a payload, DSSE v1.0.2 protocol.md, "Signature Definition".
    package static func encode(payloadType: Text, payload: [UInt8]) -> [UInt8] {
        // "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body
        var output: [UInt8] = []
        output.reserveCapacity(payload.count + payloadType.utf8.count + 32)
        output.append(contentsOf: "DSSEv1 \(payloadType.utf8.count) ".utf8)
        output.append(contentsOf: payloadType.utf8)
        output.append(contentsOf: " \(payload.count) ".utf8)
        output.append(contentsOf: payload)
        return output
    }
}
