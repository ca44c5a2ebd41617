import DirectorySource
import Glibc
import Testing

/// The reading of evidence files, within their ceilings.
struct EvidenceDirectoryTests {
    @Test func whatIsThereIsReadAndWhatIsNotIsNil() throws {
        try SourceTree.with { tree in
            try tree.file("source.manifest", "one")
            try tree.file("attestations.intoto.jsonl", "two")
            let evidence = try EvidenceDirectory(reading: tree.root)
            #expect(evidence.manifest == Array("one".utf8))
            #expect(evidence.attestations == Array("two".utf8))
            #expect(evidence.logProof == nil)
        }
    }

    @Test func aDirectoryThatIsNotThereIsAMissingOne() throws {
        try SourceTree.with { tree in
            let error = #expect(throws: DescriptorError.self) {
                try EvidenceDirectory(reading: tree.root + Array("/none".utf8))
            }
            #expect(error?.isMissing == true)
        }
    }

    @Test func aManifestOfTwoGigabytesIsRefusedAtOnce() throws {
        try SourceTree.with { tree in
            try tree.file("source.manifest")
            try SourceTree.check(unsafe truncate(tree.name("source.manifest"), 2 << 30))
            let error = #expect(throws: DescriptorError.self) { try EvidenceDirectory(reading: tree.root) }
            #expect(error?.cause == .tooLarge(size: 2 << 30, ceiling: 256 << 20))
        }
    }

    @Test func aCallerMayHaveLessRoom() throws {
        try SourceTree.with { tree in
            try tree.file("source.manifest", "seven b")
            #expect(try EvidenceDirectory(reading: tree.root, manifestCeiling: 7).manifest?.count == 7)
            let error = #expect(throws: DescriptorError.self) {
                try EvidenceDirectory(reading: tree.root, manifestCeiling: 6)
            }
            #expect(error?.cause == .tooLarge(size: 7, ceiling: 6))
        }
    }

    @Test func aPipeIsRefusedAndNotWaitedFor() throws {
        try SourceTree.with { tree in
            try SourceTree.check(unsafe mkfifo(tree.name("source.manifest"), 0o644))
            let error = #expect(throws: DescriptorError.self) { try EvidenceDirectory(reading: tree.root) }
            #expect(error?.cause == .notRegular(.fifo))
            #expect(error?.isMissing == false)
        }
    }

    @Test func aDirectoryInAFilesPlaceIsRefused() throws {
        try SourceTree.with { tree in
            try tree.directory("source.manifest")
            let error = #expect(throws: DescriptorError.self) { try EvidenceDirectory(reading: tree.root) }
            #expect(error?.cause == .notRegular(.directory))
        }
    }

    @Test func anUnreadableFileIsAnErrorAndNotAMissingOne() throws {
        try SourceTree.with { tree in
            try tree.file("source.manifest", "x", mode: 0o000)
            let error = try OtherUser.run { () -> DescriptorError? in
                do throws(DescriptorError) {
                    _ = try EvidenceDirectory(reading: tree.root)
                    return nil
                } catch {
                    return error
                }
            }
            #expect(error?.isMissing == false)
            #expect(error?.description.hasSuffix("Permission denied") == true)
        }
    }

    @Test(arguments: [9, 10, 11]) func theCeilingIsTheLargestSizeRead(_ size: Int) throws {
        try SourceTree.with { tree in
            try tree.file("f", String(repeating: "x", count: size))
            let path = tree.root + Array("/f".utf8)
            let content = try? BoundedFile.read(path, ceiling: 10)
            #expect(content?.count == (size <= 10 ? size : nil))
        }
    }

    @Test func aFileOfUnknownSizeIsReadToItsEnd() throws {
        let content = try BoundedFile.read(Array("/proc/self/status".utf8), ceiling: 1 << 20)
        #expect(content.starts(with: "Name:".utf8))
        #expect(throws: DescriptorError.self) { try BoundedFile.read(Array("/proc/self/status".utf8), ceiling: 10) }
    }
}
