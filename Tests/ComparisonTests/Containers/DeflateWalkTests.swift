import TestSupport
import Testing

@testable import Comparison

@Suite struct DeflateWalkTests {
    private static let text = (0..<3000).flatMap { Array("line \($0 % 97)\n".utf8) }

    /// Why bytes are refused; nil where they are one deflated content of `count` bytes.
    private static func refusal(_ bytes: [UInt8], of count: Int, _ room: DeflateRoom? = nil) throws -> String? {
        var walk = DeflateWalk(BytesInMemory(bytes))
        var room = room ?? DeflateRoom(contentCount: UInt64(count), streamCount: 1)
        do {
            let found = try walk.walk(ceiling: UInt64(count), &room)
            return found == UInt64(count) ? nil : "\(found) bytes"
        } catch let error as MalformedLayout {
            return error.reason
        }
    }

    private static func refusal(_ write: (inout DeflateBytes) -> Void) throws -> String? {
        var deflate = DeflateBytes()
        write(&deflate)
        return try refusal(deflate.bytes, of: deflate.content.count)
    }

    @Test func walksBlocksOfEveryType() throws {
        #expect(try Self.refusal { $0.stored(Self.text, last: true) } == nil)
        #expect(try Self.refusal { $0.fixed([1, 2, 143], last: true) } == nil)
        #expect(try Self.refusal { $0.coded(65, last: true) } == nil)
        #expect(try Self.refusal { $0.fixed(last: true) } == nil)
        let mixed = try Self.refusal {
            $0.fixed([9])
            $0.stored([], padding: 0)
            $0.coded(80)
            $0.stored(Self.text)
            $0.fixed([1, 2, 3])
            $0.stored([7], last: true)
        }
        #expect(mixed == nil)
    }

