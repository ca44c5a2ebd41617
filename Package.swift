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
        // Level 0: system libraries.
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLinux"),

        // Level 1: bytes and their spellings.
        module("Encodings"),
        tests("Encodings", []),
        module("Digests", ["COpenSSL", "Encodings"]),
        tests("Digests", ["Encodings", "TestSupport"]),

        // Level 2: trees and keys.
        module("Merkle", ["Encodings"]),
        tests("Merkle", ["Encodings", "PureSHA256"]),
        module("SigningKeys", ["COpenSSL", "Digests", "Encodings"]),
        tests("SigningKeys", ["Digests", "Encodings", "TestSupport"]),

        // Level 3: what a source tree is, and what is signed about it.
        module("SourceManifest", ["Encodings", "Merkle"]),
        tests("SourceManifest", ["Encodings", "Merkle", "PureSHA256"]),
        module("Attestations", ["Digests", "Encodings", "SigningKeys"]),
        tests("Attestations", ["Digests", "Encodings", "SigningKeys", "TestSupport"]),

        // Level 4: policy, judgement, verdict.
        module(
            "Verification",
            ["Attestations", "Digests", "Encodings", "Merkle", "SigningKeys", "SourceManifest"]
        ),
        tests(
            "Verification",
            ["Attestations", "Digests", "Encodings", "Merkle", "SigningKeys", "SourceManifest", "TestSupport"]
        ),

        // Level 5: sources.
        module(
            "DirectorySource",
            ["Attestations", "CLinux", "Digests", "Encodings", "SourceManifest", "Verification"]
        ),
        tests(
            "DirectorySource",
            ["Attestations", "Digests", "Encodings", "SourceManifest", "TestSupport", "Verification"]
        ),

        // Level 8: what people run.
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

        // What tests share.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        // For tests only: SHA-256 without C.
        .target(
            name: "PureSHA256",
            dependencies: ["Encodings"],
            path: "Tests/PureSHA256",
            swiftSettings: strict
        ),
    ]
)
