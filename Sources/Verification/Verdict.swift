package import Attestations
package import Encodings

/// How something came out; the order is that of the exit status table.
package enum Outcome: String, Hashable, Sendable, CaseIterable {
    case passed
    case failed
    case inconclusive

    /// The exit status of a command that ends with this outcome.
    package var exitStatus: Int32 {
        switch self {
        case .passed: 0
        case .failed: 1
        case .inconclusive: 3
        }
    }
}

/// One link of the chain from the bytes that were read to the build that runs.
package struct Link: Hashable, Sendable {
    /// The links, in their order.
    package enum Name: String, Hashable, Sendable, CaseIterable {
        /// These bytes, names and modes are exactly the tree with the root.
        case source
        /// These disclosed entries are part of the tree with the root.
        case disclosed
        /// The release keys signed the root for the product and the version.
        case signed
        /// The root was in the public log before the visit.
        case logged
        /// An independent build of the root gives the shipped bytes.
        case rebuilt
        /// Every shipped byte is explained.
        case accounted
        /// The known hiding places are empty, and people read the source.
        case reviewed
    }

    /// How the link came out.
    package enum Outcome: String, Hashable, Sendable, CaseIterable {
        case passed
        case failed
        case inconclusive
        /// Nobody looked. It never fails a verdict and never passes one.
        case notJudged = "not-judged"
    }

    /// A named value that a person can check.
    package struct Evidence: Hashable, Sendable {
        /// The name.
        package let name: String
        /// The value; ASCII, untrusted parts escaped.
        package let value: String

        /// Names a value.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Which link.
    package let name: Name
    /// How it came out.
    package let outcome: Outcome
    /// One sentence without a full stop.
    package let summary: String
    /// What it rests on.
    package let evidence: [Evidence]

    /// States how a link came out.
    package init(_ name: Name, _ outcome: Outcome, _ summary: String, evidence: [Evidence] = []) {
        self.name = name
        self.outcome = outcome
        self.summary = summary
        self.evidence = evidence
    }

    /// The links that nothing here judges, in their order.
    package static var notJudgedHere: [Link] {
        after(build: [
            Link(.rebuilt, .notJudged, "not judged, no rebuild given"),
            Link(.accounted, .notJudged, "not judged, no shipped build given"),
        ])
    }

    /// The links that come after `signed`, in their order, with those of a judged build.
    package static func after(build: [Link]) -> [Link] {
        let logged = Link(.logged, .notJudged, "not judged, no log proof given")
        return [logged] + build + [Link(.reviewed, .notJudged, "not judged, no review records given")]
    }
}

/// What evidence came to: every link, and everything that was noticed.
package struct Verdict: Sendable {
    /// What was asked; it decides which links a pass needs.
    package enum Question: Hashable, Sendable {
        /// Whether a source is what was sealed.
        case source
        /// Whether a shipped build comes from a source that is what was sealed.
        case build
        /// Whether disclosed entries are part of what was sealed.
        case disclosure

        fileprivate var needed: [Link.Name] {
            switch self {
            case .source: [.source, .signed]
            case .build: [.source, .signed, .rebuilt, .accounted]
            case .disclosure: [.disclosed, .signed]
            }
        }
    }

    /// The most findings of one rule and effect that are listed.
    package static let maximumFindingCount = 1000

    /// What was asked.
    package let question: Question
    /// The release that the evidence speaks of; nil when nothing in it was verified.
    package let release: ReleaseName?
    /// The signed root; nil when nothing was verified.
    package let treeRoot: Digest?
    /// The SHA-256 of the manifest file; for a disclosure, the one that the statement names.
    package let manifestDigest: Digest?
    /// The links, in their order.
    package let links: [Link]
    /// What was noticed: what fails first, then what is inconclusive, then notices; of each the first 1,000 a rule.
    package let findings: [Finding]
    /// The number of findings that are not listed.
    package let unlistedFindingCount: Int
    /// What a pass of a build does not say, each as the end of a sentence: `with 13 bytes waived`; ASCII.
    package let reservations: [String]

    /// Gathers what was judged.
    package init(
        _ question: Question,
        release: ReleaseName?,
        treeRoot: Digest?,
        manifestDigest: Digest?,
        links: [Link],
        findings: [Finding],
        reservations: [String] = [],
        unlistedFindingCount: Int = 0
    ) {
        self.question = question
        self.release = release
        self.treeRoot = treeRoot
        self.manifestDigest = manifestDigest
        self.links = links
        self.reservations = reservations
        let listed = Verdict.listed(findings)
        self.findings = listed
        self.unlistedFindingCount = unlistedFindingCount + findings.count - listed.count
    }

    /// The verdict: the only place where one is reached.
    ///
    /// It is `passed` only when every link that the question needs passed; nothing else leads there.
    package var outcome: Outcome {
        let fails = links.contains { $0.outcome == .failed } || findings.contains { $0.effect == .fails }
        if fails { return .failed }
        let isOpen =
            links.contains { $0.outcome == .inconclusive } || findings.contains { $0.effect == .inconclusive }
        if isOpen { return .inconclusive }
        let passed = question.needed.allSatisfy { name in
            links.contains { $0.name == name && $0.outcome == .passed }
        }
        return passed ? .passed : .inconclusive
    }

    /// Sorts by effect and cuts; at least one finding of every rule and effect stays, so that no effect is lost.
    private static func listed(_ findings: [Finding]) -> [Finding] {
        struct Kind: Hashable {
            let rule: Finding.Rule
            let effect: Finding.Effect
        }
        var counts: [Kind: Int] = [:]
        var listed: [Finding] = []
        for effect in Finding.Effect.allCases {
            for finding in findings where finding.effect == effect {
                let kind = Kind(rule: finding.rule, effect: effect)
                counts[kind, default: 0] += 1
                if counts[kind, default: 0] <= maximumFindingCount { listed.append(finding) }
            }
        }
        return listed
    }
}
