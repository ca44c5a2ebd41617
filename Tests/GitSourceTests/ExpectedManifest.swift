import Digests
import Encodings
import Foundation
import GitSource
import GitWorker
import SourceManifest
import TestSupport
import Verification

extension GitRepository {
    /// The manifest's text that `git ls-tree` and `git cat-file` give for a commit, by other code than ours.
    func expectedManifest(_ revision: String = "HEAD") throws -> [UInt8] {
        let listing = try git(["ls-tree", "-r", "-z", "--full-tree", revision]).output
        var files: [(mode: String, id: String, path: [UInt8])] = []
        for record in listing.split(separator: 0) {
            let parts = record.split(separator: UInt8(ascii: "\t"), maxSplits: 1)
            let words = String(decoding: parts[0], as: UTF8.self).split(separator: " ").map(String.init)
            files.append((words[0], words[2], Array(parts[1])))
        }
        let contents = try self.contents(files.filter { $0.mode != "160000" }.map(\.id))
        let lines = files.map { file in
            let content = contents[file.id] ?? Array(file.id.utf8)
            let digest = SHA256.digest(of: content).hex
            return (file.path, "\(file.mode) \(content.count) \(digest) \(GitRepository.escape(file.path))\n")
        }
        let sorted = lines.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
        return Array(("vitrine-manifest/v1\n" + sorted.joined()).utf8)
    }

    private func contents(_ ids: [String]) throws -> [String: [UInt8]] {
        let input = Array(Set(ids).sorted().map { $0 + "\n" }.joined().utf8)
        var rest = try git(["cat-file", "--batch"], input: input).output[...]
        var contents: [String: [UInt8]] = [:]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            guard words.count == 3, let count = Int(words[2]) else { break }
            contents[String(words[0])] = Array(rest[(end + 1)..<(end + 1 + count)])
            rest = rest[(end + count + 2)...]
        }
        return contents
    }

    private static func escape(_ path: [UInt8]) -> String {
        path.map { byte in
            let isPlain = byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%") || byte == UInt8(ascii: "/")
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + hex(byte)
        }.joined()
    }

    private static func hex(_ byte: UInt8) -> String { String(byte, radix: 16, uppercase: true) }

    /// Reads a commit with the worker that was built beside the tests.
    func read(
        _ revision: String = "HEAD",
        at place: String? = nil,
        _ change: (inout GitReadingOptions) -> Void = { _ in }
    ) throws -> GitSource.Reading {
        var options = GitReadingOptions(executable: Array(BuiltPrograms.path("vitrine").utf8))
        options.revision = Array(revision.utf8)
        options.threads = 2
        change(&options)
        return try GitSource.read(Array((place ?? path).utf8), options)
    }

    /// The findings with which reading a commit ends; nil when it does not end so.
    func refusal(
        _ revision: String = "HEAD",
        _ change: (inout GitReadingOptions) -> Void = { _ in }
    ) throws -> [Finding]? {
        do {
            _ = try read(revision, change)
            return nil
        } catch let error as SourceNotReadable {
            return error.findings
        }
    }
}

extension GitSource.Reading {
    /// The manifest's text.
    var text: String { String(decoding: source.manifest.bytes, as: UTF8.self) }

    /// The findings as `rule path`, in order.
    var notes: [String] { source.findings.map { "\($0.rule.rawValue) \($0.escapedPath ?? "-")" } }
}
