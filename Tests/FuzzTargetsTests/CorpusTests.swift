import Foundation
import FuzzTargets
import Testing

/// The fuzzer's corpora, replayed: each input, each of its beginnings, and each of its bytes changed.
@Suite struct CorpusTests {
    static let corpora = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Corpora")

    static func inputs(_ name: String) throws -> [[UInt8]] {
        let folder = corpora.appending(path: name)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.map { Array(try Data(contentsOf: $0)) }
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func replays(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let inputs = try Self.inputs(name)
        #expect(!inputs.isEmpty, "Tests/Corpora/\(name) has no input")
        // A corpus that is refused as a whole would test the first check of its parser and nothing behind it.
        #expect(inputs.contains(where: target.body), "Tests/Corpora/\(name) has no accepted input")
        for input in inputs {
            _ = target.body(input)
            // Long inputs at a stride, so that the replay stays a matter of seconds.
            let stride = max(1, input.count / 128)
            for place in Swift.stride(from: 0, to: input.count, by: stride) {
                _ = target.body(Array(input[..<place]))
                for change: UInt8 in [0x01, 0x20, 0x80, 0xFF] {
                    var changed = input
                    changed[place] ^= change
                    _ = target.body(changed)
                }
            }
        }
    }

    @Test func everyCorpusHasATarget() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpora.path)
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    }
}
