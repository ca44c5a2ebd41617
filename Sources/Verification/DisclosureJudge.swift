package import Attestations
import Digests
import Encodings
package import SourceManifest

/// Judges a disclosure: whether the entries it shows are part of what the release keys signed.
///
/// A pass speaks of the entries shown and of no others. That a directory of an open manifest is complete, or a path
/// absent, is proven; of a blinded manifest neither can be.
package struct DisclosureJudge: Sendable {
    /// A local file that is said to be a disclosed one.
    package struct Content: Hashable, Sendable {
        /// The entry that the file would have at the path it is said to have.
        package let entry: Entry

        /// Describes a local file.
        package init(_ entry: Entry) {
            self.entry = entry
        }

        fileprivate var path: TreePath { entry.path }
    }

    /// The verdict, with the links `disclosed` and `signed`.
    package let verdict: Verdict
    /// The disclosure when it could be read and everything in it was proven; nil otherwise.
    package let disclosure: Disclosure?

    /// Judges the bytes of a disclosure file, and local files by its entries.
    ///
    /// `now` is the time to judge the age of the seal by.
    package init(_ bytes: [UInt8], contents: [Content], policy: Policy, at now: Timestamp) {
        var work = Work(policy: policy)
        work.judge(bytes, contents, at: now)
        let isProven = !work.findings.contains { $0.effect == .fails }
        disclosure = isProven && work.statement != nil ? work.disclosure : nil
        let predicate = isProven ? work.statement?.statement.predicate : nil
        let source = Link(.source, .notJudged, "not judged, a disclosure shows parts only")
        verdict = Verdict(
            .disclosure,
            release: predicate?.release,
            treeRoot: predicate?.treeRoot,
            manifestDigest: isProven ? work.statement?.statement.manifestDigest : nil,
            links: [source, work.disclosed, work.signed] + Link.notJudgedHere,
            findings: work.findings
        )
    }
}

/// A judgement under way.
private struct Work {
    let policy: Policy
    var disclosure: Disclosure?
    var statement: VerifiedStatement?
    var payloads: [SignedPayload] = []
    var findings: [Finding] = []
    var disclosed = Link(.disclosed, .inconclusive, "not judged")
    var signed = Link(.signed, .inconclusive, "not judged")

    init(policy: Policy) {
        self.policy = policy
    }

    mutating func judge(_ bytes: [UInt8], _ contents: [DisclosureJudge.Content], at now: Timestamp) {
        let disclosure: Disclosure
        let envelopes: [Envelope]
        do throws(MalformedDisclosure) {
            disclosure = try Disclosure(parsing: bytes)
        } catch {
            return refuse(Finding(.malformedDisclosure, found: ASCII.escape(error.description)))
        }
        do throws(MalformedEnvelopeLines) {
            envelopes = try EnvelopeLines(objects: disclosure.envelopes).envelopes
        } catch {
            return refuse(Finding(.malformedEnvelope, found: ASCII.escape(error.description)))
        }
        self.disclosure = disclosure
        judgeSignatures(envelopes, disclosure, at: now)
        guard statement != nil else { return }
        judgeItems(disclosure, contents)
    }

    private mutating func refuse(_ finding: Finding) {
        findings.append(finding)
        disclosed = Link(.disclosed, .failed, "the disclosure cannot be read")
        signed = Link(.signed, .failed, "not signed as the policy demands: \(finding.rule.rawValue)")
    }

    private mutating func judgeSignatures(_ envelopes: [Envelope], _ disclosure: Disclosure, at now: Timestamp) {
        let judge = SignatureJudge(envelopes, policy: policy)
        payloads = judge.payloads
        var faults = judge.findings
        // Of several seals, one must meet every demand and carry the proofs.
        let fitting = judge.statements.filter { $0.statement.predicate.form == disclosure.form }
        let chosen = fitting.first { candidate in
            !policy.findings(on: candidate, at: now).contains { $0.effect == .fails }
                && Work.fault(in: disclosure, by: candidate) == nil
        }
        statement = chosen ?? fitting.first
        if let statement {
            faults += policy.findings(on: statement, at: now)
        } else {
            faults.append(.tooFewSignatures(payloads, policy))
        }
        findings += faults
        let evidence = SignedEvidence.list(statement, policy, payloads)
        if let fault = faults.first(where: { $0.effect == .fails }) {
            let summary = "not signed as the policy demands: \(fault.rule.rawValue)"
            signed = Link(.signed, .failed, summary, evidence: evidence)
            if statement == nil { disclosed = Link(.disclosed, .inconclusive, "not judged, no root that is signed") }
        } else if let statement {
            let summary = SignedEvidence.summary(statement, policy)
            signed = Link(.signed, .passed, summary, evidence: evidence)
        }
    }

