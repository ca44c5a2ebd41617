import Attestations
import BuildStatements
import TestSupport
import Testing

@testable import Comparison

/// Makes signing blocks of Android packages.
enum SigningBlockBytes {
    /// An entry.
    static func pair(_ id: UInt64, _ value: [UInt8]) -> [UInt8] {
        ZipFile.field(UInt64(value.count) + 4, 8) + ZipFile.field(id, 4) + value
    }

    /// A block of entries.
    static func block(_ pairs: [UInt8]) -> [UInt8] {
        let size = ZipFile.field(UInt64(pairs.count) + 24, 8)
        return size + pairs + size + Array("APK Sig Block 42".utf8)
    }

    /// A block of entries that zeros fill up to a page, and `pages` more; `filling` is put in their place.
    static func filled(_ pairs: [UInt8], pages: Int = 0, _ filling: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
        let used = pairs.count + 32
        var rest = (4096 - used % 4096) % 4096
        if rest > 0, rest < 12 { rest += 4096 }
        rest += pages * 4096
        guard rest > 0 else { return block(pairs) }
        var zeros = [UInt8](repeating: 0, count: rest - 12)
        filling(&zeros)
        return block(pairs + pair(0x4272_6577, zeros))
    }

    static let versions: [UInt8] = [28, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F]
    static let second = pair(0x7109_871A, SignersBytes.value())
    static let third = pair(0xF053_68C0, SignersBytes.value(versions: versions))
}

@Suite struct AndroidSigningTests {
    private static let package = ZipFile([
        ZipFile.Entry("AndroidManifest.xml", "manifest"), ZipFile.Entry("classes.dex", "code"),
    ])
    private static let unsigned = package.bytes

