import Foundation

/// Third-party test vectors, used where they lie.
package enum Vectors {
    /// The folder: `VITRINE_VECTORS`, else `shared/vectors` beside the checkout.
    package static let folder: String = {
        if let named = ProcessInfo.processInfo.environment["VITRINE_VECTORS"] { return named }
        var checkout = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 {
            checkout.deleteLastPathComponent()
        }
        return checkout.deletingLastPathComponent().path + "/shared/vectors"
    }()

    /// Why a test that needs vectors is skipped.
    package static let absent = "the third-party vectors are not here; VITRINE_VECTORS may name their folder"

    /// Whether `path`, relative to the folder, exists.
    package static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + path)
    }

    /// The bytes of the file at `path`, relative to the folder.
    package static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + path)))
    }
}