    private static func fault(in disclosure: Disclosure, by statement: VerifiedStatement) -> UnprovenDisclosure? {
        let predicate = statement.statement.predicate
        var hasher = SHA256()
        do throws(UnprovenDisclosure) {
            try disclosure.check(size: predicate.entries, root: predicate.treeRoot, using: &hasher)
            return nil
        } catch {
            return error
        }
    }

    private mutating func judgeItems(_ disclosure: Disclosure, _ contents: [DisclosureJudge.Content]) {
        guard let statement else { return }
        if let fault = Work.fault(in: disclosure, by: statement) {
            let root = "root \(statement.statement.predicate.treeRoot.hex)"
            let found = fault.reason.description
            findings.append(Finding(.proofFails, path: fault.path.bytes, recorded: root, found: found))
            disclosed = Link(.disclosed, .failed, "a proof does not hold")
            return
        }
        guard !disclosure.items.isEmpty else {
            disclosed = Link(.disclosed, .inconclusive, "nothing is disclosed")
            return
        }
        if let gap = gap(above: disclosure.items, statement.statement.predicate) {
            findings.append(gap)
            disclosed = Link(
                .disclosed,
                .inconclusive,
                "a path beneath an unresolved submodule cannot be proven absent"
            )
            return
        }
        let entries = disclosure.items.flatMap(\.entries)
        let absentCount = disclosure.items.count { if case .absent = $0 { true } else { false } }
        let faultCount = judgeContents(contents, entries, disclosure)
        var values: [Link.Evidence] = [.init("root", statement.statement.predicate.treeRoot.hex)]
        values.append(.init("entries proven", "\(entries.count) of \(statement.statement.predicate.entries)"))
        if absentCount > 0 { values.append(.init("paths proven absent", "\(absentCount)")) }
        values.append(.init("contents compared", "\(contents.count)"))
        let parts = "\(entries.count) \(entries.count == 1 ? "entry" : "entries") proven"
        disclosed =
            switch faultCount {
            case (0, 0): Link(.disclosed, .passed, parts, evidence: values)
            case (0, _): Link(.disclosed, .inconclusive, "\(parts); a file given has none", evidence: values)
            default: Link(.disclosed, .failed, "\(parts); a file given is another", evidence: values)
            }
    }

    /// Nothing is sealed of what is beneath an unresolved submodule, not even that it is empty.
    private func gap(above items: [DisclosedItem], _ predicate: SourceManifestPredicate) -> Finding? {
        let gaps = (predicate.details?.submodules ?? []).filter { !$0.isResolved }
        for case .absent(let item) in items where gaps.contains(where: { item.path.isBeneath($0.path) }) {
            return Finding(.unresolvedSubmodule, path: item.path.bytes, recorded: "an unresolved submodule above it")
        }
        return nil
    }

    /// Compares local files with the entries; returns how many differ, and how many have no entry.
    private mutating func judgeContents(
        _ contents: [DisclosureJudge.Content],
        _ entries: [Entry],
        _ disclosure: Disclosure
    ) -> (differing: Int, undisclosed: Int) {
        var byPath: [TreePath: Entry] = [:]
        for entry in entries { byPath[entry.path] = entry }
        let absent = Set(
            disclosure.items.compactMap { item -> TreePath? in
                if case .absent(let absence) = item { absence.path } else { nil }
            }
        )
        var counts = (differing: 0, undisclosed: 0)
        for content in contents {
            let found = content.entry.summary
            if let entry = byPath[content.path] {
                guard entry != content.entry else { continue }
                counts.differing += 1
                let rule = Difference.changed(recorded: entry, found: content.entry).rule
                findings.append(
                    Finding(
                        .disclosedContentDiffers,
                        path: content.path.bytes,
                        recorded: entry.summary,
                        found: found,
                        // Of bytes there is more to say than of modes.
                        cause: rule == .contentDiffers ? nil : rule.cause,
                        next: rule == .contentDiffers ? nil : rule.next
                    )
                )
            } else if absent.contains(content.path) {
                counts.differing += 1
                findings.append(
                    Finding(.disclosedContentDiffers, path: content.path.bytes, recorded: "no file", found: found)
                )
            } else {
                counts.undisclosed += 1
                findings.append(Finding(.contentNotDisclosed, path: content.path.bytes, found: found))
            }
        }
        return counts
    }
}
