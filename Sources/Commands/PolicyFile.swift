import DirectorySource
import Verification

/// Policy files on disk; an error names the file.
enum PolicyFile {
    /// Reads a policy.
    static func read(_ path: [UInt8]) throws(Trouble) -> Policy {
        let bytes: [UInt8]
        do throws(DescriptorError) {
            bytes = try BoundedFile.read(path, ceiling: Policy.maximumByteCount)
        } catch {
            throw Trouble(error.description)
        }
        let policy: Policy
        do throws(MalformedPolicy) {
            policy = try Policy(parsing: bytes)
        } catch {
            throw Trouble("\(escaped(path)): \(escaped(Array(error.description.utf8)))")
        }
        guard policy.threshold <= policy.keys.count else {
            let threshold = "a threshold of \(policy.threshold) cannot be met by \(policy.keys.count) keys"
            throw Trouble("\(escaped(path)): \(threshold)")
        }
        return policy
    }
}
