import Encodings
import Rebuild
import ReportPages
import Verification

/// Builds of one source in other surroundings, and what that changed.
final class VariedBuilds {
    private let clock: ClockChoice
    private let build: (SandboxPlan.Surroundings, _ name: String) throws -> BuildResult
    /// What is varied: everything but what turns out not to be possible.
    private var possible = BuildVariation.allCases
    private var findings: [Finding] = []
    /// What came of each, for a report.
    private(set) var results: [VariationResult] = []

    /// Varies what `build` makes.
    init(clock: ClockChoice, build: @escaping (SandboxPlan.Surroundings, String) throws -> BuildResult) {
        self.clock = clock
        self.build = build
    }

    /// Varies everything together, and where that changes an output of `first`, one thing after the other.
    func compare(with first: BuildResult) throws -> [Finding] {
        if case .unavailable(let reason) = clock { leaveOutClock(reason) }
        let together = try buildTogether()
        note("everything together", first, together)
        let changed = RebuildText.differing(first, together)
        guard !changed.isEmpty else {
            Console.say("varied: no output depends on \(possible.map(\.rawValue).joined(separator: ", "))")
            return findings
        }
        Console.say("varied: \(changed.joined(separator: "; "))")
        let named = try compareEach(with: first)
        if named.isEmpty {
            Console.say("varied: no single variation changes an output, only several together")
            findings.append(Finding(.buildVaries, found: "several together: \(changed.joined(separator: "; "))"))
        }
        return findings + named
    }

    /// Builds with everything varied; without the clock where that is why the build does not end.
    ///
    /// Under libfaketime some calls that wait until a time of the day wait for the shift too.
    private func buildTogether() throws -> BuildResult {
        let together = try build(surroundings(possible), "vary-all")
        guard possible.contains(.clock), case .tooLong = together.ending else { return together }
        let others = try build(surroundings(possible.filter { $0 != .clock }), "vary-all-but-clock")
        if case .tooLong = others.ending { return together }
        leaveOutClock(VariedBuilds.doesNotEnd)
        return others
    }

    private func compareEach(with first: BuildResult) throws -> [Finding] {
        var named: [Finding] = []
        for variation in possible {
            let name = String(variation.rawValue.map { $0 == " " ? "-" : $0 })
            let single = try build(surroundings([variation]), "vary-" + name)
            if variation == .clock, case .tooLong = single.ending {
                leaveOutClock(VariedBuilds.doesNotEnd)
                continue
            }
            note(variation.rawValue, first, single)
            let changed = RebuildText.differing(first, single)
            guard !changed.isEmpty else { continue }
            let found = "\(variation.rawValue) alone: \(changed.joined(separator: "; "))"
            named.append(Finding(.buildVaries, found: found))
            Console.say("varied: \(found)")
            // What differs from build to build by itself would be blamed on each of the others.
            if variation == .time { break }
        }
        return named
    }

    private static let doesNotEnd = "the build does not end with another date"

    /// Tells that the date is not varied, which accuses nobody.
    private func leaveOutClock(_ reason: String) {
        possible.removeAll { $0 == .clock }
        let name = BuildVariation.clock.rawValue
        results.append(VariationResult(changed: name, .notTried(reason: reason)))
        Console.say("not varied: \(name): \(reason)")
        findings.append(
            Finding(
                .buildVaries,
                found: "\(name) not varied: \(reason)",
                effect: .notice,
                cause: "no other date was shown to the build",
                next: "read the reason; vary it elsewhere where the date matters"
            )
        )
    }

    private func surroundings(_ variations: [BuildVariation]) -> SandboxPlan.Surroundings {
        BuildVariation.surroundings(variations, clock: clock.clock)
    }

    private func note(_ changed: String, _ first: BuildResult, _ second: BuildResult) {
        let differing = BuildVariation.differing(first, second).map(\.bytes)
        let effect: VariationResult.Effect =
            second.failure != nil ? .notBuilt : differing.isEmpty ? .none : .otherOutputs(differing)
        results.append(VariationResult(changed: changed, effect))
    }
}
