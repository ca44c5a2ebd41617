import Attestations
import Encodings
import Foundation
import TestSupport
import Testing

@testable import Comparison

/// The example of docs/formats/comparison.md is what the program writes.
@Suite struct ComparisonDocumentTests {
    @Test func comparison() throws {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        let document = folder.appendingPathComponent("docs/formats/comparison.md")
        let text = try String(contentsOf: document, encoding: .utf8)
        let start = try #require(text.range(of: "```json\n"))
        let end = try #require(text[start.upperBound...].range(of: "\n```"))
        var example = String(text[start.upperBound..<end.lowerBound])
        let (shipped, rebuilt) = ("alpha\none\nxx\nz\n", "alpha\none\nyy\nz\n")
        let item = try Builds.compare(Array(shipped.utf8), Array(rebuilt.utf8))
        for (word, content) in [("SHIPPED", item.shipped), ("REBUILT", item.rebuilt)] {
            example = example.replacingOccurrences(of: "\"\(word)\"", with: "\"\(content?.digest?.hex ?? "")\"")
        }
        let name = String(decoding: item.name, as: UTF8.self)
        let written = String(decoding: item.jsonBytes, as: UTF8.self)
            .replacingOccurrences(of: "\"\(name)\"", with: "\"notes.txt\"")
        #expect(String(decoding: try JSON(parsing: Array(example.utf8)).compact, as: UTF8.self) == written)
    }
}
