import Attestations
import Digests
import DirectorySource
import Encodings
import Glibc
import SourceManifest
import TestSupport
import Testing
import Verification

/// What a directory gives, and in what order.
struct DirectorySourceTests {
    @Test func anEmptyTreeGivesTheRootOfNothing() throws {
        try SourceTree.with { tree in
            let reading = try tree.read()
            var hash = SHA256()
            #expect(reading.manifest.root(using: &hash) == SHA256.digest(of: []))
            #expect(reading.findings.isEmpty)
            #expect(reading.emptyDirectories.isEmpty)
        }
    }

    @Test func aRootThatIsNoDirectoryIsAnError() throws {
        try SourceTree.with { tree in
            try tree.file("f")
            let missing = tree.root + Array("/missing".utf8)
            let file = tree.root + Array("/f".utf8)
            for root in [missing, file, tree.root + [0]] {
                #expect(throws: DirectoryReadingError.self) { try DirectorySource.read(root) }
            }
        }
    }

    @Test func pathsComeInRawOrderWhereDirectoriesAndFilesInterleave() throws {
        try SourceTree.with { tree in
            let paths = [
                "a-b", "a.d/f", "a/x", "a/x0/y", "a0", "a/b/c/d", "Z", "a/b.c", "longer-than-eight-1",
                "longer-than-eight-0",
            ]
            for path in paths { try tree.file(path, path) }
            let sorted = paths.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
            #expect(try tree.read().paths == sorted)
        }
    }

    @Test(arguments: [1, 2, 7, 16])
    func theNumberOfThreadsChangesNothing(_ threads: Int) throws {
        try SourceTree.with { tree in
            for index in 0..<600 {
                try tree.file("d\(index % 37)/e\(index % 11)/f\(index)", String(repeating: "x", count: index % 300))
            }
            let one = try tree.read { $0.threads = 1 }
            let many = try tree.read { $0.threads = threads }
            #expect(one.manifest == many.manifest)
            #expect(one.manifest.count == 600)
        }
    }

    @Test func sizesAroundTheBufferAreReadWhole() throws {
        try SourceTree.with { tree in
            let sizes = [0, 1, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, (512 << 10), 5 << 20]
            for size in sizes {
                try tree.file(Array("f\(size)".utf8), (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            }
            let reading = try tree.read()
            for size in sizes {
                let digest = SHA256.digest(of: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }).hex
                #expect(reading.lines.contains("100644 \(size) \(digest) f\(size)"))
            }
            #expect(reading.bytes == UInt64(sizes.reduce(0, +)))
        }
    }

    @Test func aSparseFileOfAGigabyteIsReadInConstantMemory() throws {
        try SourceTree.with { tree in
            try tree.file("sparse")
            try SourceTree.check(unsafe truncate(tree.name("sparse"), 1 << 28))
            #expect(try tree.read().bytes == 1 << 28)
        }
    }

    @Test func aLongLinkTargetIsItsContent() throws {
        try SourceTree.with { tree in
            let target = [UInt8](repeating: 0xFF, count: 4000)
            try tree.link([0xE9], to: target)
            #expect(try tree.read().lines == ["120000 4000 \(SHA256.digest(of: target).hex) %E9"])
        }
    }

    @Test func twentyThousandEntriesOfOneDirectory() throws {
        try SourceTree.with { tree in
            for index in 0..<20_000 { try tree.file("d/\(index)") }
            let reading = try tree.read()
            #expect(reading.manifest.count == 20_000)
            #expect(reading.findings.isEmpty)
        }
    }

    @Test func pathsAreReadUpTo4096Bytes() throws {
        try SourceTree.with { tree in
            // 15 components of 255 bytes and their slashes are 3,840; 255 and 256 more end at 4,095 and 4,096.
            let part = [UInt8](repeating: UInt8(ascii: "p"), count: 255)
            try tree.deepFile(Array(repeating: part, count: 15), Array(part))
            try tree.deepFile(Array(repeating: part, count: 15) + [[0x61]], Array(part.dropLast(1)))
            try tree.deepFile(Array(repeating: part, count: 15) + [[0x62]], Array(part))
            let reading = try tree.read()
            #expect(reading.manifest.count == 2)
            #expect(reading.findings.map(\.rule) == [.pathNotRepresentable])
            #expect(reading.findings.first?.found == "the path is longer than 4096 bytes")
        }
    }

    @Test func twoThousandDirectoriesDeep() throws {
        try SourceTree.with { tree in
            try tree.deepFile(Array(repeating: [0x64], count: 2000), [0x66])
            let reading = try tree.read()
            #expect(reading.manifest.count == 1)
            #expect(reading.findings.isEmpty)
        }
    }

    @Test func progressCountsAndCancels() throws {
        try SourceTree.with { tree in
            for index in 0..<10 { try tree.file("f\(index)", "12345") }
            let progress = ReadingProgress()
            _ = try tree.read { $0.progress = progress }
            #expect(progress.files == 10)
            #expect(progress.bytes == 50)
            #expect(throws: DirectoryReadingError.self) {
                try tree.read { options in
                    options.progress = ReadingProgress()
                    options.pauses.afterReading = { [progress = options.progress] _ in progress.cancel() }
                }
            }
        }
    }

    @Test func gitAttributesAndPointersAreListed() throws {
        try SourceTree.with { tree in
            let oid = String(repeating: "ab", count: 32)
            try tree.file("a/.gitattributes", "# text\n*.sh text eol=lf\n*.c diff=cpp -text\n")
            try tree.file("big", "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 12345\n")
            try tree.file("not-big", "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 012\n")
            let reading = try tree.read()
            #expect(reading.lfs.map { "\($0.path) \($0.oid.hex) \($0.size)" } == ["big \(oid) 12345"])
            #expect(reading.attributes.map(\.line) == [2, 2])
            #expect(reading.attributes.map(\.attribute) == [Array("text".utf8), Array("eol=lf".utf8)])
            #expect(reading.attributes.first?.path.escaped == "a/.gitattributes")
            #expect(
                reading.notes == [
                    "lfs-pointer big", "byte-changing-attribute a/.gitattributes",
                    "byte-changing-attribute a/.gitattributes",
                ]
            )
        }
    }
}

extension SourceTree {
    /// Writes an empty file beneath directories too deep for one path of the system.
    func deepFile(_ directories: [[UInt8]], _ name: [UInt8]) throws {
        var current = unsafe open(self.name([]), O_RDONLY | O_DIRECTORY)
        try SourceTree.check(current)
        for part in directories {
            let component = part.map { CChar(bitPattern: $0) } + [0]
            let made = unsafe mkdirat(current, component, 0o755)
            if made != 0, errno != EEXIST { try SourceTree.check(made) }
            let next = unsafe openat(current, component, O_RDONLY | O_DIRECTORY)
            close(current)
            try SourceTree.check(next)
            current = next
        }
        defer { close(current) }
        let component = name.map { CChar(bitPattern: $0) } + [0]
        let file = unsafe openat(current, component, O_WRONLY | O_CREAT, 0o644)
        try SourceTree.check(file)
        close(file)
    }
}
