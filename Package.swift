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
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: strict)
}

func testSupport(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

let package = Package(
    name: "vitrine",
    products: [
        .executable(name: "vitrine", targets: ["vitrine"]),
        .executable(name: "vitrine-verify", targets: ["vitrine-verify"]),
    ],
    traits: [
        // Off, only the trusted core and vitrine-verify are built, and no third-party package is resolved.
        .default(enabledTraits: ["Commands"]),
        .trait(name: "Commands", description: "The vitrine command, which reads its arguments with a package."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: [
        // Level 0: system libraries.
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CLinux"),

        // Level 1: bytes and their spellings.
        module("Encodings"),
        tests("Encodings", []),
        module("Digests", ["COpenSSL", "Encodings"]),
        tests("Digests", ["Encodings", "TestSupport"]),

        // Level 2: trees of hashes, and keys.
        module("Merkle", ["Encodings"]),
        tests("Merkle", ["Encodings", "PureSHA256", "TestSupport"]),
        module("SigningKeys", ["COpenSSL", "Digests", "Encodings"]),
        tests("SigningKeys", ["Digests", "Encodings", "TestSupport"]),

        // Level 3: what is signed.
        module("SourceManifest", ["Encodings", "Merkle"]),
        tests("SourceManifest", ["Encodings", "Merkle", "PureSHA256", "TestSupport"]),
        module("Attestations", ["Digests", "Encodings", "SigningKeys"]),
        tests("Attestations", ["Digests", "Encodings", "SigningKeys", "TestSupport"]),

        // Level 4: judgement. Here the trusted core ends.
        module("Verification", ["Attestations", "Digests", "Encodings", "Merkle", "SigningKeys", "SourceManifest"]),
        tests(
            "Verification",
            ["Attestations", "Digests", "Encodings", "Merkle", "SigningKeys", "SourceManifest", "TestSupport"]
        ),

        // Level 5: where source comes from.
        module(
            "DirectorySource",
            ["Attestations", "CLinux", "Digests", "Encodings", "SourceManifest", "Verification"]
        ),
        tests(
            "DirectorySource",
            ["Attestations", "Digests", "Encodings", "SourceManifest", "TestSupport", "Verification"]
        ),
        module("GitWorker", ["CDeflate", "CGit2", "CLinux", "CZlib", "Digests"]),
        module(
            "GitSource",
            [
                "Attestations", "CLinux", "Digests", "DirectorySource", "Encodings", "GitWorker", "SourceManifest",
                "Verification",
            ]
        ),
        tests(
            "GitSource",
            [
                "Attestations", "Digests", "DirectorySource", "Encodings", "GitWorker", "SourceManifest",
                "TestSupport", "Verification", "vitrine",
            ]
        ),

        module("ArchiveWorker", ["CArchive", "CLinux", "CZlib"]),
        module(
            "Comparison",
            ["ArchiveWorker", "Attestations", "CLinux", "Digests", "DirectorySource", "Encodings", "Verification"]
        ),
        tests(
            "Comparison",
            [
                "ArchiveWorker", "Attestations", "Digests", "DirectorySource", "Encodings", "TestSupport",
                "Verification",
                "vitrine",
            ]
        ),

        // Level 6: builds in a sandbox, and what came of them.
        module(
            "Rebuild",
            [
                "Attestations", "CLinux", "Comparison", "Digests", "DirectorySource", "Encodings", "GitSource",
                "GitWorker", "SigningKeys", "SourceManifest", "Verification",
            ]
        ),
        tests(
            "Rebuild",
            [
                "Attestations", "Comparison", "Digests", "DirectorySource", "Encodings", "GitSource", "GitWorker",
                "SigningKeys", "SourceManifest", "TestSupport", "Verification", "vitrine",
            ]
        ),

        // Level 6: reports for people.
        module("ReportPages", ["Attestations", "Comparison", "Digests", "Encodings", "Verification"]),
        tests(
            "ReportPages",
            ["Attestations", "Comparison", "Encodings", "SampleReports", "TestSupport", "Verification"]
        ),
        testSupport("SampleReports", ["Attestations", "Comparison", "Encodings", "ReportPages", "Verification"]),
        .executableTarget(
            name: "sample-pages",
            dependencies: ["ReportPages", "SampleReports"],
            path: "Tests/SamplePages",
            swiftSettings: strict
        ),

        // Level 8: the programs.
        module(
            "Commands",
            [
                "Attestations", "CLinux", "Comparison", "Digests", "DirectorySource", "Encodings", "GitSource",
                "GitWorker", "Merkle", "Rebuild", "ReportPages", "SigningKeys", "SourceManifest", "Verification",
                .product(
                    name: "ArgumentParser",
                    package: "swift-argument-parser",
                    condition: .when(traits: ["Commands"])
                ),
            ]
        ),
        .executableTarget(
            name: "vitrine",
            dependencies: ["ArchiveWorker", "Commands", "DirectorySource", "GitWorker"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "vitrine-verify",
            dependencies: [
                "Attestations", "DirectorySource", "Encodings", "SigningKeys", "SourceManifest", "Verification",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "VitrineVerifyTests",
            dependencies: [
                "Attestations", "Digests", "Encodings", "SigningKeys", "SourceManifest", "TestSupport",
                "vitrine-verify",
            ],
            swiftSettings: strict
        ),

        // The programs as a person runs them; both are built before the scripts run.
        .testTarget(
            name: "ScriptTests",
            dependencies: ["TestSupport", "vitrine", "vitrine-verify"],
            exclude: ["Scripts"],
            swiftSettings: strict
        ),

        // Every parser as a function of bytes: its corpora are replayed by the tests, and `make fuzz` searches for more.
        testSupport(
            "FuzzTargets",
            [
                "ArchiveWorker", "Attestations", "Comparison", "Digests", "Encodings", "GitSource", "GitWorker",
                "Rebuild",
                "SigningKeys", "SourceManifest", "Verification",
            ]
        ),
        .testTarget(name: "FuzzTargetsTests", dependencies: ["FuzzTargets"], swiftSettings: strict),

        // What tests share.
        testSupport("TestSupport"),
        testSupport("PureSHA256", ["Encodings"]),
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
