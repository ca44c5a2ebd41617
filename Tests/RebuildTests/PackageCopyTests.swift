import Digests
import Encodings
import Foundation
import TestSupport
import Testing

@testable import Rebuild

/// The copies of Debian packages that a build sees in the place of a system.
struct PackageCopyTests {
    private static let sandbox = Comment(rawValue: BuildSample.absent)

    /// The digest changes with every byte, name and target of the files, and with nothing else.
    @Test func theDigestOfAPackageIsThatOfItsFiles() throws {
        try ToolchainTests.database { database, folder in
            let tool = try #require(database.package("tool"))
            let file = folder + "/a file"
            let link = folder + "/link"
            try TestFile.write(Array("content".utf8), to: file)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "a file")
            let list = "/.\n\(folder)\n\(link)\n\(file)\n\(folder)/gone\n"
            try TestFile.write(Array(list.utf8), to: folder + "/info/tool:amd64.list")
            let content = SHA256.digest(of: Array("content".utf8)).hex
            let escaped = String(decoding: TreePath.escape(Array(file.utf8)), as: UTF8.self)
            let text = "\(content) \(escaped)\nmissing \(folder)/gone\nlink a%20file \(link)\n"
            func digest() throws -> Digest {
                var copy = PackageCopy(to: try TreeDescriptor.directory(Array(folder.utf8)), links: [])
                return try #require(try copy.add([tool], of: database).first)
            }
            #expect(try digest() == SHA256.digest(of: Array(text.utf8)))
            try TestFile.write(Array("Content".utf8), to: file)
            #expect(try digest() != SHA256.digest(of: Array(text.utf8)))
        }
    }

    /// A package without a list would be a package of no files, and builds would be blamed for what is missing.
    @Test func aPackageWithoutAListIsRefused() throws {
        try ToolchainTests.database { database, folder in
            let tool = try #require(database.package("tool"))
            try? FileManager.default.removeItem(atPath: folder + "/info/tool:amd64.list")
            try? FileManager.default.removeItem(atPath: folder + "/info/tool.list")
            var copy = PackageCopy(to: try TreeDescriptor.directory(Array(folder.utf8)), links: [])
            var reason: String?
            do { _ = try copy.add([tool], of: database) } catch let error as ToolchainRefused {
                reason = error.description
            }
            #expect(reason == "tool: dpkg has no list of its files")
        }
    }

    @Test func readsAlternatives() {
        let text = """
            auto
            /usr/bin/awk
            awk.1.gz
            /usr/share/man/man1/awk.1.gz
            nawk
            /usr/bin/nawk

            /usr/bin/gawk
            10


            /usr/bin/mawk
            5
            /usr/share/man/man1/mawk.1.gz
            /usr/bin/mawk


            """
        let choices = Alternative(parsing: Array(text.utf8), name: Array("awk".utf8)).choices
        #expect(choices.map(\.priority) == [10, 5])
        #expect(choices.map { String(decoding: $0.link.target, as: UTF8.self) } == ["/usr/bin/gawk", "/usr/bin/mawk"])
        #expect(choices.map(\.slaves.count) == [0, 2])
        for end in 0..<text.utf8.count {
            let cut = Alternative(parsing: Array(text.utf8.prefix(end)), name: [0x61]).choices
            #expect(cut.count <= 2)
        }
    }

    /// What no declared package brings along is not there: neither programs of others, nor what package scripts made.
    @Test(.enabled(if: BuildSample.hasTrace, sandbox)) func nothingElseIsSeen() throws {
        try BuildSample.with { sample in
            let script = """
                for name in /usr/bin/strace /usr/bin/git /usr/bin/openssl /usr/local /usr/share/info/dir /var /opt; do
                    if test -e $name; then echo $name >> out; fi
                done
                awk 'BEGIN { print "awk" }' >> out; readlink -f /usr/bin/awk >> out; ls /usr/bin | grep -c . > count
                """
            let result = try sample.build(script, outputs: ["out", "count"], isTraced: true)
            #expect(result.doubt == nil && result.failure == nil, "\(result.doubt ?? "") \(result.failure ?? "")")
            let out = try sample.text("outputs/out")
            #expect(out == "awk\n/usr/bin/mawk\n")
            let all = try FileManager.default.contentsOfDirectory(atPath: "/usr/bin").count
            let seen = try #require(
                Int(try sample.text("outputs/count").trimmingCharacters(in: .whitespacesAndNewlines))
            )
            #expect(seen > 50 && seen < all)
        }
    }

    /// A copy that somebody swaps during a build and puts back, and one that they take away.
    @Test(.enabled(if: BuildSample.hasSandbox, sandbox)) func aSwappedCopyIsSeen() throws {
        try BuildSample.with { sample in
            let declared = try BuildDefinition(parsing: try BuildSample.definition("cat hello.txt > out")).toolchain
            let place = try BuildPlace(try sample.sealed())
            let toolchain = try place.prepare(declared)
            #expect(toolchain.isUnchanged(declared))
            let copies = String(decoding: try #require(place.paths.last), as: UTF8.self)
            let tool = copies + "/toolchain/usr/bin/cat"
            let kept = try TestFile.read(tool)
            try TestFile.write(Array("#!/bin/sh\n".utf8), to: tool)
            try TestFile.write(kept, to: tool)
            #expect(!toolchain.isUnchanged(declared))
        }
    }
}
