#if DEBUG  // Looks inside modules, which only a debug build lets it do.
import Glibc

@testable import GitWorker

/// Files for the parsers that map what they read, and the containers around single inputs.
enum ScratchFiles {
    /// Places of a repository with a linked work tree.
    static let places: RepositoryPlaces? = {
        var frame: [UInt8] = [1]
        for place in ["/w/.git/worktrees/a/", "/w/.git/", "/w/"] {
            frame += [UInt8(place.utf8.count), 0, 0, 0] + Array(place.utf8)
        }
        guard case .opened(let places) = WorkerResponse(frame: frame) else { return nil }
        return places
    }()

    /// Splits an input: two bytes for the length of the first part, the first part, the second.
    static func parts(_ bytes: [UInt8]) -> (first: [UInt8], second: [UInt8])? {
        guard bytes.count >= 2 else { return nil }
        let end = 2 + (Int(bytes[0]) << 8 | Int(bytes[1]))
        guard end <= bytes.count else { return nil }
        return (Array(bytes[2..<end]), Array(bytes[end...]))
    }

    /// A zlib stream (RFC 1950) that holds `content` as it is.
    static func stored(_ content: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var rest = content[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            let count = UInt16(block.count)
            stream.append(rest.isEmpty ? 1 : 0)
            for value in [count, ~count] {
                stream += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
            }
            stream += block
        } while !rest.isEmpty
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in content {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        let sum = high << 16 | low
        return stream + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> UInt32($0)) }
    }

    /// Writes files into a folder in memory, passes its path to `body`, and removes it; what `body` says.
    static func with(_ files: [(name: String, content: [UInt8])], _ body: ([UInt8]) -> Bool) -> Bool {
        var template = "/dev/shm/vitrine-fuzz-XXXXXX".utf8.map { CChar(bitPattern: $0) } + [0]
        guard unsafe mkdtemp(&template) != nil else { return false }
        let folder = template.dropLast().map { UInt8(bitPattern: $0) }
        let text = String(decoding: folder, as: UTF8.self)
        defer { unsafe rmdir(text) }
        var made: [String] = []
        for (name, content) in files {
            if let slash = name.firstIndex(of: "/") {
                made.append(text + "/" + name[..<slash])
                unsafe mkdir(text + "/" + name[..<slash], 0o700)
            }
            guard write(content, to: text + "/" + name) else { continue }
            made.append(text + "/" + name)
        }
        defer {
            for path in made.reversed() {
                unsafe remove(path)
            }
        }
        return body(folder)
    }

    private static func write(_ content: [UInt8], to path: String) -> Bool {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let count = unsafe content.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        return count == content.count
    }
}
#endif