    /// As many zeros as let a block behind `file` begin with a page, and `pages` more.
    private static func zeros(behind file: ZipFile = package, pages: Int = 0) throws -> [UInt8] {
        let directory = try ContainerReader.zip.layout(file.bytes).layout.regions.first { $0.part == .centralHeader }
        let start = Int(try #require(directory).range.lowerBound)
        return [UInt8](repeating: 0, count: (4096 - start % 4096) % 4096 + 4096 * pages)
    }

    /// The package with a block, behind zeros or what is given as gap.
    private static func signed(
        _ block: [UInt8],
        gap: [UInt8]? = nil,
        _ change: (inout ZipFile) -> Void = { _ in }
    ) throws -> [UInt8] {
        var file = package
        change(&file)
        file.beforeDirectory += (try gap ?? zeros(behind: file)) + block
        return file.bytes
    }

    @Test func aSigningBlockIsAllThatMayDiffer() throws {
        let blocks = [
            SigningBlockBytes.filled(SigningBlockBytes.second),
            SigningBlockBytes.filled(SigningBlockBytes.second + SigningBlockBytes.third),
            SigningBlockBytes.block(SigningBlockBytes.third),
        ]
        for block in blocks {
            for file in [try Self.signed(block), try Self.signed(block, gap: [])] {
                for (one, other) in [(file, Self.unsigned), (Self.unsigned, file)] {
                    let item = try Builds.compare(one, other)
                    #expect(item.grade == .identicalOutsideSignature && item.account.unexplained == 0, "\(item.places)")
                    #expect(item.causes == [.signature])
                }
            }
        }
        let item = try Builds.compare(try Self.signed(blocks[0]), try Self.signed(blocks[2], gap: []))
        #expect(item.grade == .identicalOutsideSignature && item.causes == [.signature], "\(item.places)")
    }

    @Test func whatHidesInAGapOrABlockIsDifferent() throws {
        let second = SigningBlockBytes.second
        let hidden: [(String, [UInt8])] = [
            ("a byte in the gap", try Self.signed(SigningBlockBytes.filled(second), gap: [1])),
            (
                "a byte in a gap that aligns",
                try Self.signed(SigningBlockBytes.filled(second), gap: try Self.zeros().dropLast() + [1])
            ),
            ("zeros that align nothing", try Self.signed(SigningBlockBytes.filled(second), gap: [0])),
            (
                "a page more than aligns",
                try Self.signed(SigningBlockBytes.filled(second), gap: try Self.zeros(pages: 1))
            ),
            ("a byte in the filling", try Self.signed(SigningBlockBytes.filled(second) { $0[$0.count - 1] = 1 })),
            ("a page of filling more", try Self.signed(SigningBlockBytes.filled(second, pages: 1))),
            (
                "a filling that fills nothing",
                try Self.signed(SigningBlockBytes.block(second + SigningBlockBytes.pair(0x4272_6577, [0])))
            ),
            ("another entry", try Self.signed(SigningBlockBytes.filled(second + SigningBlockBytes.pair(0x1234, [7])))),
            ("an empty entry", try Self.signed(SigningBlockBytes.filled(second + SigningBlockBytes.pair(0x1234, [])))),
            ("no signature", try Self.signed(SigningBlockBytes.filled([]))),
            ("no entry", try Self.signed(SigningBlockBytes.block([]))),
            ("no signers", try Self.signed(SigningBlockBytes.filled(SigningBlockBytes.pair(0x7109_871A, [1, 2])))),
            (
                "two fillings",
                try Self.signed(
                    SigningBlockBytes.filled(second + SigningBlockBytes.pair(0x4272_6577, [0, 0]))
                )
            ),
            ("twice", try Self.signed(SigningBlockBytes.filled(second + second))),
        ]
        for (what, file) in hidden {
            for (one, other) in [(file, Self.unsigned), (Self.unsigned, file)] {
                let item = try Builds.compare(one, other)
                #expect(item.grade == .different, "\(what)")
            }
            #expect(try Builds.compare(file, Self.unsigned).account.unexplained > 0, "\(what)")
        }
    }

    /// Zeros before the directory are no alignment of a block that is not there.
    @Test func aGapWithoutABlockIsDifferent() throws {
        for count in [1, 3909, 4096] {
            var file = Self.package
            file.beforeDirectory = [UInt8](repeating: 0, count: count)
            #expect(try Builds.compare(file.bytes, Self.unsigned).grade == .different)
            #expect(try Builds.compare(Self.unsigned, file.bytes).grade == .different)
        }
    }

    @Test func theRestOfAPackageMustBeTheSame() throws {
        let block = SigningBlockBytes.filled(SigningBlockBytes.second)
        let changes: [(inout ZipFile) -> Void] = [
            { $0.entries[1].content[0] ^= 1 }, { $0.entries[1].comment = [1] }, { $0.comment = [1] },
            { $0.entries.append(ZipFile.Entry("META-INF/A.SF", "1")) }, { $0.entries[0].localExtra = [9, 9, 0, 0] },
            { $0.beforeEnd = [0] }, { $0.trailing = [0] }, { $0.prefix = [0x50, 0x4B, 3, 4] }, { $0.isZip64 = true },
        ]
        for (index, change) in changes.enumerated() {
            #expect(try Builds.compare(try Self.signed(block, change), Self.unsigned).grade == .different, "\(index)")
        }
    }

    /// Only the place that follows from what stands before the directory is none of its bytes.
    @Test func aPlaceOfTheDirectoryThatDoesNotFollowIsDifferent() throws {
        let file = try Self.signed(SigningBlockBytes.filled(SigningBlockBytes.second))
        let record = file.count - ZipEnd.byteCount
        for offset in 4..<22 {
            let changed = file.with([file[record + offset] ^ 1], at: record + offset)
            #expect(try Builds.compare(changed, Self.unsigned).grade == .different, "byte \(offset)")
        }
        // The same package behind other bytes, with the offsets that it had without them.
        var moved = Self.package
        (moved.prefix, moved.countsPrefix) = ([UInt8](repeating: 0, count: 64), false)
        #expect(try Builds.compare(moved.bytes, Self.unsigned).grade == .different)
    }

    /// It is another form, as it was without signatures: the ZIP64 record says the same, or what stands before is not counted.
    @Test func aPlaceOfTheDirectoryInAnotherFormIsNotIdentical() throws {
        var wide = Self.package
        wide.isZip64 = true
        let place = wide.bytes.count - ZipEnd.byteCount + 16
        let directory = try ContainerReader.zip.layout(wide.bytes).layout.regions.first { $0.part == .centralHeader }
        let start = try #require(directory).range.lowerBound
        let explicit = wide.bytes.with(ZipFile.field(start, 4), at: place)
        #expect(try Builds.compare(explicit, wide.bytes).grade == .contentsIdentical)
        #expect(try Builds.compare(wide.bytes, explicit).grade == .contentsIdentical)
        var (counted, other) = (Self.package, Self.package)
        counted.prefix = [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 60)
        (other.prefix, other.countsPrefix) = (counted.prefix, false)
        #expect(try Builds.compare(counted.bytes, other.bytes).grade == .contentsIdentical)
    }

    @Test func aChangedByteIsDifferentWhateverIsSigned() throws {
        var random = SeededGenerator(seed: 5)
        let file = try Self.signed(SigningBlockBytes.filled(SigningBlockBytes.second))
        let regions = try ContainerReader.zip.layout(file).layout.regions.filter { $0.kind != .signature }
        for region in regions {
            let place = Int.random(in: Int(region.range.lowerBound)..<Int(region.range.upperBound), using: &random)
            let changed = file.with([file[place] ^ UInt8.random(in: 1...255, using: &random)], at: place)
            let grade = try Builds.compare(changed, Self.unsigned).grade
            #expect(grade == .different || region.kind == .timestamp && grade == .contentsIdentical, "\(region.place)")
        }
    }

    @Test(
        .enabled(
            if: ["apksigner", "openssl"].allSatisfy { Command.find($0) != nil },
            "needs apksigner and openssl"
        ),
        arguments: [[], ["--v3-signing-enabled", "false"], ["--v2-signing-enabled", "false"]]
    )
    func findsNothingButTheSignatureWhereAPackageWasSigned(_ schemes: [String]) throws {
        try TemporaryDirectory.with { folder in
            try TestFile.write(Self.unsigned, to: folder + "/a.apk")
            let key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "c.pem", "-subj", "/CN=x"]
            try #require(try Command.run("openssl", ["req", "-x509"] + key, in: folder).status == 0)
            let convert = ["pkcs8", "-topk8", "-nocrypt", "-in", "k.pem", "-outform", "DER", "-out", "k.pk8"]
            try #require(try Command.run("openssl", convert, in: folder).status == 0)
            let signing = ["sign", "--key", "k.pk8", "--cert", "c.pem", "--min-sdk-version", "28"]
            let more = ["--v1-signing-enabled", "false", "--out", "b.apk", "a.apk"]
            let made = try Command.run("apksigner", signing + schemes + more, in: folder)
            try #require(made.status == 0, "\(made.errors)")
            let item = try Builds.compare(folder + "/b.apk", folder + "/a.apk")
            #expect(item.grade == .identicalOutsideSignature && item.causes == [.signature], "\(item.places)")
        }
    }
}
