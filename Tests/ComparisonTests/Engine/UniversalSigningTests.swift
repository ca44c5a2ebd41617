import Attestations
import BuildStatements
import TestSupport
import Testing

@testable import Comparison

/// Universal files whose slices were signed.
@Suite struct UniversalSigningTests {
    /// How slices stand in a universal file.
    private struct Packing {
        /// The power of two that places are a multiple of.
        var alignment = 6
        /// The same, as it is noted.
        var noted: Int?
        /// Zeros before the second slice, beside those that align it.
        var gap = 0
        var fill: UInt8 = 0
        var behind: [UInt8] = []
        var is64 = false

        /// A file of slices by type of processor, each as near as it can stand.
        func file(_ slices: [(UInt64, [UInt8])]) -> [UInt8] {
            let step = 1 << alignment
            var head = ByteWriter(isBigEndian: true)
            head.u32(is64 ? 0xCAFE_BABF : 0xCAFE_BABE, UInt64(slices.count))
            var content: [UInt8] = []
            let table = 8 + slices.count * (is64 ? 32 : 20)
            for (index, (type, slice)) in slices.enumerated() {
                var zeros = (step - (table + content.count) % step) % step
                if index == 1 { zeros += gap }
                content += [UInt8](repeating: fill, count: zeros)
                head.u32(type, 0)
                head.number(UInt64(table + content.count), is64 ? 8 : 4)
                head.number(UInt64(slice.count), is64 ? 8 : 4)
                head.u32(UInt64(noted ?? alignment))
                if is64 { head.u32(0) }
                content += slice
            }
            return head.bytes + content + behind
        }
    }

    /// Two slices, each signed where there is a signature for it.
    private static func slices(
        _ first: ((Int) -> (Int) -> [UInt8])?,
        _ second: ((Int) -> (Int) -> [UInt8])?
    ) throws -> [(UInt64, [UInt8])] {
        func slice(_ text: UInt8, _ make: ((Int) -> (Int) -> [UInt8])?) throws -> [UInt8] {
            var object = MachOBytes()
            (object.room, object.text) = (40, [UInt8](repeating: text, count: 100))
            guard let make else { return object.file() }
            return try MachOSigner().sign(object.file(), make(object.linkEditStart))
        }
        return [(0x0100_0007, try slice(0x90, first)), (0x0100_000C, try slice(0xD5, second))]
    }

    private static func certified(_ text: Int) -> (Int) -> [UInt8] { MachOSigner.certified(text: text) }
    private static func large(_ text: Int) -> (Int) -> [UInt8] { MachOSigner.certified(text: text, message: 5000) }
    private static func adHoc(_ text: Int) -> (Int) -> [UInt8] { MachOSigner.adHoc(text: text) }

    @Test(arguments: [true, false]) func signaturesAreAllThatMayDiffer(_ is64: Bool) throws {
        let packing = Packing(is64: is64)
        let unsigned = packing.file(try Self.slices(nil, nil))
        let files = [
            try Self.slices(Self.certified, Self.certified), try Self.slices(Self.large, Self.adHoc),
            try Self.slices(nil, Self.adHoc), try Self.slices(Self.certified, nil),
        ].map { packing.file($0) }
        for file in files {
            for other in files + [unsigned] where other != file {
                let item = try Builds.compare(file, other)
                #expect(item.grade == .identicalOutsideSignature && item.causes == [.signature], "\(item.places)")
                #expect(item.account.total == UInt64(file.count) && item.account.unexplained == 0)
            }
            #expect(try Builds.compare(unsigned, file).grade == .identicalOutsideSignature)
        }
    }

    @Test func slicesThatStandElsewhereAreDifferent() throws {
        let (signed, unsigned) = (try Self.slices(Self.certified, Self.certified), try Self.slices(nil, nil))
        let plain = Packing().file(unsigned)
        let packings = [
            Packing(gap: 64), Packing(fill: 1), Packing(behind: [0]), Packing(noted: 7), Packing(noted: 5),
            Packing(noted: 64), Packing(is64: true),
        ]
        for (index, packing) in packings.enumerated() {
            #expect(try Builds.compare(packing.file(signed), plain).grade == .different, "\(index)")
            #expect(try Builds.compare(plain, packing.file(signed)).grade == .different, "\(index)")
            #expect(try Builds.compare(Packing().file(signed), packing.file(unsigned)).grade == .different, "\(index)")
        }
        #expect(try Builds.compare(Packing().file(signed.reversed()), plain).grade == .different)
        #expect(try Builds.compare(Packing().file([signed[0]]), plain).grade == .different)
        #expect(try Builds.compare(signed[0].1, plain).grade == .different)
        // Without any signature nothing follows from one.
        var longer = unsigned
        longer[0].1 += [0]
        #expect(try Builds.compare(Packing().file(longer), plain).account.signature == 0)
    }

