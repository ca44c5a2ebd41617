import Encodings
import Rebuild
import ReportPages
import Verification

/// Builds of one source in other surroundings, and what that changed.
final class VariedBuilds {
    private let clock: ShiftedClock?
    private let build: (SandboxPlan.Surroundings, _ name: String) throws -> BuildResult
    /// What came of each, for a report.
    private(set) var results: [VariationResult] = []

    /// Varies what `build` makes; without a `clock` the date stays as it is.
    init(clock: ShiftedClock?, build: @escaping (SandboxPlan.Surroundings, String) throws -> BuildResult) {
        self.clock = clock
        self.build = build
    }

    private var possible: [BuildVariation] { BuildVariation.allCases.filter { $0 != .clock || clock != nil } }

    /// Varies everything together, and where that changes an output of `first`, one thing after the other.
    func compare(with first: BuildResult) throws -> [Finding] {
        var findings: [Finding] = []
        if clock == nil {
            let reason = "this machine has no \(ShiftedClock.library) (Debian package libfaketime)"
            results.append(VariationResult(changed: BuildVariation.clock.rawValue, .notTried(reason: reason)))
            Console.say("not varied: \(BuildVariation.clock.rawValue): \(reason)")
            let found = "\(BuildVariation.clock.rawValue) not varied: \(reason)"
            findings.append(Finding(.buildVaries, found: found, effect: .notice))
        }
        let together = try build(BuildVariation.surroundings(possible, clock: clock), "vary-all")
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

    private func compareEach(with first: BuildResult) throws -> [Finding] {
        var named: [Finding] = []
        for variation in possible {
            let name = String(variation.rawValue.map { $0 == " " ? "-" : $0 })
            let single = try build(BuildVariation.surroundings([variation], clock: clock), "vary-" + name)
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

    private func note(_ changed: String, _ first: BuildResult, _ second: BuildResult) {
        let differing = BuildVariation.differing(first, second).map(\.bytes)
        let effect: VariationResult.Effect =
            second.failure != nil ? .notBuilt : differing.isEmpty ? .none : .otherOutputs(differing)
        results.append(VariationResult(changed: changed, effect))
    }
}
