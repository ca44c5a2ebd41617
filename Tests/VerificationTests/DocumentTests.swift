import Attestations
import Encodings
import Foundation
import SigningKeys
import SourceManifest
import Testing
import Verification

/// The examples of docs/formats are what the program writes and reads.
@Suite struct DocumentTests {
    /// The first block of `language` in a document.
    static func example(_ document: String, _ language: String = "json") throws -> String {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let text = try String(contentsOf: folder.appendingPathComponent("docs/formats/\(document)"), encoding: .utf8)
        let start = try #require(text.range(of: "```\(language)\n"))
        let end = try #require(text[start.upperBound...].range(of: "\n```"))
        return String(text[start.upperBound..<end.lowerBound])
    }

    /// The key ids of the documents stand for the keys of this run.
    static let placeholders = [
        "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "SHA256:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ]

    static func withPlaceholders(_ text: String) -> String {
        var text = text
        for (key, placeholder) in zip(Sealed.keys, placeholders) {
            text = text.replacingOccurrences(of: key.publicKey.keyID.description, with: placeholder)
        }
        return text
    }

    static func compact(_ text: String) throws -> String { try JSON(parsing: Array(text.utf8)).compactString }

    @Test func statement() throws {
        let written = String(decoding: try Sealed().statement().payload, as: UTF8.self)
        #expect(try Self.compact(Self.example("statement.md")) == Self.withPlaceholders(written))
        let bytes = Array(try Self.compact(Self.example("statement.md")).utf8)
        #expect(try SourceStatement(Statement(parsing: bytes))?.payload == bytes)
    }

    @Test func policy() throws {
        let text = try Self.example("policy.md")
        let policy = try Policy(parsing: Array(text.utf8))
        #expect(policy.threshold == 2 && policy.keys.count == 2 && policy.product == "boot")
        #expect(policy.build.rebuilders?.threshold == 1 && policy.build.rebuilders?.keys.count == 1)
        #expect(policy.build.waivers?.threshold == 1 && policy.build.waivers?.keys.count == 1)
        #expect(policy.build.grades == [.identicalOutsideSignature, .identical])
        #expect(policy.build.disagreement == .inconclusive)
        #expect(policy.forms == [.open] && policy.views == [.gitCommit, .directory] && policy.maximumAgeDays == 400)
    }

    @Test func verdict() throws {
        let files = Sealed.files.dropLast() + [(.file, "src/boot.c", "int mein;\n")]
        let verdict = try Sealed().judge(nil, [Sealed.reading(Array(files))], policy: Sealed.policy(threshold: 2))
        #expect(try Self.compact(Self.example("verdict.md")) == Self.withPlaceholders(verdict.json.compactString))
        let report = Self.withPlaceholders(VerdictReport(verdict).text)
        #expect(try Self.example("verdict.md", "text") + "\n" == report)
    }

    /// The documents of a build, byte for byte but for white space.
    @Test(arguments: ["rebuild.md", "provenance.md", "waiver.md"])
    func build(_ document: String) throws {
        let rebuilt = try Rebuilt()
        let text = try Self.compact(Self.example(document))
        let statement = try Statement(parsing: Array(text.utf8))
        let (written, read): ([UInt8], [UInt8]?) =
            switch document {
            case "rebuild.md": (try rebuilt.mixedRecord().payload, try RebuildRecord(statement)?.payload)
            case "provenance.md": (try rebuilt.provenance().payload, try Provenance(statement)?.payload)
            default: (try rebuilt.waiverStatement().payload, try Waiver(statement)?.payload)
            }
        #expect(text == String(decoding: written, as: UTF8.self))
        #expect(read == written)
    }
}
