import Attestations
import BuildStatements
import Foundation
import TestSupport
import Testing

@testable import Comparison

/// Two builds, compared as the program compares them.
enum Builds {
    /// Compares two files; every result must be sound.
    static func compare(
        _ shipped: [UInt8],
        _ rebuilt: [UInt8],
        _ configure: (inout ComparisonOptions) -> Void = { _ in }
    ) throws -> ComparedItem {
        try TemporaryDirectory.with { folder in
            try TestFile.write(shipped, to: folder + "/shipped")
            try TestFile.write(rebuilt, to: folder + "/rebuilt")
            let item = try compare(folder + "/shipped", folder + "/rebuilt", configure)
            #expect((item.grade == .identical) == (shipped == rebuilt))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
            return item
        }
    }

    /// Compares what is at two paths; every result must be sound.
    static func compare(
        _ shipped: String,
        _ rebuilt: String,
        _ configure: (inout ComparisonOptions) -> Void = { _ in }
    ) throws -> ComparedItem {
        var options = ComparisonOptions(executable: Array(BuiltPrograms.path("vitrine").utf8))
        options.temporaryDirectory = Array(NSTemporaryDirectory().utf8)
        configure(&options)
        let item = try BuildComparison.compare(
            shipped: Array(shipped.utf8),
            rebuilt: Array(rebuilt.utf8),
            options: options
        )
        expectSound(item)
        return item
    }

    /// Checks what holds for every comparison, whatever was compared.
    private static func expectSound(_ item: ComparedItem) {
        let inside = item.members.reduce(into: ByteAccount()) { $0.add($1.account) }
        #expect(item.account.total >= inside.total)
        if item.unlistedDifferenceCount == 0 {
            for each in ByteAccount.Class.allCases where each != .reproduced && each != .thirdParty {
                let own = item.differences.filter { $0.accountedAs == each }.reduce(0) { $0 + $1.byteCount }
                #expect(item.account[each] == inside[each] + own)
            }
        }
        #expect(item.members.allSatisfy { $0.grade >= item.grade })
        if item.account.unexplained > 0 { #expect(item.grade <= .contentsIdentical) }
        if item.grade == .identical { #expect(item.differences.isEmpty && item.account.signature == 0) }
        if item.grade < .identical, item.presence == .both {
            #expect(!item.differences.isEmpty || item.unlistedDifferenceCount > 0 || !item.members.isEmpty)
        }
        item.members.forEach(expectSound)
    }
}

extension ComparedItem {
    /// The item at a path of names.
    func member(_ names: String...) -> ComparedItem? {
        names.reduce(self as ComparedItem?) { item, name in
            item?.members.first { String(decoding: $0.name, as: UTF8.self) == name }
        }
    }

    /// The comparison as JSON.
    var jsonBytes: [UInt8] {
        var whole: [UInt8] = []
        writeJSON { whole += $0 }
        return whole
    }

    /// The comparison for people.
    func text() -> String {
        var whole: [UInt8] = []
        writeText { whole += $0 }
        return String(decoding: whole, as: UTF8.self)
    }

    /// The places of all differences, those inside included.
    var places: [String] { differences.map(\.place) + members.flatMap(\.places) }

    /// The causes of all differences, those inside included.
    var causes: Set<ByteDifference.Cause> {
        members.reduce(into: Set(differences.map(\.cause))) { $0.formUnion($1.causes) }
    }
}

/// A tar archive, written field by field.
struct TarBytes {
    struct Member {
        var name: String
        var content: [UInt8] = []
        var mode = 0o644
        var owner = 0
        var time = 1000
        var type = "0"
        var target = ""
        /// The size that the header gives, where it is not the content's.
        var size: Int?
    }

    var members: [Member]
    var end = [UInt8](repeating: 0, count: 1024)

    /// The members of a small package.
    static let usual = TarBytes(members: [
        Member(name: "bin/", mode: 0o755, type: "5"),
        Member(name: "bin/run", content: Array("#!/bin/sh\nexit 0\n".utf8), mode: 0o755),
        Member(name: "bin/link", type: "2", target: "run"),
        Member(name: "data", content: (0..<700).map { UInt8($0 % 251) }),
    ])

    var bytes: [UInt8] { members.flatMap(TarBytes.bytes) + end }

    private static func bytes(_ member: Member) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at place: Int) {
            header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
        }
        func octal(_ number: Int, _ count: Int) -> String {
            let digits = String(number, radix: 8)
            return String(repeating: "0", count: count - digits.count) + digits
        }
        put(member.name, at: 0)
        put(octal(member.mode, 7), at: 100)
        put(octal(member.owner, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(member.size ?? member.content.count, 11), at: 124)
        put(octal(member.time, 11), at: 136)
        put("        ", at: 148)
        put(member.type, at: 156)
        put(member.target, at: 157)
        put("ustar\u{0}00", at: 257)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", at: 148)
        let fill = (512 - member.content.count % 512) % 512
        return header + member.content + [UInt8](repeating: 0, count: fill)
    }

    /// The same with one member changed.
    func with(_ index: Int, _ change: (inout Member) -> Void) -> TarBytes {
        var copy = self
        change(&copy.members[index])
        return copy
    }
}

/// What other programs make of bytes.
enum Packed {
    /// The bytes as a program writes them to standard output; it reads them from standard input.
    static func by(_ command: [String], _ bytes: [UInt8]) throws -> [UInt8] {
        let ran = try Command.run(command[0], Array(command.dropFirst()), input: bytes)
        try #require(ran.status == 0, "\(command): \(ran.errors)")
        return ran.output
    }

    /// The same with a command without spaces in its words.
    static func by(_ command: String, _ bytes: [UInt8]) throws -> [UInt8] {
        try by(command.split(separator: " ").map(String.init), bytes)
    }

    /// A zip archive of stored or deflated members.
    static func zip(_ members: [(String, [UInt8])], level: Int = 6, comment: String = "") throws -> [UInt8] {
        try TemporaryDirectory.with { folder in
            var script = "import zipfile\nz = zipfile.ZipFile('\(folder)/z', 'w', zipfile.ZIP_DEFLATED)\n"
            for (index, member) in members.enumerated() {
                try TestFile.write(member.1, to: "\(folder)/\(index)")
                script += "i = zipfile.ZipInfo('\(member.0)')\ni.compress_type = zipfile.ZIP_DEFLATED\n"
                script += "z.writestr(i, open('\(folder)/\(index)', 'rb').read(), compresslevel=\(level))\n"
            }
            script += "z.comment = b'\(comment)'\nz.close()\n"
            let ran = try Command.run("python3", ["-c", script])
            try #require(ran.status == 0, "\(ran.errors)")
            return try TestFile.read(folder + "/z")
        }
    }

    /// A gzip file of one stored block, with an extra field where one is given.
    static func storedGzip(_ content: [UInt8], extra: [UInt8]? = nil) -> [UInt8] {
        var bytes: [UInt8] = [0x1F, 0x8B, 8, extra == nil ? 0 : 4, 0, 0, 0, 0, 0, 3]
        if let extra { bytes += [UInt8(extra.count & 0xFF), UInt8(extra.count >> 8)] + extra }
        let count = UInt16(content.count)
        bytes += [1, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)] + content
        let checksum = CRC32.checksum(content[...])
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * UInt32($0))) }
        return bytes + (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) }
    }
}
