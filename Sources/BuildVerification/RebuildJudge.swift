package import Attestations
package import BuildStatements
import Encodings
import SigningKeys
package import Verification

/// Judges a shipped build by the rebuild records of verified evidence: the links `rebuilt` and `accounted`.
///
/// Pure. A record counts where an independent trusted rebuilder signed it and it speaks of exactly the verified
/// manifest; what was made here counts without a signature. No record, no file and no key make no pass.
package struct RebuildJudge: JudgedBuild, Sendable {
    /// The most files that are told one by one.
    private static let maximumToldCount = 1000

    /// The links `rebuilt` and `accounted`, in this order.
    package private(set) var links: [Link] = []
    /// What was noticed.
    package private(set) var findings: [Finding] = []
    /// What a pass does not say.
    package private(set) var reservations: [String] = []

    /// Judges `shipped`; `local` is a record that was made here, and `now` the time that waivers expire by.
    ///
    /// `closer` is what other builds came to that were made here to look closer.
    package init(
        _ judged: EvidenceJudge,
        shipped: [ShippedFile],
        local: RebuildRecord? = nil,
        closer: [Finding] = [],
        at now: Timestamp
    ) {
        guard let manifest = judged.manifest else {
            links = RebuildJudge.open("not judged, no source was verified")
            return
        }
        guard !shipped.isEmpty else {
            links = RebuildJudge.open("not judged, no shipped file given")
            return
        }
        let policy = judged.policy
        let claims = RebuildClaims(manifest, judged.payloads, policy, local: local, at: now)
        findings = claims.findings + closer + shipped.flatMap(\.modeFindings)
        let byDigest = RebuildJudge.claims(on: shipped, claims, policy.build)
        let isReleaseRebuilt = claims.records.contains { $0.isIndependent && !$0.record.isUnfinished }
        let files = shipped.map { file in
            let claims = byDigest[file.content.digest] ?? []
            return RebuiltFile(file, claims, policy.build, isReleaseRebuilt: isReleaseRebuilt)
        }
        findings += files.flatMap(\.findings)
        let isOpen = (claims.findings + closer).contains { $0.effect != .notice }
        let isRefuted = closer.contains { $0.effect == .fails }
        links = [
            rebuilt(files, claims, policy.build, isOpen: isOpen, isRefuted: isRefuted),
            accounted(files, isOpen: isOpen),
        ]
        guard links.allSatisfy({ $0.outcome == .passed }) else { return }
        let extent = RebuiltExtent(files, isSourceOpen: manifest.open != nil)
        reservations = extent.reservations
        findings += extent.findings
    }

    private static func open(_ summary: String) -> [Link] {
        [Link(.rebuilt, .inconclusive, summary), Link(.accounted, .inconclusive, summary)]
    }

    /// For each shipped file the worst that each record says of it.
    private static func claims(
        on shipped: [ShippedFile],
        _ claims: RebuildClaims,
        _ demands: BuildDemands
    ) -> [Digest: [RebuildClaim]] {
        let wanted = Set(shipped.map(\.content.digest))
        var all: [Digest: [RebuildClaim]] = [:]
        for counted in claims.records {
            var worst: [Digest: RebuildClaim] = [:]
            for artifact in counted.record.artifacts where wanted.contains(artifact.shipped.digest) {
                let claim = RebuildClaim(artifact, in: counted, claims, demands)
                if let other = worst[artifact.shipped.digest], !claim.isWorse(than: other) { continue }
                worst[artifact.shipped.digest] = claim
            }
            // Who sealed the source may say that it does not build this, and not that it does.
            let counting = worst.filter { counted.isIndependent || $0.value.standing != .passes }
            for (digest, claim) in counting { all[digest, default: []].append(claim) }
        }
        return all
    }

    private static func outcome(_ outcomes: [Link.Outcome], isOpen: Bool) -> Link.Outcome {
        if outcomes.contains(.failed) { return .failed }
        return isOpen || outcomes.contains { $0 != .passed } ? .inconclusive : .passed
    }

    // MARK: Rebuilt

    private func rebuilt(
        _ files: [RebuiltFile],
        _ claims: RebuildClaims,
        _ demands: BuildDemands,
        isOpen: Bool,
        isRefuted: Bool
    ) -> Link {
        let outcome = isRefuted ? .failed : RebuildJudge.outcome(files.map(\.outcome), isOpen: isOpen)
        let (failed, passed) = (files.count { $0.outcome == .failed }, files.count { $0.outcome == .passed })
        let count = files.count == 1 ? "1 file" : "\(files.count) files"
        let summary: String
        switch outcome {
        case .passed:
            summary = RebuiltExtent(files).summary(of: claims.rebuilders.count, demands.rebuilders?.threshold ?? 1)
        case .failed where isRefuted && failed == 0: summary = "another toolchain builds something else"
        case .failed: summary = "\(failed) of \(count) not reproduced from this source"
        default:
            if !claims.records.contains(where: \.isIndependent) {
                let isNobody = claims.rebuilders.isEmpty
                summary = isNobody ? "no independent rebuilder is trusted" : "no rebuild record by a trusted rebuilder"
            } else if passed == files.count {
                summary = "\(count) reproduced, and something speaks against it; this is not a pass"
            } else {
                summary = "\(files.count - passed) of \(count) not shown to be reproduced; this is not a pass"
            }
        }
        return Link(.rebuilt, outcome, summary, evidence: evidence(files, claims, demands))
    }

    private func evidence(_ files: [RebuiltFile], _ claims: RebuildClaims, _ demands: BuildDemands) -> [Link.Evidence] {
        var evidence: [Link.Evidence] = []
        if let threshold = demands.rebuilders?.threshold {
            evidence.append(.init("rebuilders needed", "\(threshold) of \(claims.rebuilders.count)"))
        }
        evidence.append(.init("grades that pass", demands.grades.map(\.rawValue).joined(separator: ", ")))
        for counted in claims.records.prefix(RebuildJudge.maximumToldCount) {
            let record = counted.record
            evidence.append(.init("record", "\(record.result.rawValue), \(counted.origin)"))
            let place = counted.isDefinitionSealed ? "in the sealed source" : "not found in the sealed source"
            evidence.append(.init("build definition", "SHA-256 \(record.definition.hex), \(place)"))
        }
        let built = Set(files.compactMap { claims.provenance[$0.file.content.digest]?.builder })
        for builder in built.sorted() {
            evidence.append(.init("provenance", "\(ASCII.escape(builder)) says it built this; no more than its word"))
        }
        for each in files.prefix(RebuildJudge.maximumToldCount) {
            let name = String(decoding: TreePath.escape(each.file.name), as: UTF8.self)
            let grade = each.decisive.map { "\($0.artifact.grade.rawValue)" } ?? "in no record"
            evidence.append(.init("file", "\(name): \(each.outcome.rawValue), \(grade)"))
        }
        if files.count > RebuildJudge.maximumToldCount {
            evidence.append(.init("files", "\(files.count - RebuildJudge.maximumToldCount) more"))
        }
        return evidence
    }

    // MARK: Accounted

    private func accounted(_ files: [RebuiltFile], isOpen: Bool) -> Link {
        let outcome = RebuildJudge.outcome(files.map(\.accounted), isOpen: isOpen)
        var account = ByteAccount()
        for each in files {
            var unknown = ByteAccount()
            unknown.unexplained = each.file.content.size
            account.add(each.decisive?.account ?? unknown)
        }
        let share =
            "\(RebuildJudge.percentage(account.reproduced, of: account.total)) % of \(account.total.grouped) bytes"
        var parts = ["\(share) reproduced"]
        if account.thirdParty > 0 { parts.append("\(account.thirdParty.grouped) declared third-party") }
        if account.waived > 0 { parts.append("\(account.waived.grouped) waived") }
        parts.append("\(account.unexplained.grouped) unexplained")
        if outcome == .inconclusive { parts.append("as far as known; this is not a pass") }
        let evidence = ByteAccount.Class.allCases.map { Link.Evidence($0.rawValue, "\(account[$0]) bytes") }
        return Link(.accounted, outcome, parts.joined(separator: ", "), evidence: evidence)
    }

    /// The share in percent with two digits, never rounded up: 100.00 is all of it.
    static func percentage(_ part: UInt64, of whole: UInt64) -> String {
        guard whole > 0, part < whole else { return "100.00" }
        let (high, low) = part.multipliedFullWidth(by: 10_000)
        let hundredths = whole.dividingFullWidth((high, low)).quotient
        let (percent, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        return "\(percent).\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension RebuildRecord {
    /// Whether it says nothing of how alike shipped and rebuilt are.
    fileprivate var isUnfinished: Bool { result == .notRebuildable || result == .inconclusive }
}

extension UInt64 {
    /// The number with a comma between thousands.
    var grouped: String {
        var digits = String(self)[...]
        var groups: [Substring] = []
        while digits.utf8.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }
}
