import Foundation

/// The programs that are built beside the tests.
package enum BuiltPrograms {
    /// Where they were built: VITRINE_BIN, or the directory of the running tests.
    package static let folder: String = {
        if let chosen = ProcessInfo.processInfo.environment["VITRINE_BIN"] { return chosen }
        return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    }()

    /// The path of the program `name`.
    package static func path(_ name: String) -> String { folder + "/" + name }
}
