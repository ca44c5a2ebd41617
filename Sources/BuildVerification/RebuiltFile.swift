import Attestations
import BuildStatements
import Encodings
import SigningKeys
import Verification

/// A shipped file as one record tells it, after waivers.
struct RebuildClaim {
    /// What the record says of the file; worse comes first.
    enum Standing: Int {
        /// Something differs that neither the policy nor a waiver accepts.
        case differs
        /// The record leaves it open.
        case open
        /// It was reproduced as the policy demands.
        case passes
    }

    /// The record.
    let counted: CountedRecord
    /// The artifact of the record.
    let artifact: RebuiltArtifact
    /// What it says of the file.
    let standing: Standing
    /// The shipped bytes by class; waived ones are no longer unexplained.
    private(set) var account: ByteAccount
    /// The differences that are waived, each with its waiver.
    private(set) var waived: [(difference: RebuiltArtifact.Difference, waiver: Waiver)] = []

    init(_ artifact: RebuiltArtifact, in counted: CountedRecord, _ claims: RebuildClaims, _ demands: BuildDemands) {
        self.counted = counted
        self.artifact = artifact
        account = artifact.account
        var grade: Grade?
        for difference in artifact.differences {
            if let waiver = claims.waiver(of: difference, in: artifact.shipped.digest) {
                waived.append((difference, waiver))
                // The parser saw that all differences together are no more than what is unexplained.
                account.waived += difference.bytes
                account.unexplained -= difference.bytes
            } else {
                grade = min(grade ?? .identical, difference.grade)
            }
        }
        // Who does not list every difference cannot have them all accepted.
        if artifact.differences.isEmpty || artifact.unlistedDifferenceCount > 0 { grade = artifact.grade }
        switch counted.record.result {
        case .notRebuildable, .inconclusive: standing = .open
        default:
            let mayBeOutside = account.thirdParty == 0 && !demands.needsSealedDefinition
            let isDeclared = mayBeOutside || counted.isDefinitionSealed
            let isEnough = grade.map { demands.grades.contains($0) } ?? true
            standing = !isEnough ? .differs : isDeclared ? .passes : .open
        }
    }

    /// What of the file was made again.
    enum Extent {
        /// Something of it, or all of nothing.
        case rebuilt
        /// Nothing; somebody accepted that.
        case waived
        /// Nothing; the definition declares it as somebody else's.
        case ofOthers
        /// Nothing; it is all signature.
        case signature
    }

    /// What of the file was made again, where it passes.
    var extent: Extent {
        if account.reproduced > 0 { return .rebuilt }
        if artifact.rebuilt == nil || account.waived > 0 { return .waived }
        if account.thirdParty > 0 { return .ofOthers }
        return account.signature > 0 ? .signature : .rebuilt
    }

    /// Whether this is worse than `other`, for whoever has to choose one.
    func isWorse(than other: RebuildClaim) -> Bool {
        guard standing == other.standing else { return standing.rawValue < other.standing.rawValue }
        return account.unexplained > other.account.unexplained
    }
}

/// What all records together say of one shipped file.
struct RebuiltFile {
    /// The file.
    let file: ShippedFile
    /// How the link `rebuilt` comes out for it.
    let outcome: Link.Outcome
    /// How the link `accounted` comes out for it.
    let accounted: Link.Outcome
    /// How many distinct trusted rebuilders reproduced it; what was made here is not among them.
    let rebuilderCount: Int
    /// Whether it was reproduced here.
    let isReproducedHere: Bool
    /// Whether it passes by definitions of the sealed source alone.
    let isDefinitionSealed: Bool
    /// Whether it passes by builds alone whose inputs were traced.
    let isTraced: Bool
    /// The claim that is told: the worst of those that decide; nil where no record has the file.
    let decisive: RebuildClaim?
    /// What was noticed.
    private(set) var findings: [Finding] = []

    /// Judges; `isReleaseRebuilt` says whether a finished rebuild of the release is at hand at all.
    init(_ file: ShippedFile, _ claims: [RebuildClaim], _ demands: BuildDemands, isReleaseRebuilt: Bool) {
        self.file = file
        let latest = RebuiltFile.latest(claims)
        let good = Set(latest.filter { $0.claim.standing == .passes }.map(\.rebuilder))
        rebuilderCount = good.count
        let here = claims.first { $0.counted.line == nil }
        isReproducedHere = here?.standing == .passes
        let bad = claims.filter { $0.standing != .passes }
        let threshold = demands.rebuilders?.threshold ?? 1
        /// Whether claims that are also as `condition` wants are enough.
        func isEnough(where condition: (RebuildClaim) -> Bool) -> Bool {
            if let here { return here.standing == .passes && condition(here) }
            return Set(latest.filter { $0.claim.standing == .passes && condition($0.claim) }.map(\.rebuilder)).count
                >= threshold
        }
        let isMet = isEnough { _ in true }
        isDefinitionSealed = isEnough { $0.counted.isDefinitionSealed }
        isTraced = isEnough { $0.counted.record.trace != nil }
        let agrees = bad.isEmpty || demands.disagreement == .shown
        if claims.isEmpty {
            outcome = isReleaseRebuilt ? .failed : .inconclusive
        } else if isMet {
            outcome = agrees ? .passed : .inconclusive
        } else if here?.standing == .differs
            || (here == nil && good.isEmpty && bad.contains { $0.standing == .differs })
        {
            outcome = .failed
        } else {
            outcome = .inconclusive
        }
        let passing = (here.map { [$0] } ?? []) + latest.map(\.claim)
        let deciding = outcome == .passed ? passing.filter { $0.standing == .passes } : claims
        decisive = deciding.reduce(nil) { worst, claim in
            worst.map { claim.isWorse(than: $0) ? claim : $0 } ?? claim
        }
        let unexplained = decisive?.account.unexplained ?? file.content.size
        // Where only the grade is too bad, no byte is known to be unexplained.
        switch outcome {
        case .passed: accounted = unexplained > 0 ? .failed : .passed
        case .failed: accounted = unexplained > 0 ? .failed : .inconclusive
        default: accounted = outcome
        }
        if claims.isEmpty {
            addMissing()
        } else {
            addBad(bad)
            addDisagreement(claims, bad)
            addTooFew(here, good.count, threshold)
        }
        if outcome == .passed { addAccepted() }
    }

