import Digests
import Foundation
import TestSupport
import Testing

@testable import GitWorker

/// Deltas, pack indexes and loose objects as the worker reads them.
@Suite struct WorkerParserTests {
    /// Applies a delta to a base; nil where it is refused.
    private func apply(_ delta: [UInt8], to base: [UInt8]) -> [UInt8]? {
        unsafe delta.withUnsafeBytes { delta -> [UInt8]? in
            guard let header = unsafe DeltaInstructions.header(delta), header.baseCount == base.count,
                header.resultCount <= 1 << 20
            else { return nil }
            var result = [UInt8](repeating: 0, count: header.resultCount)
            let isGood = unsafe base.withUnsafeBytes { base in
                unsafe result.withUnsafeMutableBytes { result in
                    unsafe DeltaInstructions.apply(delta, from: header.start, to: base, into: result)
                }
            }
            return isGood ? result : nil
        }
    }

    private static let base = Array("0123456789".utf8)

    @Test func deltasCopyAndInsert() {
        let base = Self.base
        // 0x91: one byte of offset, one of length.
        #expect(apply([10, 4, 0x91, 2, 4], to: base) == Array("2345".utf8))
        #expect(apply([10, 10, 0x90, 10], to: base) == base)
        #expect(apply([10, 3, 3, 0x61, 0x62, 0x63], to: base) == Array("abc".utf8))
        #expect(apply([10, 5, 0x91, 8, 2, 1, 0x2D, 0x90, 2], to: base) == Array("89-01".utf8))
        #expect(apply([10, 0], to: base) == [])
        #expect(apply([0, 1, 1, 0x61], to: []) == [0x61])
        // A length of no bytes is 65,536.
        let long = [UInt8](repeating: 7, count: 0x10000)
        #expect(apply([0x80, 0x80, 4, 0x80, 0x80, 4, 0x80], to: long) == long)
    }

    @Test(arguments: [
        [], [10], [10, 0x80], [10, 4], [10, 4, 0x91, 2, 3], [10, 4, 0x91, 2, 5], [10, 4, 0x91, 7, 4], [10, 4, 0x91, 2],
        [10, 4, 0x91], [10, 4, 0], [10, 1, 0, 1, 0x61], [10, 3, 3, 0x61, 0x62], [10, 2, 3, 0x61, 0x62, 0x63],
        [10, 4, 0x8F, 0xFF, 0xFF, 0xFF, 0xFF], [10, 4, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [10, 4, 0x80],
        [9, 4, 0x91, 2, 4], [11, 4, 0x91, 2, 4],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 4, 0x91, 2, 4],
    ])
    func otherDeltasAreRefused(_ delta: [UInt8]) {
        #expect(apply(delta, to: Self.base) == nil)
    }

    @Test func noLengthOverflows() {
        for count in 1...12 {
            let length = [UInt8](repeating: 0xFF, count: count) + [0x7F]
            let header = unsafe (length + [0]).withUnsafeBytes { unsafe DeltaInstructions.header($0) }
            #expect(header.map { $0.baseCount >= 0 } ?? true)
        }
    }

    /// The index and pack of a few blobs, written by git, with the blobs' ids.
    private func pack(_ body: (_ index: String, _ pack: String, _ ids: [GitObjectID]) throws -> Void) throws {
        try GitRepository.with { repository in
            try repository.commit((0..<20).map { CommittedFile("f\($0)", "content \($0)\n") })
            try repository.git("repack", "-adq")
            let folder = repository.path + "/.git/objects/pack"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            let index = try #require(names.first { $0.hasSuffix(".idx") })
            let copy = repository.folder + "/pack"
            try TestFile.write(try TestFile.read("\(folder)/\(index)"), to: copy + ".idx")
            try TestFile.write(try TestFile.read("\(folder)/\(index.dropLast(3))pack"), to: copy + ".pack")
            let lines = try repository.git("cat-file", "--batch-check=%(objectname)", "--batch-all-objects")
            let ids = lines.split(separator: "\n").compactMap { GitObjectID(hex: Array($0.utf8)) }
            try body(copy + ".idx", copy + ".pack", ids)
        }
    }

    /// How many of the objects can be read to the end.
    private func readable(_ index: String, _ ids: [GitObjectID]) -> Int {
        guard var packs = PackedObjects(indexPaths: [Array(index.utf8)]) else { return 0 }
        return ids.count { id in
            guard let location = packs.location(of: id), case .whole(let whole) = try? packs.content(at: location),
                let room = try? ObjectBuffer(whole.kind, count: whole.count)
            else { return false }
            return (unsafe try? packs.inflate(whole, into: room.room)) != nil
        }
    }

    @Test func packsAreRead() throws {
        try pack { index, _, ids in
            #expect(ids.count == 22 && readable(index, ids) == 22)
            let other = try #require(GitObjectID([UInt8](repeating: 0x11, count: 20)))
            #expect(PackIndex(path: Array(index.utf8))?.offset(of: other) == nil)
            #expect(PackIndex(path: Array(index.utf8))?.count == 22)
        }
    }

