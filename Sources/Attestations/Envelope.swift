package import Encodings

/// A DSSE v1.0.2 envelope: a payload and what claims to be signatures of it.
///
/// Nothing in an envelope is believed because it is there. The payload counts for what trusted keys signed, and the
/// `keyid` of a signature is a hint. Rules: docs/formats/statement.md, "envelope".
package struct Envelope: Hashable, Sendable {
    /// What claims to be a signature of the payload.
    package struct Signature: Hashable, Sendable {
        /// The hint which key made it, signed by nobody; empty when the envelope has none.
        package let keyIDHint: Text
        /// The bytes of the signature.
        package let bytes: [UInt8]

        /// Pairs a hint with a signature.
        package init(keyIDHint: Text, bytes: [UInt8]) {
            self.keyIDHint = keyIDHint
            self.bytes = bytes
        }
    }

    /// The most signatures that are read.
    package static let maximumSignatureCount = 32
    /// The most bytes of a payload, 8 MiB.
    package static let maximumPayloadByteCount = 8 << 20
    /// The payload type of in-toto statements.
    package static let inTotoPayloadType: Text = "application/vnd.in-toto+json"

    /// How to read the payload; signed together with it.
    package let payloadType: Text
    /// The bytes that were signed.
    package let payload: [UInt8]
    /// The signatures in the order of the envelope; hints may occur more than once.
    package let signatures: [Signature]

    /// Puts a payload and its signatures together.
    package init(payloadType: Text, payload: [UInt8], signatures: [Signature]) {
        self.payloadType = payloadType
        self.payload = payload
        self.signatures = signatures
    }

    /// The bytes that each signature is to be verified over.
    package var signedBytes: [UInt8] {
        PreAuthenticationEncoding.encode(payloadType: payloadType, payload: payload)
    }
}

/// Why bytes are no envelope.
package enum MalformedEnvelope: Error, Hashable, Sendable {
    case notJSON(MalformedJSON)
    case unexpected(UnexpectedJSON)
    case payloadTooLarge(bytes: Int)
    case noSignatures
    case tooManySignatures(count: Int)
}

extension MalformedEnvelope: CustomStringConvertible {
    /// The reason and the place.
    package var description: String {
        switch self {
        case .notJSON(let error): error.description
        case .unexpected(let error): error.description
        case .payloadTooLarge(let bytes):
            "payload of \(bytes) bytes, at most \(Envelope.maximumPayloadByteCount)"
        case .noSignatures: "no signatures"
        case .tooManySignatures(let count): "\(count) signatures, at most \(Envelope.maximumSignatureCount)"
        }
    }
}

extension Envelope {
    /// Reads one envelope, strictly.
    ///
    /// Unknown fields are ignored, as DSSE demands. Base64 is taken in the standard alphabet, padded, and in no other
    /// spelling, although DSSE lets writers use the URL-safe one.
    package init(parsing bytes: [UInt8]) throws(MalformedEnvelope) {
        let json: JSON
        do throws(MalformedJSON) { json = try JSON(parsing: bytes) } catch { throw .notJSON(error) }
        try self.init(json)
    }

    /// Reads one envelope from its JSON object, as it stands in a disclosure.
    package init(_ json: JSON) throws(MalformedEnvelope) {
        // The ceilings come before the work.
        if case .array(let list) = json["signatures"], list.count > Envelope.maximumSignatureCount {
            throw .tooManySignatures(count: list.count)
        }
        do throws(UnexpectedJSON) {
            var fields = try JSONFields(json, at: "envelope")
            payload = try fields.base64("payload")
            payloadType = try fields.text("payloadType")
            signatures = try fields.list("signatures", Signature.init)
        } catch {
            throw .unexpected(error)
        }
        guard payload.count <= Envelope.maximumPayloadByteCount else { throw .payloadTooLarge(bytes: payload.count) }
        guard !signatures.isEmpty else { throw .noSignatures }
    }
}

extension Envelope.Signature {
    fileprivate init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        switch fields.optional("keyid") {
        case nil: keyIDHint = ""
        case .string(let text): keyIDHint = text
        default: throw UnexpectedJSON(fields.place(of: "keyid"), .wrongType(expected: "a string"))
        }
        bytes = try fields.base64("sig")
    }
}

extension JSONFields {
    fileprivate mutating func base64(_ name: Text) throws(UnexpectedJSON) -> [UInt8] {
        try value(name, expected: "padded base64 of the standard alphabet") { Base64.decode($0) }
    }
}
