package import Attestations
import SigningKeys

/// What a policy demands of a shipped build.
package struct BuildDemands: Sendable {
    /// Keys of one role, each once, and how many of them are enough.
    package struct Quorum: Sendable {
        /// The keys.
        package let keys: [Policy.TrustedKey]
        /// How many distinct ones are needed, at least 1; more than there are can never be met.
        package let threshold: Int

        /// Gathers keys; of keys with the same id the first stays.
        package init(keys: [Policy.TrustedKey], threshold: Int = 1) {
            var seen: Set<KeyID> = []
            self.keys = keys.filter { seen.insert($0.key.keyID).inserted }
            self.threshold = max(1, threshold)
        }
    }

    /// What becomes of a file that one trusted rebuilder reproduced and another did not.
    package enum Disagreement: String, Hashable, Sendable, CaseIterable {
        /// The verdict is at best inconclusive.
        case inconclusive
        /// It is told, and enough good rebuilds pass.
        case shown
    }

    /// The grades that pass where a policy names none.
    package static let usualGrades: [Grade] = [.identicalOutsideSignature, .identical]

    /// Whose rebuild records count; nil for nobody's.
    ///
    /// Who sealed the source is no independent rebuilder of it, and does not count even where named here.
    package let rebuilders: Quorum?
    /// Whose waivers count; nil for nobody's.
    package let waivers: Quorum?
    /// The grades that pass; never `different`.
    package let grades: [Grade]
    /// What becomes of disagreement.
    package let disagreement: Disagreement
    /// Whether a record counts only where its build definition is a file of the sealed source.
    package let needsSealedDefinition: Bool

    /// Gathers demands.
    package init(
        rebuilders: Quorum? = nil,
        waivers: Quorum? = nil,
        grades: [Grade] = usualGrades,
        disagreement: Disagreement = .inconclusive,
        needsSealedDefinition: Bool = false
    ) {
        self.rebuilders = rebuilders
        self.waivers = waivers
        self.grades = grades.filter { $0 != .different }
        self.disagreement = disagreement
        self.needsSealedDefinition = needsSealedDefinition
    }
}

extension Policy {
    /// Every key that is trusted for something, each once, those of the release first.
    package var everyKey: [TrustedKey] {
        let others = (build.rebuilders?.keys ?? []) + (build.waivers?.keys ?? [])
        return BuildDemands.Quorum(keys: keys + others).keys
    }
}
