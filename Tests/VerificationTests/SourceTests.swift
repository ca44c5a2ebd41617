import Attestations
import Digests
import Encodings
import SourceManifest
import Testing
import VerdictReports
import Verification

@Suite struct SourceTests {
    typealias File = (mode: FileMode, path: String, content: String)

    static func changed(_ path: String, _ change: (File) -> File?) -> [File] {
        Sealed.files.compactMap { $0.path == path ? change($0) : $0 }
    }

    func verdict(_ files: [File], _ change: (inout Sealed) throws -> Void = { _ in }) throws -> Verdict {
        var sealed = try Sealed()
        try change(&sealed)
        return try sealed.judge(nil, [Sealed.reading(files)])
    }

    @Test func findsEveryKindOfDifference() throws {
        let cases: [([File], Finding.Rule)] = [
            (Self.changed("README.md") { ($0.mode, $0.path, "Hello\n") }, .contentDiffers),
            (Self.changed("README.md") { ($0.mode, $0.path, "") }, .contentDiffers),
            (Self.changed("README.md") { _ in nil }, .missing),
            (Sealed.files + [(.file, "src/boot.o", "x")], .extra),
            (Self.changed("build.sh") { (.file, $0.path, $0.content) }, .modeDiffers),
            (Self.changed("README.md") { (.executable, $0.path, $0.content) }, .modeDiffers),
            (Self.changed("latest") { (.file, $0.path, $0.content) }, .typeDiffers),
            (Self.changed("latest") { ($0.mode, $0.path, "other") }, .contentDiffers),
            (Self.changed("README.md") { (.symbolicLink, $0.path, $0.content) }, .typeDiffers),
        ]
        for (files, rule) in cases {
            let verdict = try verdict(files)
            #expect(verdict.outcome == .failed)
            #expect(verdict.rules(.fails) == [rule])
            #expect(verdict.outcome(of: .source) == .failed)
            #expect(verdict.outcome(of: .signed) == .passed)
            let finding = try #require(verdict.findings.first)
            #expect(finding.path != nil && finding.recorded != nil && finding.found != nil)
        }
    }

    @Test func everyReadingMustBeEqual() throws {
        let sealed = try Sealed()
        let (good, bad) = (try Sealed.reading(view: .gitCommit), try Sealed.reading(Array(Sealed.files.dropLast())))
        #expect(try sealed.judge(nil, [good, Sealed.reading()]).outcome == .passed)
        #expect(try sealed.judge(nil, [good, bad]).outcome == .failed)
        #expect(try sealed.judge(nil, [bad, good]).outcome == .failed)
        #expect(try sealed.judge(nil, []).outcome == .inconclusive)
    }

    @Test func readersFindingsDecideToo() throws {
        let sealed = try Sealed()
        for (rule, outcome) in [
            (Finding.Rule.specialFile, Outcome.failed), (.replaceRef, .failed), (.missingObject, .inconclusive),
            (.extraPermissionBits, .passed),
        ] {
            let finding = Finding(rule, path: [0x61])
            let verdict = try sealed.judge(nil, [Sealed.reading(findings: [finding])])
            #expect(verdict.outcome == outcome, "\(rule)")
            #expect(verdict.findings == [finding])
        }
    }

