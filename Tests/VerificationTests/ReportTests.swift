import Attestations
import Encodings
import SigningKeys
import SourceManifest
import Testing
import Verification

@Suite struct ReportTests {
    static func altered() throws -> Verdict {
        let files = Sealed.files.dropLast() + [(.file, "src/boot.c", "int\u{1B}[31m;\n"), (.file, "a\u{1B}\n", "x")]
        return try Sealed().judge(nil, [Sealed.reading(Array(files), findings: [Finding(.extraPermissionBits)])])
    }

    @Test(arguments: [VerdictReport.Level.quiet, .normal, .verbose])
    func holdsPrintableASCIIOnly(_ level: VerdictReport.Level) throws {
        let text = VerdictReport(try Self.altered(), level).text
        #expect(text.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
        #expect(text.hasPrefix("FAILED: "))
    }

    @Test func tellsWhatWasRecordedAndFound() throws {
        let text = VerdictReport(try Self.altered()).text
        for part in [
            "fails: content-differs: src/boot.c", "recorded  mode 100644, 10 bytes", "found     mode 100644, 10 bytes",
            "cause     the same size with other bytes", "next      ", "extra: a%1B%0A", "notice: extra-permission-bits",
            "logged    -             not judged, no log proof given",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func quietIsOneLine() throws {
        let text = VerdictReport(try Sealed().judge(), .quiet).text
        #expect(text == "PASSED: boot 1.2: the source is exactly what was sealed\n")
    }

    /// A pass that is not about every byte says so in its first line.
    @Test func theHeadlineTellsWhatWasLetPass() throws {
        func headline(_ rules: [Finding.Rule]) throws -> String {
            let verdict = Verdict(
                .source,
                release: ReleaseName(product: "boot", version: "1.2"),
                treeRoot: nil,
                manifestDigest: nil,
                links: [Link(.source, .passed, ""), Link(.signed, .passed, "")],
                findings: rules.map { Finding($0, effect: .notice) }
            )
            return VerdictReport(verdict, .quiet).text
        }
        #expect(try headline([.lfsPointer]).hasSuffix("the source is exactly what was sealed\n"))
        let gaps = try headline([.unresolvedSubmodule])
        #expect(
            gaps
                == "PASSED: boot 1.2: the source is what was sealed, but that files of unresolved submodules were not compared\n"
        )
        #expect(try headline([.lfsContent]).contains("but that Git LFS content stands in the place of its pointers\n"))
        #expect(try headline([.lfsContent, .unresolvedSubmodule]).contains("not compared, and Git LFS content"))
    }

    @Test func inconclusiveNeverReadsAsAPass() throws {
        let verdict = try Sealed().judge(Evidence(manifest: nil, attestations: nil))
        #expect(VerdictReport(verdict, .quiet).text.hasPrefix("INCONCLUSIVE: something could not be judged"))
    }

    @Test func verboseTellsMoreThanNormal() throws {
        let verdict = try Sealed().judge()
        let (normal, verbose) = (VerdictReport(verdict).text, VerdictReport(verdict, .verbose).text)
        #expect(verbose.contains("signed by") && verbose.contains(Sealed.keys[0].publicKey.keyID.description))
        #expect(verbose.utf8.count > normal.utf8.count)
    }

    @Test func cutsLongListsAndSaysSo() throws {
        let many = (0..<30).map { (mode: FileMode.file, path: "x/\($0)", content: "x") }
        let verdict = try Sealed().judge(nil, [Sealed.reading(Sealed.files + many)])
        #expect(VerdictReport(verdict).text.contains("10 more, told with --verbose"))
    }
}

@Suite struct VerdictJSONTests {
    @Test func hasTheDocumentedFields() throws {
        let json = try JSON(parsing: try ReportTests.altered().json.compact)
        guard case .object(let members) = json else { return #expect(Bool(false)) }
        #expect(
            members.map(\.name) == [
                "format", "verdict", "product", "version", "treeRoot", "manifestSHA256", "links", "findings",
                "findingsNotListed",
            ]
        )
        #expect(json["format"] == .string("vitrine-verdict/v1"))
        #expect(json["verdict"] == .string("failed"))
        #expect(json["product"] == .string("boot"))
        guard case .array(let links)? = json["links"], case .array(let findings)? = json["findings"] else {
            return #expect(Bool(false))
        }
        let names = ["source", "signed", "logged", "rebuilt", "accounted", "reviewed"]
        #expect(links.map { $0["link"] } == names.map { .string($0) })
        #expect(links.last?["outcome"] == .string("not-judged"))
        #expect(findings.count == 3)
        #expect(findings.contains { $0["path"] == .string("a%1B%0A") && $0["rule"] == .string("extra") })
    }

    @Test func unknownIsNull() throws {
        let json = try Sealed().judge(Evidence(manifest: nil, attestations: nil)).json
        for name in ["product", "version", "treeRoot", "manifestSHA256"] as [Text] {
            #expect(json[name] == .null)
        }
    }
}
