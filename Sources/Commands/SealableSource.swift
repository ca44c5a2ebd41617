import GitSource
import Verification

/// A source that a manifest is made of.
struct SealableSource {
    let path: [UInt8]
    let request: SourceRequest
    let isParanoid: Bool
    var earlier: EarlierSource?

    /// Reads the source for a `purpose`.
    ///
    /// A source with a finding that fails is refused, with status 1: what could be said of it is not to be used, not
    /// even as a mere root. `reusedCount` is the number of lines taken from the earlier source.
    func read(for purpose: String) throws -> (reading: SourceReading, reusedCount: Int) {
        let reader = SourceReader(path: path, isParanoid: isParanoid, earlier: earlier)
        do {
            switch request {
            case .directory: return try checked(try reader.directory(at: path), 0, purpose)
            case .commit(let revision):
                let commit = try reader.commit(revision)
                return try checked(commit.source, commit.reusedCount, purpose)
            }
        } catch let error as SourceNotReadable {
            throw RefusedByFindings(message: "\(purpose) refused, the source cannot be read", findings: error.findings)
        }
    }

    private func checked(
        _ reading: SourceReading,
        _ reusedCount: Int,
        _ purpose: String
    ) throws -> (reading: SourceReading, reusedCount: Int) {
        guard !reading.findings.contains(where: { $0.effect == .fails }) else {
            let message = "\(purpose) refused, the source has findings that fail"
            throw RefusedByFindings(message: message, findings: reading.findings)
        }
        return (reading, reusedCount)
    }
}
