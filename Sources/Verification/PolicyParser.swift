import Attestations
import Digests
package import Encodings
import SigningKeys
import SourceManifest

/// Why a file is no policy.
package enum MalformedPolicy: Error, Sendable {
    case tooLarge(bytes: Int)
    case notJSON(MalformedJSON)
    case unexpected(UnexpectedJSON)
    case badKey(place: String, reason: String)
    case keyTwice(place: String)
}

extension MalformedPolicy: CustomStringConvertible {
    /// The place and the reason.
    package var description: String {
        switch self {
        case .tooLarge(let bytes): "policy of \(bytes) bytes, at most \(Policy.maximumByteCount)"
        case .notJSON(let error): error.description
        case .unexpected(let error): error.description
        case .badKey(let place, let reason): "\(place): \(reason)"
        case .keyTwice(let place): "\(place): the same key as an earlier one"
        }
    }
}

extension Policy {
    /// The most bytes of a policy file, 1 MiB.
    package static let maximumByteCount = 1 << 20
    /// The value of `format`.
    package static let format: Text = "vitrine-policy/v1"

    /// Reads a policy file, strictly: a field that is not known here might be a demand, so it refuses the file.
    package init(parsing bytes: [UInt8]) throws(MalformedPolicy) {
        guard bytes.count <= Policy.maximumByteCount else { throw .tooLarge(bytes: bytes.count) }
        let json: JSON
        do throws(MalformedJSON) { json = try JSON(parsing: bytes) } catch { throw .notJSON(error) }
        var fields: PolicyFields
        do throws(UnexpectedJSON) { fields = try PolicyFields(json) } catch { throw .unexpected(error) }
        var keys: [TrustedKey] = []
        var seen: Set<KeyID> = []
        for (index, spelled) in fields.keys.enumerated() {
            let place = "releaseKeys.keys[\(index)].publicKey"
            let key: PublicKey
            do throws(SigningKeyError) {
                key = try PublicKey(pem: spelled.publicKey.utf8)
            } catch {
                throw .badKey(place: place, reason: error.description)
            }
            guard seen.insert(key.keyID).inserted else { throw .keyTwice(place: place) }
            keys.append(TrustedKey(name: spelled.name, key: key))
        }
        self.init(
            product: fields.product,
            version: fields.version,
            keys: keys,
            threshold: fields.threshold,
            forms: fields.forms,
            views: fields.views,
            maximumAgeDays: fields.maximumAgeDays,
            allowsGaps: fields.allowsGaps,
            digest: SHA256.digest(of: bytes)
        )
    }
}

/// The fields of a policy file before its keys are read.
private struct PolicyFields {
    let product: Text
    let version: Policy.VersionRule
    let keys: [(name: Text, publicKey: Text)]
    let threshold: Int
    let forms: [ManifestForm]
    let views: [SourceView]
    let maximumAgeDays: UInt64?
    let allowsGaps: Bool

    init(_ json: JSON) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: "")
        try fields.value("format", expected: Policy.format.string) { $0 == Policy.format ? () : nil }
        product = try fields.value("product", expected: "a product name") { ReleaseName.isPart($0) ? $0 : nil }
        version = try PolicyFields.versionRule(try fields.required("version"))
        (keys, threshold) = try PolicyFields.releaseKeys(try fields.required("releaseKeys"))
        forms = try PolicyFields.choices("forms", among: ManifestForm.all, \.name, from: &fields)
        views = try PolicyFields.choices("views", among: SourceView.allCases, \.rawValue, from: &fields)
        maximumAgeDays = try PolicyFields.days(fields.optional("maximumAgeDays"))
        switch fields.optional("allowGaps") {
        case nil: allowsGaps = false
        case .boolean(let value): allowsGaps = value
        default: throw UnexpectedJSON("allowGaps", .wrongType(expected: "true or false"))
        }
        try fields.finish()
    }

    private static func versionRule(_ json: JSON) throws(UnexpectedJSON) -> Policy.VersionRule {
        guard case .object(let members) = json, members.count == 1, let rule = members.first else {
            throw UnexpectedJSON("version", .badValue(expected: "one of exact, oneOf, any"))
        }
        switch (rule.name, rule.value) {
        case ("exact", .string(let version)) where ReleaseName.isPart(version): return .oneOf([version])
        case ("any", .boolean(true)): return .any
        case ("oneOf", .array(let values)) where !values.isEmpty:
            var versions: [Text] = []
            for value in values {
                guard case .string(let version) = value, ReleaseName.isPart(version) else {
                    throw UnexpectedJSON("version.oneOf", .badValue(expected: "versions"))
                }
                versions.append(version)
            }
            return .oneOf(versions)
        default:
            let expected = #"{"exact":"1.2"}, {"oneOf":["1.2","1.3"]} or {"any":true}"#
            throw UnexpectedJSON("version", .badValue(expected: expected))
        }
    }

    private static func releaseKeys(
        _ json: JSON
    ) throws(UnexpectedJSON) -> (keys: [(name: Text, publicKey: Text)], threshold: Int) {
        var fields = try JSONFields(json, at: "releaseKeys")
        let threshold = try fields.count("threshold")
        let keys = try fields.list("keys") { (json, place) throws(UnexpectedJSON) in
            var fields = try JSONFields(json, at: place)
            let key = (name: try fields.text("name"), publicKey: try fields.text("publicKey"))
            try fields.finish()
            return key
        }
        try fields.finish()
        guard (1...Policy.maximumKeyCount).contains(keys.count) else {
            throw UnexpectedJSON("releaseKeys.keys", .badValue(expected: "1 to \(Policy.maximumKeyCount) keys"))
        }
        guard threshold >= 1, threshold <= UInt64(keys.count) else {
            throw UnexpectedJSON("releaseKeys.threshold", .badValue(expected: "1 to the number of keys"))
        }
        return (keys, Int(threshold))
    }

    private static func choices<Choice: Equatable>(
        _ name: Text,
        among all: [Choice],
        _ spelling: (Choice) -> String,
        from fields: inout JSONFields
    ) throws(UnexpectedJSON) -> [Choice] {
        let names = all.map(spelling).joined(separator: " or ")
        var choices: [Choice] = []
        for value in try fields.array(name) {
            guard case .string(let text) = value,
                let choice = all.first(where: { Text(spelling($0)) == text }), !choices.contains(choice)
            else { throw UnexpectedJSON(name.string, .badValue(expected: "\(names), none twice")) }
            choices.append(choice)
        }
        guard !choices.isEmpty else { throw UnexpectedJSON(name.string, .badValue(expected: names)) }
        return choices
    }

    private static func days(_ json: JSON?) throws(UnexpectedJSON) -> UInt64? {
        guard let json else { return nil }
        // 100 years; more is no limit, and days times seconds must not overflow.
        guard case .integer(let days) = json, (1...36_525).contains(days) else {
            throw UnexpectedJSON("maximumAgeDays", .badValue(expected: "1 to 36525"))
        }
        return UInt64(days)
    }
}