    /// The latest claim of each rebuilder; of two of one time the worse.
    private static func latest(_ claims: [RebuildClaim]) -> [(rebuilder: KeyID, claim: RebuildClaim)] {
        var latest: [KeyID: RebuildClaim] = [:]
        var order: [KeyID] = []
        for claim in claims {
            for rebuilder in claim.counted.rebuilders.map(\.key.keyID) {
                guard let other = latest[rebuilder] else {
                    order.append(rebuilder)
                    latest[rebuilder] = claim
                    continue
                }
                let (time, otherTime) = (claim.counted.record.rebuiltOn, other.counted.record.rebuiltOn)
                if time > otherTime || (time == otherTime && claim.isWorse(than: other)) { latest[rebuilder] = claim }
            }
        }
        return order.compactMap { rebuilder in latest[rebuilder].map { (rebuilder, $0) } }
    }

    // MARK: What is told

    private mutating func add(
        _ rule: Finding.Rule,
        _ effect: Finding.Effect,
        recorded: String? = nil,
        found: String? = nil
    ) {
        findings.append(Finding(rule, path: file.name, recorded: recorded, found: found, effect: effect))
    }

    private mutating func addMissing() {
        let found = "\(file.content.size) bytes, SHA-256 \(file.content.digest.hex)"
        add(.notRebuilt, outcome == .failed ? .fails : .inconclusive, recorded: "no record has this file", found: found)
    }

    /// Every bad word of a trusted rebuilder, also of one who said better later.
    private mutating func addBad(_ bad: [RebuildClaim]) {
        for claim in bad {
            let effect: Finding.Effect = outcome == .passed ? .notice : outcome == .failed ? .fails : .inconclusive
            let record = claim.counted.record
            let isThirdParty = claim.account.thirdParty > 0 && !claim.counted.isDefinitionSealed
            switch claim.standing {
            case .differs:
                let rebuilt = claim.artifact.rebuilt.map { "\($0.size) bytes, SHA-256 \($0.digest.hex)" } ?? "nothing"
                add(.rebuildDiffers, effect, recorded: "\(claim.counted.origin): \(rebuilt)", found: claim.summary)
            case .open where record.reason == nil:
                let others = isThirdParty ? "\(claim.account.thirdParty) bytes of others, " : ""
                let found = "\(others)definition \(record.definition.hex)"
                add(.definitionNotSealed, outcome == .passed ? .notice : .inconclusive, found: found)
            default:
                let reason = "\(record.result.rawValue): \(ASCII.escape(record.reason ?? ""))"
                let effect: Finding.Effect = outcome == .passed ? .notice : .inconclusive
                add(.rebuildInconclusive, effect, recorded: claim.counted.origin, found: reason)
            }
        }
    }

    private mutating func addDisagreement(_ claims: [RebuildClaim], _ bad: [RebuildClaim]) {
        let good = claims.count - bad.count
        guard good > 0, !bad.isEmpty else { return }
        let effect: Finding.Effect = outcome == .passed ? .notice : .inconclusive
        add(.rebuildersDisagree, effect, recorded: "reproduced in \(good) records", found: "not in \(bad.count)")
    }

    private mutating func addTooFew(_ here: RebuildClaim?, _ count: Int, _ threshold: Int) {
        guard here == nil, count < threshold, outcome == .inconclusive else { return }
        let recorded = "policy: \(threshold) trusted rebuilders"
        add(.tooFewRebuilders, .inconclusive, recorded: recorded, found: "reproduced by \(count)")
    }

    private mutating func addAccepted() {
        guard let decisive else { return }
        if accounted == .failed { add(.unexplainedBytes, .fails, found: decisive.summary) }
        if decisive.account.thirdParty > 0 {
            add(.declaredThirdParty, .notice, found: "\(decisive.account.thirdParty) bytes")
        }
        for (difference, waiver) in decisive.waived {
            let recorded = "\(ASCII.escape(waiver.owner)), until \(waiver.expiresOn): \(ASCII.escape(waiver.reason))"
            let found = "\(difference.bytes) bytes, \(ASCII.escape(difference.place)), id \(difference.id.hex)"
            add(.differenceWaived, .notice, recorded: recorded, found: found)
        }
    }
}

extension RebuildClaim {
    /// The grade and how much is not explained, for people; ASCII.
    var summary: String {
        let count = UInt64(artifact.differences.count) + artifact.unlistedDifferenceCount
        let first = artifact.differences.first.map { ", first \(ASCII.escape($0.place.utf8, limit: 200))" } ?? ""
        let bytes = "\(account.unexplained) of \(account.total) bytes unexplained"
        return "\(artifact.grade.rawValue), \(bytes), \(count) \(count == 1 ? "difference" : "differences")\(first)"
    }
}
