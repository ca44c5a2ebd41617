package import Attestations
package import Encodings
package import PrivateKeys
package import SigningKeys

extension Envelope {
    /// Signs an in-toto statement with each of `keys`, in their order.
    package init(signing payload: [UInt8], with keys: [PrivateKey]) throws(SigningKeyError) {
        let message = PreAuthenticationEncoding.encode(payloadType: Envelope.inTotoPayloadType, payload: payload)
        var signatures: [Signature] = []
        for key in keys {
            let keyID = key.publicKey.keyID.text
            signatures.append(Signature(keyIDHint: keyID, bytes: try key.sign(message)))
        }
        self.init(payloadType: Envelope.inTotoPayloadType, payload: payload, signatures: signatures)
    }
}

extension Envelope {
    /// The JSON object as Vitrine writes it.
    package var json: JSON {
        .object([
            .init("payload", .string(Base64.encode(payload))),
            .init("payloadType", .string(payloadType)),
            .init("signatures", .array(signatures.map(\.json))),
        ])
    }
}

extension Envelope.Signature {
    fileprivate var json: JSON {
        .object([.init("keyid", .string(keyIDHint)), .init("sig", .string(Base64.encode(bytes)))])
    }
}

extension EnvelopeLines {
    /// The line of one envelope as Vitrine writes it, with its LF.
    package static func line(of envelope: Envelope) -> [UInt8] {
        envelope.json.compact + [UInt8(ascii: "\n")]
    }
}
