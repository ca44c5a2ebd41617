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
        tests("Merkle", ["Encodings", "MerkleProofs", "PureSHA256", "TestSupport"]),
        module("SigningKeys", ["COpenSSL", "Digests", "Encodings"]),
        tests("SigningKeys", ["Digests", "Encodings", "PrivateKeys", "TestSupport"]),

        // Level 3: what is signed.
        module("SourceManifest", ["Encodings", "Merkle"]),
        tests(
            "SourceManifest",
            [
                "Disclosures", "Encodings", "ManifestListings", "Merkle", "MerkleProofs", "PureSHA256",
                "ReleaseDeltas", "TestSupport",
            ]
        ),
        module("Attestations", ["Digests", "Encodings", "SigningKeys"]),
        tests(
            "Attestations",
            [
                "BuildStatements", "Digests", "Encodings", "PrivateKeys", "SigningKeys", "StatementWriting",
                "TestSupport",
            ]
        ),

        // Level 4: judgement of a source. Here the trusted core ends.
        module("Verification", ["Attestations", "Digests", "Encodings", "SigningKeys", "SourceManifest"]),
        tests(
            "Verification",
            [
                "Attestations", "BuildStatements", "BuildVerification", "Digests",
                "DisclosureVerification", "Disclosures", "Encodings", "Merkle", "PrivateKeys", "ReleaseDeltas",
                "SigningKeys", "SourceManifest", "StatementWriting", "TestSupport", "VerdictReports",
            ]
        ),

        // Level 5: judgement of a build, and what people are told.
        module("BuildStatements", ["Attestations", "Digests", "Encodings"]),
        module(
            "BuildVerification",
            ["Attestations", "BuildStatements", "Encodings", "SigningKeys", "SourceManifest", "Verification"]
        ),
        module("VerdictReports", ["Attestations", "Encodings", "SourceManifest", "Verification"]),

        // Level 5: other questions to the same evidence.
        module("MerkleProofs", ["Encodings", "Merkle"]),
        module("Disclosures", ["Encodings", "Merkle", "MerkleProofs", "SourceManifest"]),
        module(
            "DisclosureVerification",
            [
                "Attestations", "Digests", "Disclosures", "Encodings", "SourceManifest", "VerdictReports",
                "Verification",
            ]
        ),
        module("ReleaseDeltas", ["Attestations", "Encodings", "SourceManifest", "Verification"]),

        // Level 5: what makes evidence and never judges it.
        module("ManifestListings", ["Encodings", "SourceManifest"]),
        module("PrivateKeys", ["COpenSSL", "Digests", "Encodings", "SigningKeys"]),
        module(
            "StatementWriting",
            ["Attestations", "BuildStatements", "Digests", "Encodings", "PrivateKeys", "SigningKeys"]
        ),

        // Level 5: processes of ours, and of the system's programs.
        module("ChildProcesses", ["CLinux"]),

        // Level 6: where source comes from.
        module(
            "DirectorySource",
            [
                "Attestations", "BuildStatements", "CLinux", "Digests", "Encodings", "SourceManifest", "Verification",
            ]
        ),
        tests(
            "DirectorySource",
            [
                "Attestations", "BuildStatements", "Digests", "Encodings", "SourceManifest", "TestSupport",
                "Verification",
            ]
        ),
        module("GitWorker", ["CDeflate", "CGit2", "CLinux", "CZlib", "ChildProcesses", "Digests"]),
        module(
            "GitSource",
            [
                "Attestations", "CLinux", "ChildProcesses", "Digests", "DirectorySource", "Encodings", "GitWorker",
                "SourceManifest", "Verification",
            ]
        ),
        tests(
            "GitSource",
            [
                "Attestations", "ChildProcesses", "Digests", "DirectorySource", "Encodings", "GitWorker",
                "SourceManifest", "TestSupport", "Verification", "vitrine",
            ]
        ),

        module("ArchiveWorker", ["CArchive", "CZlib", "ChildProcesses"]),
        module(
            "Comparison",
            [
                "ArchiveWorker", "Attestations", "BuildStatements", "CLinux", "ChildProcesses", "Digests",
                "DirectorySource", "Encodings", "Verification",
            ]
        ),
        tests(
            "Comparison",
            [
                "ArchiveWorker", "Attestations", "BuildStatements", "ChildProcesses", "Digests", "DirectorySource",
                "Encodings", "TestSupport", "Verification", "vitrine",
            ]
        ),

        // Level 7: builds in a sandbox, and what came of them.
        module(
            "Rebuild",
            [
                "Attestations", "BuildStatements", "CLinux", "ChildProcesses", "Comparison", "Digests",
                "DirectorySource", "Encodings", "GitSource", "GitWorker", "SourceManifest", "Verification",
            ]
        ),
        tests(
            "Rebuild",
            [
                "Attestations", "BuildStatements", "Comparison", "Digests", "DirectorySource", "Encodings", "GitSource",
                "GitWorker", "SigningKeys", "SourceManifest", "StatementWriting", "TestSupport", "Verification",
                "vitrine",
            ]
        ),

        // Level 7: reports for people.
        module(
            "ReportPages",
            [
                "Attestations", "BuildStatements", "Comparison", "Digests", "Encodings", "VerdictReports",
                "Verification",
            ]
        ),
        tests(
            "ReportPages",
            [
                "Attestations", "BuildStatements", "Comparison", "Encodings", "SampleReports", "TestSupport",
                "Verification",
            ]
        ),
        testSupport(
            "SampleReports",
            ["Attestations", "BuildStatements", "Comparison", "Encodings", "ReportPages", "Verification"]
        ),
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
                "Attestations", "BuildStatements", "BuildVerification", "CLinux", "ChildProcesses", "Comparison",
                "Digests", "DirectorySource", "DisclosureVerification", "Disclosures", "Encodings", "GitSource",
                "GitWorker",
                "ManifestListings", "Merkle", "PrivateKeys", "Rebuild", "ReleaseDeltas", "ReportPages",
                "SigningKeys", "SourceManifest", "StatementWriting", "VerdictReports", "Verification",
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
                "Attestations", "BuildVerification", "DirectorySource", "Encodings", "SigningKeys", "SourceManifest",
                "VerdictReports", "Verification",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "VitrineVerifyTests",
            dependencies: [
                "Attestations", "Digests", "Encodings", "PrivateKeys", "SigningKeys", "SourceManifest",
                "StatementWriting", "TestSupport", "vitrine-verify",
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
                "ArchiveWorker", "Attestations", "BuildStatements", "Comparison", "Digests", "DirectorySource",
                "Disclosures", "Encodings", "GitSource", "GitWorker", "PrivateKeys", "Rebuild", "SigningKeys",
                "SourceManifest", "StatementWriting", "Verification",
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
