package import Encodings

/// A part of a build's surroundings that can be changed to see whether the outputs depend on it.
package enum BuildVariation: String, Hashable, Sendable, CaseIterable {
    /// Nothing but the time, which passes by itself.
    case time
    /// The date, where the toolchain has what it takes (``ShiftedClock``).
    case clock
    case hostName = "host name"
    case buildPath = "build path"
    case locale
    case timeZone = "time zone"
    case user
    case fileOrder = "file order"
    case processorCount = "processor count"

    /// The surroundings with these parts changed; `clock` is what shows another date.
    package static func surroundings(
        _ variations: some Sequence<BuildVariation>,
        clock: ShiftedClock? = nil
    ) -> SandboxPlan.Surroundings {
        var surroundings = SandboxPlan.Surroundings()
        for variation in variations {
            switch variation {
            case .time: continue
            case .clock: surroundings.clock = clock
            case .hostName: surroundings.hostName = "another-host"
            case .buildPath: surroundings.buildPath = "/vary/another/path"
            case .locale: surroundings.locale = "C"
            case .timeZone: surroundings.timeZone = "XXX-13:37"
            case .user: surroundings.userID = 2345
            case .fileOrder: surroundings.isReversed = true
            case .processorCount: surroundings.isSingleProcessor = true
            }
        }
        return surroundings
    }

    /// The names of the outputs that two builds do not both have with the same bytes, ordered.
    package static func differing(_ first: BuildResult, _ second: BuildResult) -> [TreePath] {
        let left = Dictionary(first.outputs.map { ($0.path, $0.content) }, uniquingKeysWith: { first, _ in first })
        let right = Dictionary(second.outputs.map { ($0.path, $0.content) }, uniquingKeysWith: { first, _ in first })
        return Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }.sorted()
    }
}
