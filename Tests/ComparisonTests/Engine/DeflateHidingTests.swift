import Attestations
import BuildStatements
import Foundation
import TestSupport
import Testing

@testable import Comparison

/// What deflated contents can hide, and what they cannot; in zip archives and gzip files alike.
@Suite struct DeflateHidingTests {
    private static let content = (0..<4000).flatMap { Array("line \($0 % 97)\n".utf8) }
    private static let hidden: [Int] = (0..<300).map { $0 * 97 % 251 / 2 }

    /// The content with what `write` puts before it.
    private static func deflated(_ write: (inout DeflateBytes) -> Void) -> DeflateBytes {
        var deflate = DeflateBytes()
        write(&deflate)
        deflate.stored(Array(content[deflate.content.count...]), last: true)
        return deflate
    }

    private static let plain = deflated { $0.stored(Array(content.prefix(20_000))) }

    static let attacks: [@Sendable (inout DeflateBytes) -> Void] = [
        // Bits before stored blocks.
        { deflate in hidden.prefix(10).forEach { deflate.stored(padding: $0) } },
        // Empty blocks of two types.
        { deflate in
            for number in hidden + hidden + hidden {
                if number % 2 == 0 { deflate.fixed() } else { deflate.stored() }
            }
        },
        // Empty blocks with codes.
        { deflate in hidden.prefix(100).forEach { _ in deflate.coded() } },
        // A code for each byte.
        { deflate in
            for byte in content.prefix(100) {
                if byte > 10 { deflate.coded(byte) } else { deflate.stored([byte]) }
            }
        },
    ]

    @Test(arguments: attacks.indices) func blocksHideNothing(_ index: Int) throws {
        let attack = Self.deflated(Self.attacks[index])
        try #require(attack.content == Self.plain.content)
        for (one, other) in [(attack.zip(), Self.plain.zip()), (attack.gzip, Self.plain.gzip)] {
            for (shipped, rebuilt) in [(one, other), (other, one)] {
                let item = try Builds.compare(shipped, rebuilt)
                #expect(item.grade == .different && item.account.unexplained > 0)
                #expect(item.places.contains { $0.hasPrefix("it cannot be opened: ") && $0.contains("deflate: ") })
            }
        }
    }

    @Test func anotherDivisionIntoBlocksDoesNotAlarm() throws {
        let other = Self.deflated {
            $0.stored(Array(Self.content.prefix(100)))
            $0.stored()
            $0.fixed(Array(Self.content[100..<2000]))
            $0.fixed()
        }
        for (one, two) in [(other.zip(), Self.plain.zip()), (other.gzip, Self.plain.gzip)] {
            let item = try Builds.compare(one, two)
            #expect(item.grade == .contentsIdentical && item.account.unexplained == 0 && item.causes == [.compression])
        }
    }

    @Test func nothingFollowsTheLastBlock() throws {
        for extra: [UInt8] in [[0], [1, 2, 3], [3, 0]] {
            #expect(try Builds.compare(Self.plain.zip(extra), Self.plain.zip()).grade == .different)
        }
        let last = Self.deflated { $0.fixed([1]) }
        var (bits, whole) = (DeflateBytes(), DeflateBytes())
        bits.fixed(Array(Self.content.prefix(143)), last: true)
        whole.stored(Array(Self.content.prefix(143)), last: true)
        try #require(bits.content == whole.content && last.content.count > 1)
        #expect(try Builds.compare(bits.zip(), whole.zip()).grade == .contentsIdentical)
        // Ten bits around whole bytes: six bits of the last byte are free.
        let place = bits.bytes.count - 1
        func with(_ file: [UInt8], at start: Int) -> [UInt8] {
            var file = file
            file[start + place] |= 0x80
            return file
        }
        #expect(try Builds.compare(with(bits.zip(), at: 31), whole.zip()).grade == .different)
        #expect(try Builds.compare(with(bits.gzip, at: 10), whole.gzip).grade == .different)
    }

    /// A content that only one side has packed is looked at too.
    @Test func emptyMembersHideNothing() throws {
        var (nothing, attack) = (DeflateBytes(), DeflateBytes())
        nothing.fixed(last: true)
        for _ in 0..<15 { attack.coded() }
        attack.fixed(last: true)
        #expect(try Builds.compare(attack.zip(), nothing.zip()).grade == .different)
        let stored = try ZipHidingTests.zips("add('a', b'', method=[0, 8][side])")
        #expect(try Builds.compare(stored.0, stored.1).grade == .contentsIdentical)
        #expect(try Builds.compare(stored.1, stored.0).grade == .contentsIdentical)
    }

    /// Where both have the same packed bytes there is nothing to tell.
    @Test func whatBothHaveIsNotLookedAt() throws {
        let odd = Self.deflated { deflate in Self.hidden.prefix(10).forEach { deflate.stored(padding: $0) } }
        var other = odd.gzip
        other[4] = 9
        let item = try Builds.compare(odd.gzip, other)
        #expect(item.grade == .contentsIdentical && item.causes == [.compression, .timestamp])
    }

    @Test func deflatedBytesThatAreLookedThroughAreLimited() throws {
        let (one, two) = (Self.deflated { $0.fixed([]) }.gzip, Self.plain.gzip)
        let item = try Builds.compare(one, two) {
            ($0.ceilings.deflatedFloor, $0.ceilings.deflatedRatio) = (UInt64(one.count), 0)
        }
        #expect(item.grade == .different && item.places.contains { $0.contains("would be looked through") })
        let fits = try Builds.compare(one, two) {
            ($0.ceilings.deflatedFloor, $0.ceilings.deflatedRatio) = (UInt64(one.count + two.count), 0)
        }
        #expect(fits.grade == .contentsIdentical)
    }

    // MARK: Writers

    private static let sample: [UInt8] = {
        var random = SeededGenerator(seed: 77)
        let text = (0..<30_000).flatMap { Array("line \($0 &* 7919 % 9973)\n".utf8) }
        return text + random.bytes(200_000) + text + [UInt8](repeating: 0, count: 500_000)
    }()

    static let writers = [
        "gzip -n -1 -c", "gzip -n -9 -c", "gzip -n --rsyncable -c", "pigz -n -1 -c", "pigz -n -c -b 32",
        "pigz -n -i -c",
        "pigz -n -11 -c", "pigz -n -c -p 1", "zopfli -c --i1 /dev/stdin", "libdeflate-gzip -n -1 -c",
        "libdeflate-gzip -n -12 -c",
        "igzip -0 -c", "igzip -3 -c", "bgzip -c", "7zz a -tgzip -si -so -mx=1 x", "7zz a -tgzip -si -so -mx=9 x",
    ]

    @Test(arguments: writers) func writersDoNotAlarm(_ writer: String) throws {
        guard Command.find(String(writer.prefix { $0 != " " })) != nil else { return }
        for count in [0, 1, 30, 500, 20_000, Self.sample.count] {
            let content = Array(Self.sample.prefix(count))
            let packed = try Packed.by(writer, content)
            let stored = Array(content.prefix(60_000))
            let plain = count == stored.count ? Packed.storedGzip(stored) : try Packed.by("gzip -n -6 -c", content)
            guard packed != plain else { continue }
            let item = try Builds.compare(packed, plain)
            let reasons = item.places.filter { $0.hasPrefix("it cannot be opened: ") }
            #expect(reasons.isEmpty, "\(writer), \(count) bytes: \(reasons)")
        }
    }
}
