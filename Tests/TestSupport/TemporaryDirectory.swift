import Foundation

/// A directory that lives as long as a piece of a test.
package enum TemporaryDirectory {
    /// Makes a directory, passes its path to `body`, and removes it with all it holds.
    package static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.path + "/vitrine-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}

/// Whole files of tests.
package enum TestFile {
    /// The bytes of the file at `path`.
    package static func read(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Writes `bytes` to the file at `path`, in place of what it held.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
}
