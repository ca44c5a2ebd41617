import Digests
import DirectorySource
import Encodings
import Glibc
import SourceManifest
import Testing
import Verification

/// A tree that somebody changes while it is read, at a step that the test chooses.
struct ChangingTreeTests {
    @Test func aFileWrittenToAfterItWasReadIsAFinding() throws {
        try SourceTree.with { tree in
            try tree.file("f", "before")
            try tree.file("g", "quiet")
            let reading = try tree.read { options in
                options.pauses.afterReading = { path in
                    guard path == Array("f".utf8) else { return }
                    try? tree.file("f", "behind")
                }
            }
            #expect(reading.notes == ["changed-while-reading f"])
            #expect(reading.findings.first?.found == "its content, size or times changed")
            #expect(reading.findings.first?.effect == .fails)
        }
    }

    @Test func aFileThatGrowsIsAFinding() throws {
        try SourceTree.with { tree in
            try tree.file("f", "before")
            let reading = try tree.read { options in
                options.pauses.afterReading = { _ in try? tree.file("f", "before and more") }
            }
            #expect(reading.notes == ["changed-while-reading f"])
        }
    }

    @Test func aWriterWhoSetsTheTimesBackIsSeen() throws {
        try SourceTree.with { tree in
            try tree.file("f", "before")
            let reading = try tree.read { options in
                options.pauses.afterReading = { _ in
                    var status = stat()
                    unsafe stat(tree.name("f"), &status)
                    try? tree.file("f", "behind")
                    let times = [status.st_atim, status.st_mtim]
                    unsafe utimensat(AT_FDCWD, tree.name("f"), times, 0)
                }
            }
            #expect(reading.notes == ["changed-while-reading f"])
        }
    }

    @Test func aFileThatGoesIsAFinding() throws {
        try SourceTree.with { tree in
            try tree.file("d/f", "x")
            let reading = try tree.read { options in
                options.pauses.afterListing = { path in
                    if path == Array("d".utf8) { unsafe unlink(tree.name("d/f")) }
                }
            }
            #expect(reading.notes == ["changed-while-reading d", "changed-while-reading d/f"])
            #expect(reading.paths == [])
        }
    }

    @Test func aFileThatComesIsAFinding() throws {
        try SourceTree.with { tree in
            try tree.file("d/f", "x")
            let reading = try tree.read { options in
                options.pauses.afterListing = { path in
                    if path == Array("d".utf8) { try? tree.file("d/new") }
                }
            }
            #expect(reading.notes == ["changed-while-reading d"])
            #expect(reading.paths == ["d/f"])
        }
    }

    @Test(arguments: [1, 2]) func aDirectoryIsLookedAtAgainWhenAllBeneathItIsRead(_ threads: Int) throws {
        try SourceTree.with { tree in
            // More files than one piece of work reads.
            for index in 0..<600 { try tree.file("d/e/f\(index)") }
            let reading = try tree.read { options in
                options.threads = threads
                options.pauses.afterReading = { path in
                    if path == Array("d/e/f99".utf8) { try? tree.file("d/new") }
                }
            }
            #expect(reading.notes == ["changed-while-reading d"])
            #expect(reading.manifest.count == 600)
        }
    }

    @Test func aLinkThatTakesADirectorysPlaceIsNotFollowed() throws {
        try SourceTree.with { tree in
            try tree.file("../elsewhere/secret", "not of the tree")
            try tree.file("d/f", "x")
            let reading = try tree.read { options in
                options.pauses.afterListing = { path in
                    guard path.isEmpty else { return }
                    unsafe rename(tree.name("d"), tree.name("../moved"))
                    try? tree.link(Array("d".utf8), to: Array("../elsewhere".utf8))
                }
            }
            #expect(reading.notes == ["changed-while-reading -", "changed-while-reading d"])
            #expect(reading.paths == [])
        }
    }

    @Test func aLinkThatTakesAFilesPlaceIsNotFollowed() throws {
        try SourceTree.with { tree in
            try tree.file("../secret", "not of the tree")
            try tree.file("f", "x")
            let reading = try tree.read { options in
                options.pauses.afterListing = { _ in
                    unsafe unlink(tree.name("f"))
                    try? tree.link(Array("f".utf8), to: Array("../secret".utf8))
                }
            }
            #expect(reading.notes == ["changed-while-reading -", "changed-while-reading f"])
            #expect(reading.paths == [])
        }
    }

    @Test func aPipeThatTakesAFilesPlaceDoesNotHoldUpTheWalk() throws {
        try SourceTree.with { tree in
            try tree.file("d/f", "x")
            let reading = try tree.read { options in
                options.pauses.afterListing = { path in
                    guard path == Array("d".utf8) else { return }
                    unsafe unlink(tree.name("d/f"))
                    unsafe mkfifo(tree.name("d/f"), 0o644)
                }
            }
            #expect(reading.notes == ["changed-while-reading d", "changed-while-reading d/f"])
        }
    }
}
