package import Attestations
package import BuildStatements
package import Comparison
package import Encodings
package import ReportPages
package import Verification

/// Report pages of every kind, made from nothing.
package enum SampleReport: String, CaseIterable, Sendable {
    case good
    case different
    case compared
    case hostile
    case huge
    case empty

    /// The page.
    package var page: ReportPage {
        switch self {
        case .good: SampleReport.good()
        case .different: SampleReport.different()
        case .compared: SampleReport.compared()
        case .hostile: HostileSample.page()
        case .huge: HugeSample.page()
        case .empty: ReportPage(title: "nothing", items: [], command: ["vitrine", "compare", "a", "b"])
        }
    }

    /// Some digest that is told apart by `seed`.
    package static func digest(_ seed: UInt64) -> Digest {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        let bytes = (0..<32).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state >> 24)
        }
        guard let digest = Digest(bytes) else { preconditionFailure("32 bytes are a digest") }
        return digest
    }

    /// A file or a member whose two sides are told apart by `seed` unless it is identical.
    package static func item(
        _ name: String,
        _ format: String = "data",
        size: UInt64,
        grade: Grade = .identical,
        account: ByteAccount? = nil,
        differences: [ByteDifference] = [],
        unlisted: Int = 0,
        members: [ComparedItem] = [],
        seed: UInt64 = 7
    ) -> ComparedItem {
        var reproduced = ByteAccount()
        reproduced.reproduced = size
        return ComparedItem(
            name: Array(name.utf8),
            format: format,
            shipped: .init(size: size, digest: digest(size &+ seed)),
            rebuilt: .init(size: size, digest: digest(grade == .identical ? size &+ seed : size &+ seed &+ 1)),
            grade: grade,
            account: account ?? reproduced,
            differences: differences,
            unlistedDifferenceCount: unlisted,
            members: members
        )
    }

    /// Counts by class.
    package static func account(
        _ reproduced: UInt64,
        signature: UInt64 = 0,
        thirdParty: UInt64 = 0,
        waived: UInt64 = 0,
        unexplained: UInt64 = 0
    ) -> ByteAccount {
        var account = ByteAccount()
        account.reproduced = reproduced
        account.signature = signature
        account.thirdParty = thirdParty
        account.waived = waived
        account.unexplained = unexplained
        return account
    }

    /// A verdict about a build with the given outcomes of its last links.
    package static func verdict(
        rebuilt: Link.Outcome,
        accounted: Link.Outcome,
        summary: String,
        findings: [Finding] = []
    ) -> Verdict {
        Verdict(
            .source,
            release: ReleaseName(product: "boot", version: "1.2"),
            treeRoot: digest(1),
            manifestDigest: digest(2),
            links: [
                Link(
                    .source,
                    .passed,
                    "commit 3f2a9c: 812 entries equal",
                    evidence: [.init("root", digest(1).hex), .init("entries equal", "812 of 812")]
                ),
                Link(.signed, .passed, "boot 1.2, signed by 2 of 2 trusted keys, 2 needed"),
                Link(.logged, .notJudged, "not judged, no log proof given"),
                Link(.rebuilt, rebuilt, "2 of 2 rebuilders, 2 needed"),
                Link(.accounted, accounted, summary),
                Link(.reviewed, .notJudged, "not judged, no review records given"),
            ],
            findings: findings
        )
    }

    /// A program that is identical outside its signature.
    static func firmware(seed: UInt64) -> ComparedItem {
        item(
            "boot-1.2.efi",
            "PE",
            size: 9_412_608,
            grade: .identicalOutsideSignature,
            account: account(9_403_864, signature: 8_744),
            differences: [
                ByteDifference(
                    place: "attribute certificate table",
                    range: 9_403_864..<9_412_608,
                    byteCount: 8_744,
                    accountedAs: .signature,
                    cause: .signature
                )
            ],
            seed: seed
        )
    }

    private static func good() -> ReportPage {
        let package = item(
            "boot_1.2_amd64.deb",
            "deb",
            size: 31_820_512,
            members: [
                item("control.tar.xz", "tar", size: 2_112), item("data.tar.xz", "tar", size: 31_818_208),
            ]
        )
        return ReportPage(
            title: "boot 1.2",
            verdict: verdict(
                rebuilt: .passed,
                accounted: .passed,
                summary: "99.97 % of 41,233,120 bytes reproduced, 0 unexplained"
            ),
            items: [package, firmware(seed: 7)],
            definition: digest(3),
            observations: observations(unexplained: 0),
            command: ["vitrine", "rebuild", "manifests/boot/1.2", "--source", ".", "--html", "report.html"]
        )
    }

    static func observations(unexplained: Int) -> BuildObservations {
        var files: [OpenedFile] = []
        for index in 0..<unexplained {
            files.append(OpenedFile(.unexplained, path: Array("/opt/cache/object-\(index).o".utf8), digest: digest(50)))
        }
        for (index, name) in ["gcc", "as", "ld", "make", "sh", "strip"].enumerated() {
            let digest = digest(UInt64(60 + index))
            files.append(
                OpenedFile(
                    .toolchain,
                    path: Array("/usr/bin/\(name)".utf8),
                    package: "gcc-12 12.2.0-14",
                    digest: digest
                )
            )
        }
        for index in 0..<40 {
            let digest = digest(UInt64(90 + index))
            files.append(OpenedFile(.sealedSource, path: Array("src/part\(index).c".utf8), digest: digest))
            files.append(OpenedFile(.produced, path: Array("build/part\(index).o".utf8), digest: digest))
        }
        return BuildObservations(
            openedFiles: files,
            networkAttempts: unexplained > 0 ? ["connect to 192.0.2.7, port 443, by curl"] : [],
            neverOpened: ["README.md", "docs/guide.md", "tests/data/\u{202E}gpj.exe"].map { Array($0.utf8) },
            variations: [
                VariationResult(changed: "host name", .none),
                VariationResult(
                    changed: "time",
                    unexplained > 0 ? .otherOutputs([Array("boot_1.2_amd64.deb".utf8)]) : .none
                ),
                VariationResult(changed: "clock", .notTried(reason: "the toolchain has no libfaketime")),
            ]
        )
    }

    private static func compared() -> ReportPage {
        let size: UInt64 = 4_194_304
        return ReportPage(
            title: "boot-1.2.img beside out/boot-1.2.img",
            items: [item("boot-1.2.img", size: size), item("boot-1.2.map", "text", size: 88_112)],
            command: ["vitrine", "compare", "boot-1.2.img", "out/boot-1.2.img", "--html", "report.html"]
        )
    }
}