    @Test func namesTheLikelyCause() throws {
        func cause(_ files: [File], _ change: (inout Sealed) throws -> Void = { _ in }) throws -> String {
            try #require(try verdict(files, change).findings.first).cause
        }
        #expect(try cause(Sealed.files + [(.file, "src/boot.o", "x")]).contains("build"))
        #expect(try cause(Sealed.files + [(.file, "x.swp", "x")]).contains("editor"))
        #expect(try cause(Self.changed("README.md") { (.file, "readme.md", $0.content) }).contains("case"))
        let decomposed = Self.changed("src/a%b \u{E9}.c") { (.file, "src/a%b e\u{301}.c", $0.content) }
        #expect(try cause(decomposed).contains("normalization"))
        #expect(try cause(Self.changed("README.md") { (.file, "LIESMICH", $0.content) }).contains("another name"))
        #expect(try cause(Self.changed("latest") { (.file, $0.path, $0.content) }).contains("symbolic links"))
        #expect(try cause(Self.changed("build.sh") { (.file, $0.path, $0.content) }).contains("lost"))
        #expect(try cause(Self.changed("README.md") { ($0.mode, $0.path, "") }).contains("empty"))
        #expect(try cause(Self.changed("README.md") { ($0.mode, $0.path, "hell") }).contains("shorter (2 of"))
        let crlf = Self.changed("src/boot.c") { ($0.mode, $0.path, "int main;\r\n") }
        #expect(try cause(crlf).contains("CRLF"))
        let withAttribute = try cause(crlf) { sealed in
            sealed.details = try Self.details(sealed, attribute: "eol=crlf", pattern: "*.c")
        }
        #expect(withAttribute.contains(".gitattributes line 3, *.c eol=crlf"))
    }

