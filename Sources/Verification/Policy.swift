package import Attestations
package import Encodings
package import SigningKeys
package import SourceManifest

/// What a person or an automated check demands of evidence before they believe it.
///
/// A policy comes from the reader, never from the evidence. Format: docs/formats/policy.md.
package struct Policy: Sendable {
    /// A key that the reader trusts, and the reader's name for it.
    package struct TrustedKey: Hashable, Sendable {
        /// The reader's name for the key; shown, never compared.
        package let name: Text
        /// The key.
        package let key: PublicKey

        /// Trusts a key under a name.
        package init(name: Text, key: PublicKey) {
            self.name = name
            self.key = key
        }
    }

    /// Which versions are wanted.
    package enum VersionRule: Hashable, Sendable {
        /// Any version.
        case any
        /// One of these.
        case oneOf([Text])

        /// Whether the rule takes `version`.
        package func accepts(_ version: Text) -> Bool {
            switch self {
            case .any: true
            case .oneOf(let versions): versions.contains(version)
            }
        }
    }

    /// The most trusted keys.
    package static let maximumKeyCount = 32

    /// The product that is wanted; nil for any.
    package let product: Text?
    /// The versions that are wanted.
    package let version: VersionRule
    /// The trusted keys, each once.
    package let keys: [TrustedKey]
    /// How many distinct trusted keys must have signed, at least 1.
    package let threshold: Int
    /// The forms of manifest that are taken.
    package let forms: [ManifestForm]
    /// The ways of reading the source for the seal that are taken.
    package let views: [SourceView]
    /// The most days between the seal and now; nil for any age.
    package let maximumAgeDays: UInt64?
    /// Whether unresolved submodules are tolerated.
    package let allowsGaps: Bool
    /// What is demanded of a shipped build.
    package let build: BuildDemands
    /// The SHA-256 of the policy file; nil for a policy of command-line options.
    package let digest: Digest?

    /// Makes a policy; of keys with the same id the first stays.
    ///
    /// The threshold is counted in distinct keys. One that is higher than their number can never be met, so that
    /// every judgement by such a policy fails; one below 1 is taken for 1.
    package init(
        product: Text? = nil,
        version: VersionRule = .any,
        keys: [TrustedKey],
        threshold: Int = 1,
        forms: [ManifestForm] = ManifestForm.allCases,
        views: [SourceView] = SourceView.allCases,
        maximumAgeDays: UInt64? = nil,
        allowsGaps: Bool = false,
        build: BuildDemands = BuildDemands(),
        digest: Digest? = nil
    ) {
        var seen: Set<KeyID> = []
        self.product = product
        self.version = version
        self.keys = keys.filter { seen.insert($0.key.keyID).inserted }
        self.threshold = max(1, threshold)
        self.forms = forms
        self.views = views
        self.maximumAgeDays = maximumAgeDays
        self.allowsGaps = allowsGaps
        self.build = build
        self.digest = digest
    }
}
