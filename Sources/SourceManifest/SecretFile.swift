package import Encodings

/// Why bytes are not a secret file; none of the reasons carries anything of its content.
package enum MalformedSecretFile: Error, Hashable, Sendable {
    case tooLarge
    case header
    case secret
    case decoys
    case details
    case manifest(MalformedManifest)
}

extension MalformedSecretFile: CustomStringConvertible {
    /// The reason in words.
    package var description: String {
        switch self {
        case .tooLarge: "larger than 320 MiB"
        case .header: "the first line is not `vitrine-secret/v1`"
        case .secret: "the second line is not `secret`, a space and 64 lower-case hexadecimal digits"
        case .decoys: "the third line is not `decoys`, a space and a number up to 2,000,000"
        case .details: "the fourth line is not `details`, a space and compact JSON, with an empty line after it"
        case .manifest(let malformed): "the manifest in it: \(malformed.description)"
        }
    }
}

/// What the vendor keeps of a blinded manifest, to open leaves later: docs/formats/blinded.md.
package struct SecretFile: Sendable {
    /// The most bytes of a secret file: 320 MiB.
    package static let maximumByteCount = 320 << 20

    /// The secret that the salts come from.
    package let secret: BlindingSecret
    /// The number of decoys.
    package let decoys: Int
    /// What an open statement would say, as compact JSON.
    package let details: JSON
    /// The manifest in its open form.
    package let manifest: Manifest

    /// Puts a secret file together; throws when there would be more than 2,000,000 leaves.
    package init(
        secret: BlindingSecret,
        decoys: Int,
        details: JSON,
        manifest: Manifest
    ) throws(MalformedSecretFile) {
        guard decoys >= 0, decoys <= Manifest.maximumCount - manifest.count else { throw .decoys }
        self.secret = secret
        self.decoys = decoys
        self.details = details
        self.manifest = manifest
    }

    /// Reads a secret file, strictly.
    package init(parsing bytes: [UInt8]) throws(MalformedSecretFile) {
        guard bytes.count <= SecretFile.maximumByteCount else { throw .tooLarge }
        var rest = bytes[...]
        guard SecretFile.line(&rest) == Array("vitrine-secret/v1".utf8)[...] else { throw .header }
        guard let digits = SecretFile.line(&rest, after: "secret "), let secret = BlindingSecret(hex: digits) else {
            throw .secret
        }
        guard let count = SecretFile.line(&rest, after: "decoys ").flatMap(SecretFile.number) else { throw .decoys }
        guard let line = SecretFile.line(&rest, after: "details "), let details = try? JSON(parsing: Array(line)),
            details.compact[...] == line, SecretFile.line(&rest)?.isEmpty == true
        else { throw .details }
        let manifest: Manifest
        do throws(MalformedManifest) {
            manifest = try Manifest(parsing: Array(rest))
        } catch {
            throw .manifest(error)
        }
        try self.init(secret: secret, decoys: count, details: details, manifest: manifest)
    }

    /// The bytes of the file, with which every leaf can be opened.
    package var bytes: [UInt8] {
        var bytes = Array("vitrine-secret/v1\nsecret \(secret.hexForSecretFile)\ndecoys \(decoys)\ndetails ".utf8)
        details.append(to: &bytes)
        bytes += Array("\n\n".utf8)
        return bytes + manifest.bytes
    }

    /// The manifest in its blinded form.
    package func blinded<H: HashFunction & ~Copyable>(
        using hasher: inout H
    ) throws(MalformedBlindedManifest) -> BlindedManifest {
        let blinding = secret.blinding(using: &hasher)
        var commitments: [Digest] = []
        commitments.reserveCapacity(manifest.count + decoys)
        for index in 0..<manifest.count {
            let entry = manifest.entry(at: index)
            let salt = blinding.salt(for: entry.path, using: &hasher)
            commitments.append(commitment(to: entry, salt: salt, using: &hasher))
        }
        for index in 0..<decoys {
            commitments.append(blinding.decoy(index, using: &hasher))
        }
        return try BlindedManifest(sorting: commitments)
    }

    /// What the statement says instead of the details.
    package func detailsCommitment<H: HashFunction & ~Copyable>(using hasher: inout H) -> Digest {
        secret.blinding(using: &hasher).detailsCommitment(details.compact, using: &hasher)
    }

    /// Takes the next line without its LF; nil when none is left.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }

    private static func line(_ rest: inout ArraySlice<UInt8>, after word: String) -> ArraySlice<UInt8>? {
        guard let line = line(&rest), line.starts(with: word.utf8) else { return nil }
        return line.dropFirst(word.utf8.count)
    }

    /// A decimal number of up to seven digits in its shortest spelling.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...7).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = 10 * number + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }
}

extension SecretFile: CustomStringConvertible, CustomDebugStringConvertible {
    /// Says that there is a secret, not which.
    package var description: String { "a secret file, not shown" }

    /// Says that there is a secret, not which.
    package var debugDescription: String { description }
}

#if !hasFeature(Embedded)
extension SecretFile: CustomReflectable {
    /// Shows nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
