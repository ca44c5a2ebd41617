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
        let rebuilders = try fields.rebuilders.map(Policy.quorum)
        let waivers = try fields.waivers.map(Policy.quorum)
        let release = try Policy.quorum(fields.releaseKeys)
        self.init(
            product: fields.product,
            version: fields.version,
            keys: release.keys,
            threshold: release.threshold,
            forms: fields.forms,
            views: fields.views,
            maximumAgeDays: fields.maximumAgeDays,
            allowsGaps: fields.allowsGaps,
            build: BuildDemands(
                rebuilders: rebuilders,
                waivers: waivers,
                grades: fields.grades,
                disagreement: fields.disagreement,
                needsSealedDefinition: fields.needsSealedDefinition
            ),
            digest: SHA256.digest(of: bytes)
        )
    }

    private static func quorum(_ spelled: SpelledQuorum) throws(MalformedPolicy) -> BuildDemands.Quorum {
        var keys: [TrustedKey] = []
        var seen: Set<KeyID> = []
        for spelled in spelled.keys {
            let place = "\(spelled.place).publicKey"
            let key: PublicKey
            do throws(SigningKeyError) {
                key = try PublicKey(pem: spelled.publicKey.utf8)
            } catch {
                throw .badKey(place: place, reason: error.description)
            }
            guard seen.insert(key.keyID).inserted else { throw .keyTwice(place: place) }
            keys.append(TrustedKey(name: spelled.name, key: key))
        }
        return BuildDemands.Quorum(keys: keys, threshold: spelled.threshold)
    }
}

/// Keys and a threshold of a policy file before the keys are read.
private struct SpelledQuorum {
    let keys: [(place: String, name: Text, publicKey: Text)]
    let threshold: Int

    init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        let threshold = try fields.count("threshold")
        keys = try fields.list("keys") { (json, place) throws(UnexpectedJSON) in
            var fields = try JSONFields(json, at: place)
            let key = (place: place, name: try fields.text("name"), publicKey: try fields.text("publicKey"))
            try fields.finish()
            return key
        }
        try fields.finish()
        guard (1...Policy.maximumKeyCount).contains(keys.count) else {
            throw UnexpectedJSON("\(place).keys", .badValue(expected: "1 to \(Policy.maximumKeyCount) keys"))
        }
        guard threshold >= 1, threshold <= UInt64(keys.count) else {
            throw UnexpectedJSON("\(place).threshold", .badValue(expected: "1 to the number of keys"))
        }
        self.threshold = Int(threshold)
    }
}

/// The fields of a policy file before its keys are read.
private struct PolicyFields {
    let product: Text
    let version: Policy.VersionRule
    let releaseKeys: SpelledQuorum
    let forms: [ManifestForm]
    let views: [SourceView]
    let maximumAgeDays: UInt64?
    let allowsGaps: Bool
    let rebuilders: SpelledQuorum?
    let waivers: SpelledQuorum?
    let grades: [Grade]
    let disagreement: BuildDemands.Disagreement
    let needsSealedDefinition: Bool

    init(_ json: JSON) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: "")
        try fields.value("format", expected: Policy.format.string) { $0 == Policy.format ? () : nil }
        product = try fields.value("product", expected: "a product name") { ReleaseName.isPart($0) ? $0 : nil }
        version = try PolicyFields.versionRule(try fields.required("version"))
        releaseKeys = try SpelledQuorum(try fields.required("releaseKeys"), at: "releaseKeys")
        forms = try PolicyFields.choices(try fields.required("forms"), "forms", among: ManifestForm.allCases, \.name)
        let views = try fields.required("views")
        self.views = try PolicyFields.choices(views, "views", among: SourceView.allCases, \.rawValue)
        maximumAgeDays = try PolicyFields.days(fields.optional("maximumAgeDays"))
        allowsGaps = try PolicyFields.flag("allowGaps", from: &fields)
        needsSealedDefinition = try PolicyFields.flag("sealedDefinition", from: &fields)
        rebuilders = try PolicyFields.quorum("rebuilders", from: &fields)
        waivers = try PolicyFields.quorum("waivers", from: &fields)
        // A different file is never taken as a whole: a waiver names what is accepted.
        let passing = Grade.allCases.filter { $0 != .different }
        let grades = fields.optional("grades") ?? .strings(BuildDemands.usualGrades.map(\.rawValue))
        self.grades = try PolicyFields.choices(grades, "grades", among: passing, \.rawValue)
        let disagreement = fields.optional("disagreement") ?? .string(BuildDemands.Disagreement.inconclusive.rawValue)
        let all = BuildDemands.Disagreement.allCases
        self.disagreement = try PolicyFields.choice(disagreement, "disagreement", among: all, \.rawValue)
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

    /// A demand or an allowance; false when absent.
    private static func flag(_ name: Text, from fields: inout JSONFields) throws(UnexpectedJSON) -> Bool {
        switch fields.optional(name) {
        case nil: return false
        case .boolean(let value): return value
        default: throw UnexpectedJSON(name.string, .wrongType(expected: "true or false"))
        }
    }

    private static func quorum(_ name: Text, from fields: inout JSONFields) throws(UnexpectedJSON) -> SpelledQuorum? {
        guard let json = fields.optional(name) else { return nil }
        return try SpelledQuorum(json, at: name.string)
    }

    private static func choices<Choice: Equatable>(
        _ json: JSON,
        _ name: String,
        among all: [Choice],
        _ spelling: (Choice) -> String
    ) throws(UnexpectedJSON) -> [Choice] {
        guard case .array(let values) = json, !values.isEmpty else {
            throw UnexpectedJSON(name, .wrongType(expected: "an array of one or more"))
        }
        var choices: [Choice] = []
        for value in values {
            let choice = try choice(value, name, among: all, spelling)
            guard !choices.contains(choice) else { throw UnexpectedJSON(name, .badValue(expected: "none twice")) }
            choices.append(choice)
        }
        return choices
    }

    private static func choice<Choice>(
        _ json: JSON,
        _ name: String,
        among all: [Choice],
        _ spelling: (Choice) -> String
    ) throws(UnexpectedJSON) -> Choice {
        let choice = all.first { json == .string(spelling($0)) }
        guard let choice else {
            throw UnexpectedJSON(name, .badValue(expected: all.map(spelling).joined(separator: " or ")))
        }
        return choice
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
