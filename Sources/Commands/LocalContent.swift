import Digests
import DirectorySource
import Encodings
import Verification

/// Local files that are compared with disclosed entries.
enum LocalContent {
    /// Reads the file of `PATH=LOCALFILE`.
    ///
    /// Both may hold `=`: the split that names a disclosed path is taken, else the first.
    static func read(_ argument: [UInt8], disclosed: Set<TreePath>) throws -> DisclosureJudge.Content {
        let splits = argument.indices.filter { argument[$0] == UInt8(ascii: "=") }
        let fitting = splits.first { place in
            (try? TreePath(Array(argument[..<place]))).map(disclosed.contains) ?? false
        }
        guard let place = fitting ?? splits.first, place + 1 < argument.count else {
            throw Trouble("\(escaped(argument)): --content is PATH=LOCALFILE")
        }
        let path = try TreePath(argument: Array(argument[..<place]))
        let (size, digest) = try hash(Array(argument[(place + 1)...]))
        return DisclosureJudge.Content(path: path, size: size, digest: digest)
    }

    private static func hash(_ path: [UInt8]) throws -> (UInt64, Digest) {
        let file = try FileDescriptor.open(path, for: .reading)
        guard try file.status().kind == .regular else { throw Trouble("\(escaped(path)) is no regular file") }
        var hasher = SHA256()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var size: UInt64 = 0
        do throws(SystemError) {
            while true {
                let count = try file.read(into: &buffer)
                if count == 0 { return (size, hasher.finish()) }
                hasher.update(buffer.span.extracting(0..<count))
                size += UInt64(count)
            }
        } catch {
            throw Trouble("cannot \(error.operation.rawValue) \(escaped(path)): \(error.reason)")
        }
    }
}