    @Test func aChangedByteIsDifferentInAnySlice() throws {
        let signed = Packing().file(try Self.slices(Self.certified, Self.adHoc))
        let unsigned = Packing().file(try Self.slices(nil, nil))
        var random = SeededGenerator(seed: 11)
        let regions = try MachOLayoutTests.read(signed).regions.filter {
            $0.kind != .signature && $0.name != "universal header" && !$0.name.contains(": header")
        }
        // Claims of a signature that say nothing new are signature there.
        for region in regions where !region.name.contains("code directory") && !region.name.contains("__LINKEDIT") {
            let place = Int.random(in: Int(region.range.lowerBound)..<Int(region.range.upperBound), using: &random)
            let changed = signed.with([signed[place] ^ 0x10], at: place)
            #expect(try Builds.compare(changed, unsigned).grade == .different, "\(region.place)")
        }
        for place in 0..<48 {
            let changed = signed.with([signed[place] ^ 0x10], at: place)
            #expect(try Builds.compare(changed, unsigned).grade == .different, "byte \(place)")
        }
    }

    @Test(.enabled(if: LinkedFiles.areThere, "needs clang and ld64.lld for macOS"), arguments: ["x86_64", "arm64"])
    func findsNothingButTheSignatureThatALinkerAdds(_ architecture: String) throws {
        let (signed, unsigned) = try LinkedFiles.pair(architecture)
        let item = try Builds.compare(signed, unsigned)
        #expect(item.grade == .identicalOutsideSignature && item.causes == [.signature], "\(item.places)")
        var random = SeededGenerator(seed: 12)
        for _ in 0..<40 {
            let place = Int.random(in: 0..<unsigned.count, using: &random)
            let changed = unsigned.with([unsigned[place] ^ UInt8.random(in: 1...255, using: &random)], at: place)
            #expect(try Builds.compare(signed, changed).grade == .different, "byte \(place)")
        }
    }
}

/// A library as the linker of LLVM writes it, with and without a signature.
enum LinkedFiles {
    private static let linker = ["ld64.lld", "ld64.lld-14"].first { linker in
        // That of Swift's toolchain knows no platform of Apple.
        (try? link(linker, "arm64", "-adhoc_codesign")) != nil
    }

    static let areThere = linker != nil

    /// Both, which differ in nothing that was linked: code stands at a page, and the UUID of one is put into the other.
    static func pair(_ architecture: String) throws -> (signed: [UInt8], unsigned: [UInt8]) {
        let linker = try #require(linker)
        let signed = try link(linker, architecture, "-adhoc_codesign")
        let unsigned = try link(linker, architecture, "-no_adhoc_codesign")
        let (one, other) = (try MachOLayoutTests.read(signed), try MachOLayoutTests.read(unsigned))
        let (from, to) = (try #require(one.named("UUID")).range, try #require(other.named("UUID")).range)
        let identity = Array(signed[Int(from.lowerBound)..<Int(from.upperBound)])
        return (signed, unsigned.with(identity, at: Int(to.lowerBound)))
    }

    private static func link(_ linker: String, _ architecture: String, _ option: String) throws -> [UInt8] {
        try TemporaryDirectory.with { folder in
            let source = ".p2align 12\n.globl _f\n_f: .long 1, 2, 3\n"
            try TestFile.write(Array(source.utf8), to: folder + "/a.s")
            let compiling = ["-target", "\(architecture)-apple-macos11", "-c", "a.s", "-o", "a.o"]
            guard try Command.run("clang", compiling, in: folder).status == 0 else { throw NotSignable() }
            let platform = ["-platform_version", "macos", "11.0", "12.3", "-dylib", "-install_name", "a"]
            let linking = ["-arch", architecture] + platform + [option, "a.o", "-o", "a.dylib"]
            guard try Command.run(linker, linking, in: folder).status == 0 else { throw NotSignable() }
            return try TestFile.read(folder + "/a.dylib")
        }
    }
}
