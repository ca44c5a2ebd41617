/// The names of one directory, for directories that are part of a repository and not of a source.
package enum DirectoryNames {
    private static let bufferByteCount = 32 << 10

    /// The names in the directory at `path`, in no order, without `.` and `..`.
    package static func read(_ path: [UInt8]) throws -> [[UInt8]] {
        let directory = try FileDescriptor.open(path, for: .listing)
        var buffer = [UInt8](repeating: 0, count: bufferByteCount)
        var names: [[UInt8]] = []
        while true {
            let count = try directory.readEntries(into: &buffer)
            if count == 0 { return names }
            let entries = buffer.span.extracting(0..<count)
            var offset = 0
            while let entry = RawEntry(entries, at: &offset) {
                let name = Array(buffer[entry.name])
                if name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")] { names.append(name) }
            }
        }
    }
}
