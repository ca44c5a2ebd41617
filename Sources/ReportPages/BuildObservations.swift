package import Encodings

/// What was seen of a build: what it read, what it tried, what it left alone, and what made its outputs vary.
package struct BuildObservations: Sendable {
    /// The files that the build opened; nil where nobody looked.
    package let openedFiles: [OpenedFile]?
    /// The network connections that it tried, each in words.
    package let networkAttempts: [String]
    /// The raw paths of the sealed files that it never opened.
    package let neverOpened: [[UInt8]]
    /// The number of files that were opened, or never opened, and are not listed here.
    package let unlistedCount: Int
    /// What came out when the surroundings of the build were changed; empty where nobody tried.
    package let variations: [VariationResult]

    /// Gathers what was seen.
    package init(
        openedFiles: [OpenedFile]? = nil,
        networkAttempts: [String] = [],
        neverOpened: [[UInt8]] = [],
        unlistedCount: Int = 0,
        variations: [VariationResult] = []
    ) {
        self.openedFiles = openedFiles
        self.networkAttempts = networkAttempts
        self.neverOpened = neverOpened
        self.unlistedCount = unlistedCount
        self.variations = variations
    }
}

/// A file that a build opened.
package struct OpenedFile: Sendable {
    /// Where an opened file comes from, worst first.
    package enum Class: String, Hashable, Sendable, CaseIterable {
        /// Nothing explains why it was there.
        case unexplained
        /// The build wrote it before.
        case produced
        /// It belongs to the declared toolchain.
        case toolchain
        /// It is a file of the sealed source.
        case sealedSource = "sealed-source"
    }

    /// Where it comes from.
    package let origin: Class
    /// Its raw path.
    package let path: [UInt8]
    /// The package that owns it, with its version; nil where none does.
    package let package: String?
    /// Its SHA-256; nil where it was not read.
    package let digest: Digest?

    /// Names an opened file.
    package init(_ origin: Class, path: [UInt8], package: String? = nil, digest: Digest? = nil) {
        self.origin = origin
        self.path = path
        self.package = package
        self.digest = digest
    }
}

/// What came out when one thing around the build was changed.
package struct VariationResult: Sendable {
    /// What the change did.
    package enum Effect: Sendable {
        /// The outputs have the same bytes.
        case none
        /// These outputs, by their raw names, came out different, or are not in both.
        case otherOutputs([[UInt8]])
        /// The build did not run to its end.
        case notBuilt
        /// Nothing is known of this change, for a reason in a few words.
        case notTried(reason: String)
    }

    /// What was changed, as `host name`.
    package let changed: String
    /// What came of it.
    package let effect: Effect

    /// Names a variation and what came of it.
    package init(changed: String, _ effect: Effect) {
        self.changed = changed
        self.effect = effect
    }
}