    @Test func refusesBitsThatNobodyReads() throws {
        #expect(
            try Self.refusal { $0.stored([1], last: true, padding: 16) }
                == "bits before a stored block that are not zero"
        )
        var deflate = DeflateBytes()
        deflate.fixed([1, 2], last: true)
        for bit in 0..<8 where deflate.bytes.last.map({ $0.leadingZeroBitCount > 7 - bit }) == true {
            var bytes = deflate.bytes
            bytes[bytes.count - 1] |= 1 << UInt8(bit)
            let refusal = try Self.refusal(bytes, of: 2)
            // The lowest of the zeros can be the end of the last code.
            #expect(refusal != nil)
        }
        #expect(try Self.refusal(deflate.bytes + [0], of: 2) == "bytes behind the last block")
        #expect(try Self.refusal(deflate.bytes + [3, 0], of: 2) == "bytes behind the last block")
    }

    @Test func refusesEveryTruncation() throws {
        let packed = try Packed.by(["python3", "-c", Self.python("9", "zlib.Z_DEFAULT_STRATEGY")], Self.text)
        #expect(try Self.refusal(packed, of: Self.text.count) == nil)
        for count in packed.indices { #expect(try Self.refusal(Array(packed[..<count]), of: Self.text.count) != nil) }
    }

    @Test func refusesAnotherSize() throws {
        let packed = try Packed.by(["python3", "-c", Self.python("9", "zlib.Z_DEFAULT_STRATEGY")], Self.text)
        #expect(try Self.refusal(packed, of: Self.text.count - 1) == "more content than there must be")
        #expect(try Self.refusal(packed, of: Self.text.count + 1) == "\(Self.text.count) bytes")
    }

    @Test func refusesMoreBlocksThanWritersLeave() throws {
        func blocks(_ count: Int, _ content: [UInt8]) throws -> String? {
            try Self.refusal {
                $0.stored(content)
                for _ in 0..<count { $0.fixed() }
                $0.fixed(last: true)
            }
        }
        #expect(try blocks(16, []) == nil)
        #expect(try blocks(17, []) == "more blocks than a compressor writes")
        #expect(try blocks(116, [UInt8](repeating: 1, count: 6400)) == nil)
        #expect(try blocks(117, [UInt8](repeating: 1, count: 6400)) == "more blocks than a compressor writes")
    }

    @Test func refusesBlocksThatAreLargerThanWhatTheyHold() throws {
        // An empty one has 90 bits; one of a byte has 100, and storing it would take 50.
        for (most, symbol) in [(5, UInt8?.none), (9, 65)] {
            for count in [most, most + 1] {
                var deflate = DeflateBytes()
                for _ in 0..<count { deflate.coded(symbol) }
                deflate.fixed(last: true)
                let room = DeflateRoom(blockCount: 100, spareBitCount: 450)
                let refusal = try Self.refusal(deflate.bytes, of: deflate.content.count, room)
                #expect(refusal == (count == most ? nil : "blocks that are larger than what they hold"))
            }
        }
    }

    @Test func oneRoomServesAllContentsOfAFile() throws {
        for (blocks, bits) in [(6, 449), (7, 450), (7, 449), (6, 450)] as [(UInt64, UInt64)] {
            var room = DeflateRoom(blockCount: blocks, spareBitCount: bits)
            for (index, count) in [2, 3].enumerated() {
                var deflate = DeflateBytes()
                for _ in 0..<count { deflate.coded() }
                deflate.fixed(last: true)
                var walk = DeflateWalk(BytesInMemory(deflate.bytes))
                if index == 0 || blocks == 7 && bits == 450 {
                    #expect(try walk.walk(ceiling: 0, &room) == 0)
                } else {
                    #expect(throws: MalformedLayout.self) { try walk.walk(ceiling: 0, &room) }
                }
            }
        }
    }

    private static func python(_ level: String, _ strategy: String, flush: String = "") -> String {
        """
        import sys, zlib
        c = zlib.compressobj(\(level), 8, -15, 8, \(strategy))
        out, data = b'', sys.stdin.buffer.read()
        for i in range(0, len(data), 5000):
            out += c.compress(data[i:i+5000])\(flush.isEmpty ? "" : " + c.flush(zlib.\(flush))")
        sys.stdout.buffer.write(out + c.flush())
        """
    }

    @Test(arguments: [
        "zlib.Z_DEFAULT_STRATEGY", "zlib.Z_FILTERED", "zlib.Z_HUFFMAN_ONLY", "zlib.Z_RLE", "zlib.Z_FIXED",
    ]) func zlibDoesNotAlarm(_ strategy: String) throws {
        var random = SeededGenerator(seed: 5)
        for content in [Self.text, random.bytes(40_000), Self.text + random.bytes(300_000) + Self.text, [], [1]] {
            for (level, flush) in [
                ("0", ""), ("1", ""), ("9", ""), ("6", "Z_SYNC_FLUSH"), ("6", "Z_FULL_FLUSH"), ("1", "Z_PARTIAL_FLUSH"),
                ("9", "Z_BLOCK"),
            ] {
                let packed = try Packed.by(["python3", "-c", Self.python(level, strategy, flush: flush)], content)
                #expect(try Self.refusal(packed, of: content.count) == nil, "\(level) \(flush)")
            }
        }
    }

    /// What zlib inflates is walked, and gives as many bytes; what it refuses is refused.
    @Test func agreesWithZlib() throws {
        var random = SeededGenerator(seed: 11)
        let seeds = try ["9, 8, -15", "1, 8, -15, 1", "6, 8, -15, 8, 4"].map { arguments in
            let script = """
                import sys, zlib
                c = zlib.compressobj(\(arguments))
                sys.stdout.buffer.write(c.compress(sys.stdin.buffer.read()) + c.flush())
                """
            return try Packed.by(["python3", "-c", script], Array(Self.text.prefix(900)) + random.bytes(60))
        }
        var inputs: [[UInt8]] = []
        for _ in 0..<6000 {
            var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            for _ in 0..<Int.random(in: 1..<3, using: &random) {
                // The first bytes hold the codes.
                let limit = Bool.random(using: &random) ? min(60, bytes.count) : bytes.count
                bytes[Int.random(in: 0..<limit, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            inputs.append(bytes)
        }
        let script = """
            import sys, zlib, struct
            data, place = sys.stdin.buffer.read(), 0
            while place < len(data):
                n, = struct.unpack('<H', data[place:place + 2])
                d = zlib.decompressobj(-15)
                try:
                    out = d.decompress(data[place + 2:place + 2 + n])
                    print(len(out) if d.eof and not d.unused_data else -1)
                except zlib.error: print(-1)
                place += 2 + n
            """
        let packed = inputs.flatMap { ZipFile.field(UInt64($0.count), 2) + $0 }
        let told = String(decoding: try Packed.by(["python3", "-c", script], packed), as: UTF8.self)
        let counts = told.split(separator: "\n").compactMap { Int($0) }
        try #require(counts.count == inputs.count)
        var (accepted, padded) = (0, 0)
        for (input, count) in zip(inputs, counts) {
            let room = DeflateRoom(blockCount: .max, spareBitCount: .max)
            let refusal = try Self.refusal(input, of: max(count, 0), room)
            if count >= 0 {
                // zlib does not look at these bits.
                let isPadded = refusal?.contains("that are not zero") == true
                #expect(refusal == nil || isPadded)
                accepted += 1
                padded += isPadded ? 1 : 0
            } else {
                let room = DeflateRoom(blockCount: .max, spareBitCount: .max)
                var walk = DeflateWalk(BytesInMemory(input))
                var left = room
                #expect(throws: MalformedLayout.self) { try walk.walk(ceiling: .max / 4, &left) }
            }
        }
        #expect(accepted > 500 && accepted < 5500 && padded > 0)
    }

    @Test func asksBeforeEveryCode() throws {
        struct Enough: Error {}
        var deflate = DeflateBytes()
        for _ in 0..<3 { deflate.coded(70) }
        deflate.fixed(last: true)
        for allowed in 0...3 {
            var (walk, asked) = (DeflateWalk(BytesInMemory(deflate.bytes)), 0)
            var room = DeflateRoom(contentCount: 3, streamCount: 1)
            let budget = {
                asked += 1
                if asked > allowed { throw Enough() }
            }
            if allowed == 3 {
                #expect(try walk.walk(ceiling: 3, &room, budget) == 3)
            } else {
                #expect(throws: Enough.self) { try walk.walk(ceiling: 3, &room, budget) }
            }
        }
    }

    /// Windows of 64 KiB, with stored blocks that reach across them and back into them.
    @Test func walksAcrossWindows() throws {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<20 {
            var deflate = DeflateBytes()
            for _ in 0..<12 {
                switch Int.random(in: 0..<3, using: &random) {
                case 0: deflate.stored(random.bytes(Int.random(in: 0...65_535, using: &random)))
                case 1: deflate.fixed((0..<Int.random(in: 0..<9000, using: &random)).map { UInt8($0 % 144) })
                default: deflate.coded(UInt8.random(in: 11..<240, using: &random))
                }
            }
            deflate.fixed(last: true)
            #expect(try Self.refusal(deflate.bytes, of: deflate.content.count) == nil)
        }
    }
}
