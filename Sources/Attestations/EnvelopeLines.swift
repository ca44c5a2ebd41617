package import Encodings

/// The file `attestations.intoto.jsonl`: envelopes, one a line, each line ended by LF.
///
/// Lines are only ever appended. Their order means nothing.
package struct EnvelopeLines: Hashable, Sendable {
    /// The most bytes of the file, 16 MiB.
    package static let maximumByteCount = 16 << 20
    /// The most lines.
    package static let maximumLineCount = 1024
    /// The most signatures on all lines together.
    package static let maximumSignatureCount = 1024

    /// The envelopes in the order of their lines; line numbers count from 1.
    package let envelopes: [Envelope]

    /// Gathers envelopes in the order of their lines.
    package init(_ envelopes: [Envelope]) {
        self.envelopes = envelopes
    }

    /// Reads the JSON objects of envelopes as a disclosure carries them, by the same rules and ceilings.
    package init(objects: [JSON]) throws(MalformedEnvelopeLines) {
        guard objects.count <= EnvelopeLines.maximumLineCount else { throw .tooManyLines }
        var envelopes: [Envelope] = []
        for (index, object) in objects.enumerated() {
            do throws(MalformedEnvelope) {
                envelopes.append(try Envelope(object))
            } catch {
                throw .malformedLine(index + 1, error)
            }
        }
        guard envelopes.reduce(0, { $0 + $1.signatures.count }) <= EnvelopeLines.maximumSignatureCount else {
            throw .tooManySignatures
        }
        self.envelopes = envelopes
    }

    /// Reads the file; any line that is not an envelope refuses all of it.
    package init(parsing bytes: [UInt8]) throws(MalformedEnvelopeLines) {
        guard bytes.count <= EnvelopeLines.maximumByteCount else { throw .tooLarge(bytes: bytes.count) }
        var envelopes: [Envelope] = []
        var signatureCount = 0
        var rest = bytes[...]
        while !rest.isEmpty {
            let number = envelopes.count + 1
            guard number <= EnvelopeLines.maximumLineCount else { throw .tooManyLines }
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { throw .unterminatedLine(number) }
            let line = Array(rest[..<end])
            let envelope: Envelope
            do throws(MalformedEnvelope) {
                envelope = try Envelope(parsing: line)
            } catch {
                throw .malformedLine(number, error)
            }
            signatureCount += envelope.signatures.count
            guard signatureCount <= EnvelopeLines.maximumSignatureCount else { throw .tooManySignatures }
            envelopes.append(envelope)
            rest = rest[(end + 1)...]
        }
        self.envelopes = envelopes
    }
}

/// Why a file is no list of envelopes.
package enum MalformedEnvelopeLines: Error, Hashable, Sendable {
    case tooLarge(bytes: Int)
    case tooManyLines
    case tooManySignatures
    case unterminatedLine(Int)
    case malformedLine(Int, MalformedEnvelope)
}

extension MalformedEnvelopeLines: CustomStringConvertible {
    /// The line and the reason.
    package var description: String {
        switch self {
        case .tooLarge(let bytes): "\(bytes) bytes, at most \(EnvelopeLines.maximumByteCount)"
        case .tooManyLines: "more than \(EnvelopeLines.maximumLineCount) lines"
        case .tooManySignatures: "more than \(EnvelopeLines.maximumSignatureCount) signatures"
        case .unterminatedLine(let number): "line \(number): does not end with LF"
        case .malformedLine(let number, let error): "line \(number): \(error)"
        }
    }
}
