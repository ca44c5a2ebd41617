import DirectorySource
import Encodings
import Foundation
import SourceManifest
import TestSupport
import Testing

@testable import Rebuild

/// What a killed run leaves is named by the next one, and what a living one holds is not.
struct LeftoverTests {
    @Test func onlyWhatNobodyHoldsIsLeftOver() throws {
        let held = try WorkPlace(for: nil)
        #expect(!WorkPlace.leftovers.contains(held.path))
        let folder = String(decoding: held.path, as: UTF8.self)
        let dead = (folder as NSString).deletingLastPathComponent + "/vitrine-build-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: dead, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: dead) }
        #expect(WorkPlace.leftovers.contains(Array(dead.utf8)))
        #expect(!WorkPlace.leftovers.contains(held.path))
        held.remove()
    }
}
