import GitSource
import Verification

/// A source that a manifest can stand for.
enum SealableSource {
    /// Reads a source for a `purpose`; what fails refuses it, with status 1.
    static func read(
        _ path: [UInt8],
        _ request: SourceRequest,
        isParanoid: Bool,
        earlier: EarlierSource? = nil,
        for purpose: String
    ) throws -> SourceReading {
        var reader = SourceReader(path: path, isParanoid: isParanoid)
        reader.earlier = earlier
        do {
            return try reader.read(request).withoutFaults(purpose)
        } catch let error as SourceNotReadable {
            throw RefusedByFindings(message: "\(purpose) refused, the source cannot be read", findings: error.findings)
        }
    }
}