    @Test func noGuessChangesTheVerdict() throws {
        let sealed = try Sealed()
        let judged = EvidenceJudge(try sealed.evidence(), policy: Sealed.policy(), at: try #require(Sealed.now))
        for files in [Sealed.files, Self.changed("README.md") { ($0.mode, $0.path, "hell") }] {
            let reading = try Sealed.reading(files)
            let plain = Judge(judged, [reading]).verdict
            let advised = Judge(judged, [reading], adviser: DifferenceAdvice.adviser).verdict
            #expect(plain.outcome == advised.outcome && plain.links == advised.links)
            #expect(plain.findings.map(\.rule) == advised.findings.map(\.rule))
            #expect(plain.findings.map(\.effect) == advised.findings.map(\.effect))
            #expect((plain.findings == advised.findings) == plain.findings.isEmpty)
        }
    }

    static func details(
        _ sealed: Sealed,
        attribute: String? = nil,
        pattern: String = "*",
        lfs: [LFSObject] = [],
        submodules: [Submodule] = [],
        emptyDirectories: [TreePath] = []
    ) throws -> SourceDetails {
        let attributes = try attribute.map {
            ByteChangingAttribute(
                path: try TreePath(Array(".gitattributes".utf8)),
                line: 3,
                pattern: Array(pattern.utf8),
                attribute: Array($0.utf8)
            )
        }
        return SourceDetails(
            entries: UInt64(sealed.manifest.count),
            bytes: sealed.manifest.totalSize,
            submodules: submodules,
            lfs: lfs,
            attributes: attributes.map { [$0] } ?? [],
            emptyDirectories: emptyDirectories
        )
    }

    @Test func acceptsLFSContentAndNothingElseForAPointer() throws {
        let content = "large content\n"
        let digest = SHA256.digest(of: Array(content.utf8))
        let pointer =
            "version https://git-lfs.github.com/spec/v1\noid sha256:\(digest.hex)\nsize \(content.utf8.count)\n"
        let files = Sealed.files + [(.file, "big.bin", pointer)]
        func judge(
            _ big: (mode: FileMode, content: String),
            at path: String = "big.bin",
            view: SourceView = .directory
        ) throws -> Verdict {
            var sealed = try Sealed(files)
            let object = LFSObject(
                path: try TreePath(Array(path.utf8)),
                oid: digest,
                size: UInt64(content.utf8.count)
            )
            sealed.details = try Self.details(sealed, lfs: [object])
            let changed = files.map { $0.path == path ? (big.mode, $0.path, big.content) : $0 }
            return try sealed.judge(nil, [Sealed.reading(changed, view: view)])
        }
        let smudged = try judge((.file, content))
        #expect(smudged.outcome == .passed)
        #expect(smudged.rules(.notice) == [.lfsContent])
        #expect(try judge((.file, pointer)).outcome == .passed)
        #expect(try judge((.file, "x")).outcome == .failed)
        #expect(try judge((.executable, content)).outcome == .failed)
        // In a commit the pointer itself must stand.
        #expect(try judge((.file, content), view: .gitCommit).outcome == .failed)
        // A list that calls a plain file a pointer makes it none.
        #expect(try judge((.file, content), at: "README.md").outcome == .failed)
        #expect(try judge((.symbolicLink, content), at: "latest").outcome == .failed)
    }

    @Test func judgesEmptyDirectories() throws {
        let empty = try TreePath(Array("empty".utf8))
        let plain = try Sealed.reading()
        let reading = SourceReading(
            view: .directory,
            name: "directory",
            manifest: plain.manifest,
            bytes: plain.bytes,
            emptyDirectories: [empty],
            findings: [Finding(.emptyDirectory, path: empty.bytes)]
        )
        var sealed = try Sealed()
        #expect(try sealed.judge(nil, [reading]).rules(.fails) == [.emptyDirectory])
        sealed.details = try Self.details(sealed, emptyDirectories: [empty])
        #expect(try sealed.judge(nil, [reading]).findings.isEmpty)
        let without = try sealed.judge(nil, [plain])
        #expect(without.outcome == .passed)
        #expect(without.rules(.notice) == [.emptyDirectory])
    }

    @Test func aGapIsInconclusiveUnlessThePolicyAllowsIt() throws {
        let commit = String(repeating: "a", count: 40)
        let files = Sealed.files + [(.submodule, "lib", commit)]
        let sealed = try Sealed(files)
        let asCommit = try Sealed.reading(files, view: .gitCommit)
        let populated = try Sealed.reading(Sealed.files + [(.file, "lib/x.c", "x")])
        let beside = try Sealed.reading(Sealed.files + [(.file, "lib.c", "x")])
        var policy = Sealed.policy()
        for reading in [asCommit, try Sealed.reading(), populated] {
            let verdict = try sealed.judge(nil, [reading], policy: policy)
            #expect(verdict.outcome == .inconclusive)
            #expect(verdict.rules(.inconclusive) == [.unresolvedSubmodule])
        }
        #expect(try sealed.judge(nil, [beside], policy: policy).outcome == .failed)
        policy = Policy(keys: policy.keys, allowsGaps: true)
        let verdict = try sealed.judge(nil, [populated], policy: policy)
        #expect(verdict.outcome == .passed)
        #expect(verdict.links.first?.summary.contains("1 unresolved submodule not covered") == true)
        let other = Sealed.files + [(.submodule, "lib", String(repeating: "b", count: 40))]
        #expect(try sealed.judge(nil, [Sealed.reading(other)], policy: policy).outcome == .failed)
    }

    @Test func theGapsOfTheStatementAreThoseOfTheManifest() throws {
        let gap = Sealed.files + [(.submodule, "lib", String(repeating: "a", count: 40))]
        var silent = try Sealed(gap)
        silent.details = SourceDetails(entries: silent.details.entries, bytes: silent.details.bytes)
        var talkative = try Sealed()
        talkative.details = SourceDetails(
            entries: talkative.details.entries,
            bytes: talkative.details.bytes,
            submodules: try Sealed(gap).details.submodules
        )
        var other = try Sealed(gap)
        let renamed = Sealed.files + [(.submodule, "lib", String(repeating: "b", count: 40))]
        other.details = try Sealed(renamed).details
        for sealed in [silent, talkative, other] {
            let verdict = try sealed.judge(nil, [Sealed.reading(gap)])
            #expect(verdict.outcome == .failed)
            #expect(verdict.rules(.fails).contains(.manifestDiffers))
        }
    }

    @Test func aCommitMustNameTheSubmoduleThatWasSealedAsAGap() throws {
        let id = try #require(GitObjectID(hex: [UInt8](repeating: 0x61, count: 40)))
        let other = try #require(GitObjectID(hex: [UInt8](repeating: 0x62, count: 40)))
        let path = try TreePath(Array("lib".utf8))
        let sealed = try Sealed(Sealed.files + [(.submodule, "lib", id.hex)])
        let policy = Policy(keys: Sealed.policy().keys, allowsGaps: true)
        func reading(_ commit: GitObjectID?) throws -> SourceReading {
            let plain = try Sealed.reading(Sealed.files + [(.file, "lib/x.c", "x")], view: .gitCommit)
            return SourceReading(
                view: .gitCommit,
                name: "HEAD commit",
                manifest: plain.manifest,
                bytes: plain.bytes,
                submodules: commit.map { [Submodule(path: path, commit: $0, isResolved: true)] } ?? []
            )
        }
        #expect(try sealed.judge(nil, [reading(id)], policy: policy).outcome == .passed)
        #expect(try sealed.judge(nil, [reading(other)], policy: policy).outcome == .failed)
        #expect(try sealed.judge(nil, [reading(nil)], policy: policy).outcome == .failed)
        #expect(try sealed.judge(nil, [Sealed.reading(view: .gitCommit)], policy: policy).outcome == .failed)
    }

    @Test func aSubmoduleThatIsNotAtHandIsInconclusive() throws {
        let commit = try #require(GitObjectID(hex: [UInt8](repeating: 0x61, count: 40)))
        let path = try TreePath(Array("src".utf8))
        func reading(_ commit: GitObjectID) throws -> SourceReading {
            let files = Sealed.files.filter { !$0.path.hasPrefix("src/") } + [(.submodule, "src", commit.hex)]
            let plain = try Sealed.reading(files, view: .gitCommit)
            return SourceReading(
                view: .gitCommit,
                name: "HEAD commit",
                manifest: plain.manifest,
                bytes: plain.bytes,
                submodules: [Submodule(path: path, commit: commit, isResolved: false)]
            )
        }
        var sealed = try Sealed()
        let recorded = Submodule(path: path, commit: commit, isResolved: true)
        sealed.details = try Self.details(sealed, submodules: [recorded])
        #expect(try sealed.judge(nil, [reading(commit)]).outcome == .inconclusive)
        let other = try #require(GitObjectID(hex: [UInt8](repeating: 0x62, count: 40)))
        #expect(try sealed.judge(nil, [reading(other)]).outcome == .failed)
    }

    @Test func saysWhichOtherCommitHasTheSameContent() throws {
        func identity(_ digit: UInt8) throws -> GitIdentity {
            let id = try #require(GitObjectID(hex: [UInt8](repeating: digit, count: 40)))
            return GitIdentity(commit: id, tree: id, objectReader: .packs)
        }
        var sealed = try Sealed()
        let details = sealed.details
        sealed.view = .gitCommit
        sealed.details = SourceDetails(entries: details.entries, bytes: details.bytes, git: try identity(0x31))
        for (digit, rules) in [(0x31, []), (0x32, [Finding.Rule.otherCommit])] as [(UInt8, [Finding.Rule])] {
            let plain = try Sealed.reading(view: .gitCommit)
            let reading = SourceReading(
                view: .gitCommit,
                name: "HEAD commit",
                manifest: plain.manifest,
                bytes: plain.bytes,
                git: try identity(digit)
            )
            let verdict = try sealed.judge(nil, [reading])
            #expect(verdict.outcome == .passed)
            #expect(verdict.rules(.notice) == rules)
        }
    }

    @Test func countsWhatItDoesNotList() throws {
        let many = (0..<1_500).map { (mode: FileMode.file, path: "x/\($0)", content: "x") }
        let verdict = try verdict(Sealed.files + many)
        #expect(verdict.findings.count == 1_000)
        #expect(verdict.unlistedFindingCount == 500)
        #expect(verdict.links.first?.evidence.contains(.init("extra", "1500")) == true)
    }

    @Test func comparesWithAnUnverifiedManifestAndProvesNothingByIt() throws {
        let sealed = try Sealed()
        let untrusting = Sealed.policy([Sealed.keys[2]])
        let equal = try sealed.judge(policy: untrusting)
        #expect(equal.outcome(of: .source) == .inconclusive)
        let altered = try sealed.judge(nil, [Sealed.reading(Array(Sealed.files.dropLast()))], policy: untrusting)
        #expect(altered.outcome(of: .source) == .failed)
        #expect(altered.outcome(of: .signed) == .failed)
    }
}
