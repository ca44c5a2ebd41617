// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is compiled with these.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),  // SE-0458
    .treatAllWarnings(as: .error),  // SE-0480
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("InferIsolatedConformances"),  // SE-0470
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name)] + dependencies,
        exclude: [],
        swiftSettings: strict
    )
}

let package = Package(
    name: "vitrine",
    targets: [
        // Level 1: bytes and their spellings.
        module("Encodings"),
        tests("Encodings", []),

        // The programs as a person runs them. Depends on both programs, so that they are built before the scripts run.
        .testTarget(name: "ScriptTests", dependencies: [], exclude: ["Scripts"], swiftSettings: strict),

        // Every parser as a function of bytes: its corpora are replayed by the tests, and `make fuzz` searches for more.
        .target(name: "FuzzTargets", dependencies: ["Encodings"], path: "Tests/FuzzTargets", swiftSettings: strict),
        .testTarget(name: "FuzzTargetsTests", dependencies: ["FuzzTargets"], swiftSettings: strict),
    ]
)

// `make fuzz` builds everything with libFuzzer's instrumentation, in a build directory of its own.
if Context.environment["VITRINE_FUZZ"] != nil {
    let instrumented: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer,address"])]
    for target in package.targets where target.type == .regular {
        target.swiftSettings = (target.swiftSettings ?? []) + instrumented
    }
    package.targets.append(
        .executableTarget(
            name: "fuzzer",
            dependencies: ["FuzzTargets"],
            path: "Tests/Fuzzer",
            swiftSettings: strict + instrumented,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
        )
    )
}
