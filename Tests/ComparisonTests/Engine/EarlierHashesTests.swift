import Attestations
import BuildStatements
import Digests
import Encodings
import TestSupport
import Testing

@testable import Comparison

/// What a linker's signature leaves behind that of a vendor.
@Suite struct EarlierHashesTests {
    /// A program of some 60 pages, each another.
    private static let object: MachOBytes = {
        var (object, random) = (MachOBytes(), SeededGenerator(seed: 31))
        (object.room, object.text) = (40, (0..<250_000).map { _ in UInt8.random(in: 0...255, using: &random) })
        return object
    }()
    private static let unsigned = object.file()
    /// The hashes of its pages, as a linker takes them.
    private static let hashes: [[UInt8]] = {
        let code = unsigned + [UInt8](repeating: 0, count: (16 - unsigned.count % 16) % 16)
        return stride(from: 0, to: code.count, by: 4096).map { start in
            SHA256.digest(of: Array(code[start..<min(code.count, start + 4096)])).bytes
        }
    }()

    /// The program signed with larger pages; what is left of a table behind `before` bytes is changed by `change`.
    private static func signed(before: Int = 112, _ change: (inout [UInt8]) -> Void = { _ in }) throws -> [UInt8] {
        let text = object.linkEditStart
        return try MachOSigner().sign(unsigned) { size in
            var limit: [Int: UInt8] = [:]
            for index in 0..<4 { limit[76 + index] = UInt8(truncatingIfNeeded: text >> (24 - 8 * index)) }
            let directory = MachOBytes.codeDirectory(size: size, limit, pageBits: 16)
            let blob = MachOBytes.superBlob([(0, directory), (0x10000, [8, 8, 8, 8])])
            let old = [UInt8](repeating: 0, count: before) + hashes.flatMap { $0 }
            var left = Array(old.dropFirst(blob.count))
            change(&left)
            return blob + left
        }
    }

    private static func grade(before: Int = 112, _ change: (inout [UInt8]) -> Void = { _ in }) throws -> Grade {
        let file = try signed(before: before, change)
        let grade = try Builds.compare(file, unsigned).grade
        #expect(try Builds.compare(unsigned, file).grade == grade)
        return grade
    }

    @Test func hashesThatAreLeftBehindAreOfASignature() throws {
        #expect(Self.hashes.count > 60)
        for before in [112, 113, 127, 140, 143, 250] {
            #expect(try Self.grade(before: before) == .identicalOutsideSignature, "\(before)")
        }
        // The end is cut off, or zeros follow.
        #expect(try Self.grade { $0.removeLast(45) } == .identicalOutsideSignature)
        #expect(try Self.grade { $0 += [UInt8](repeating: 0, count: 100) } == .identicalOutsideSignature)
        #expect(try Self.grade { $0 = Array($0.prefix(63)) } == .identicalOutsideSignature)
        let room = try Self.signed { $0 = [UInt8](repeating: 0, count: 500) }
        #expect(try Builds.compare(try Self.signed(), room).grade == .identicalOutsideSignature)
    }

    @Test func whatIsNoHashOfThePageIsDifferent() throws {
        let count = try Self.signed().count - Self.unsigned.count
        #expect(count > 1500)
        for place in [0, 5, 31, 32, 63, 64, 700, 1000, 1400] {
            #expect(try Self.grade { $0[place] ^= 1 } == .different, "byte \(place)")
            #expect(try Self.grade { $0[$0.count - 1 - place] ^= 1 } == .different, "byte \(place) from the end")
        }
        let changes: [(inout [UInt8]) -> Void] = [
            { $0 = Array($0.prefix(62)) }, { $0.append(1) }, { $0 += [0, 0, 1] }, { $0.insert(0, at: 0) },
            { $0.removeSubrange(64..<96) }, { $0 = Array($0[..<64]) + $0[96..<128] + $0[64..<96] + $0[128...] },
            { $0 += $0.suffix(32) }, { $0 = Array($0.suffix(64)) + $0 }, { $0 = [UInt8](repeating: 1, count: 64) + $0 },
        ]
        for (index, change) in changes.enumerated() { #expect(try Self.grade(change) == .different, "\(index)") }
        // Zeros before the table, and more bytes than there are pages.
        #expect(try Self.grade(before: 5000) == .different)
        #expect(try Self.grade { $0 = [UInt8](repeating: 1, count: 9000) } == .different)
    }

    /// The same code on both sides, but hashes of other code.
    @Test func hashesOfOtherCodeAreDifferent() throws {
        let signed = try Self.signed()
        let place = Self.object.textStart + 240_000
        let other = Self.unsigned.with([Self.unsigned[place] ^ 1], at: place)
        #expect(try Builds.compare(signed.with([signed[place] ^ 1], at: place), other).grade == .different)
    }
}