    @Test func cutAndDamagedPacksNeverTrap() throws {
        try pack { index, pack, ids in
            for file in [index, pack] {
                let whole = try TestFile.read(file)
                for end in stride(from: 0, to: whole.count, by: max(1, whole.count / 80)) {
                    try TestFile.write(Array(whole[..<end]), to: file)
                    #expect(readable(index, ids) < ids.count || file == pack)
                }
                for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 200)) {
                    var changed = whole
                    changed[place] ^= 0xFF
                    try TestFile.write(changed, to: file)
                    #expect(readable(index, ids) <= ids.count)
                }
                try TestFile.write(whole, to: file)
            }
            #expect(readable(index, ids) == ids.count)
        }
    }

    /// What is stored pays for what is made of it, and beyond the floor for nothing else.
    @Test func theBudgetIsThatOfWhatIsStored() throws {
        let budget = InflationBudget(share: 128)
        let floor = InflationBudget.floor / 128
        try budget.take(floor)
        #expect(throws: ObjectFault.inflatesTooMuch) { try budget.take(1) }
        budget.add(storedByteCount: 10)
        #expect(throws: ObjectFault.inflatesTooMuch) { try budget.take(10 * InflationBudget.ratio + 1) }
        try budget.take(10 * InflationBudget.ratio)
        #expect(throws: ObjectFault.inflatesTooMuch) { try budget.take(1) }
        budget.add(storedByteCount: .max)
        try budget.take(1 << 40)
    }

    @Test func aPackThatMakesTooMuchIsRefused() throws {
        try pack { index, _, ids in
            let budget = InflationBudget()
            var packs = try #require(PackedObjects(indexPaths: [Array(index.utf8)], budget))
            #expect(isRead(ids, &packs))
            // All that is left but a few bytes.
            while (try? budget.take(1 << 20)) != nil {}
            while (try? budget.take(16)) != nil {}
            #expect(!isRead(ids, &packs))
        }
    }

    private func isRead(_ ids: [GitObjectID], _ packs: inout PackedObjects) -> Bool {
        ids.allSatisfy { id in
            guard let location = packs.location(of: id), case .whole(let whole) = try? packs.content(at: location),
                let room = try? ObjectBuffer(whole.kind, count: whole.count)
            else { return false }
            return (unsafe try? packs.inflate(whole, into: room.room)) != nil
        }
    }

    /// Objects of git's own, and files that are none.
    @Test func looseObjects() throws {
        try GitRepository.with { repository in
            let id = try repository.object("blob", Array("hello\n".utf8))
            let name = try #require(GitObjectID(hex: Array(id.utf8)))
            let objects = LooseObjects(directories: [Array((repository.path + "/.git/objects").utf8)])
            let object = try #require(try objects.open(name)).held()
            let bytes = unsafe Array(object.bytes)
            #expect(object.kind == .blob && bytes == Array("hello\n".utf8))
            #expect(objects.contains(name) && objects.ids(beginning: name, digitCount: 7) == [name])
            let whole = try TestFile.read(repository.loose(id))
            for end in whole.indices {
                try replace(repository.loose(id), Array(whole[..<end]))
                #expect(throws: ObjectFault.self) { try objects.open(name)?.held() }
            }
            try replace(repository.loose(id), whole + [0])
            #expect(throws: ObjectFault.trailingBytes) { try objects.open(name)?.held() }
            try FileManager.default.removeItem(atPath: repository.loose(id))
            #expect(try objects.open(name) == nil && !objects.contains(name))
        }
    }

    /// git writes loose objects without permission to write them.
    private func replace(_ path: String, _ content: [UInt8]) throws {
        try FileManager.default.removeItem(atPath: path)
        try TestFile.write(content, to: path)
    }

    @Test(arguments: [
        "blob 6\0hello\n", "blob 5\0hello\n", "blob 7\0hello\n", "blob 06\0hello\n", "blob +6\0hello\n",
        "blob  6\0hello\n", "blob 6 \0hello\n", "blob -6\0hello\n", "Blob 6\0hello\n", "blob\0hello\n", "blob 6",
        "", "\0", "blob 99999999999999999999\0hello\n", "blob 9223372036854775807\0hello\n", "note 6\0hello\n",
        " 6\0hello\n", "blob 0x6\0hello\n",
    ])
    func looseHeaders(_ content: String) throws {
        try TemporaryDirectory.with { folder in
            let id = try #require(GitObjectID([UInt8](repeating: 0, count: 20)))
            try FileManager.default.createDirectory(atPath: folder + "/00", withIntermediateDirectories: true)
            let file = ScratchZlib.stored(Array(content.utf8))
            try TestFile.write(file, to: folder + "/00/" + String(repeating: "0", count: 38))
            let objects = LooseObjects(directories: [Array(folder.utf8)])
            #expect(((try? objects.open(id)?.held()) != nil) == (content == "blob 6\0hello\n"))
        }
    }
}

/// Containers that tests fill byte by byte.
enum ScratchZlib {
    /// A zlib stream (RFC 1950) that holds up to 65,535 bytes as they are.
    static func stored(_ content: [UInt8]) -> [UInt8] {
        let count = UInt16(content.count)
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in content {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        let lengths = [count, ~count].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let sum = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: (high << 16 | low) >> UInt32($0)) }
        return [0x78, 0x01, 1] + lengths + content + sum
    }
}
