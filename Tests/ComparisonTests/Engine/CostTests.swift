import Attestations
import BuildStatements
import Encodings
import TestSupport
import Testing

@testable import Comparison

/// Small inputs that would take much memory, time or output.
@Suite struct CostTests {
    private typealias Member = TarBytes.Member

    private static func reasons(_ item: ComparedItem) -> [String] {
        item.places.filter { $0.hasPrefix("it cannot be opened: ") }
    }

    private static func archive(_ members: [Member]) -> [UInt8] { TarBytes(members: members).bytes }

    private static func pax(_ records: [(String, [UInt8])]) -> Member {
        let content = records.flatMap { key, value in
            let rest = key.utf8.count + value.count + 3
            let length = (1...6).map { rest + $0 }.first { rest + String($0).utf8.count == $0 } ?? 0
            return Array("\(length) \(key)=".utf8) + value + [UInt8(ascii: "\n")]
        }
        return Member(name: "PaxHeaders/x", content: content, type: "x")
    }

    // MARK: What is listed

    /// Texts with long lines, of which many differ.
    private static func texts(_ tag: String) -> [UInt8] {
        archive(
            (0..<12).map { file in
                let lines = (0..<40).flatMap { line in
                    let start = line.isMultiple(of: 2) ? "same \(line)" : "\(tag) \(file) \(line)"
                    return Array(start.utf8) + [UInt8](repeating: 0xFF, count: 400) + [UInt8(ascii: "\n")]
                }
                return Member(name: "t\(file)", content: lines)
            }
        )
    }

    private static func listed(_ item: ComparedItem) -> (shown: Int, unlisted: Int, bytes: Int) {
        var sum = (shown: item.differences.count, unlisted: item.unlistedDifferenceCount, bytes: 0)
        for case .text(let lines)? in item.differences.map(\.view) {
            sum.bytes += lines.reduce(0) { $0 + $1.bytes.count }
        }
        for member in item.members {
            let inside = listed(member)
            sum = (sum.shown + inside.shown, sum.unlisted + inside.unlisted, sum.bytes + inside.bytes)
        }
        return sum
    }

    @Test func whatIsShownOfAllDifferencesTogetherIsLimited() throws {
        let (one, two) = (Self.texts("a"), Self.texts("b"))
        let whole = try Builds.compare(one, two)
        let cut = try Builds.compare(one, two) { $0.ceilings.listedByteCount = 40_000 }
        let (all, some) = (Self.listed(whole), Self.listed(cut))
        #expect(all.shown == 240 && all.unlisted == 0)
        #expect(some.bytes <= 40_000 && some.shown > 0 && some.shown < 60)
        #expect(some.shown + some.unlisted == 240)
        #expect(cut.account == whole.account && cut.grade == whole.grade)
        #expect(cut.members.map(\.grade) == whole.members.map(\.grade))
        #expect(cut.members.map(\.account) == whole.members.map(\.account))
        #expect(cut.text().contains("more, not listed"))
    }

    @Test func longLinesAreCut() throws {
        let item = try Builds.compare(Self.texts("a"), Self.texts("b"))
        for case .text(let lines)? in item.members.flatMap(\.differences).map(\.view) {
            #expect(lines.allSatisfy { $0.bytes.count == 200 })
        }
    }

    @Test func differencesBeyondTheCeilingCount() throws {
        let (one, two) = (Self.texts("a"), Self.texts("b"))
        let whole = try Builds.compare(one, two)
        let cut = try Builds.compare(one, two) { $0.ceilings.differences = 7 }
        let some = Self.listed(cut)
        #expect(some.shown == 7 && some.unlisted == 233)
        #expect(cut.account == whole.account && cut.grade == whole.grade)
    }

    @Test func theNamesOfAllItemsTogetherAreLimited() throws {
        func named(_ tag: String) -> [UInt8] {
            Self.archive((0..<20).map { Member(name: "\(tag)\($0)".padded(to: 90), content: [1]) })
        }
        let whole = try Builds.compare(named("a"), named("b"))
        let cut = try Builds.compare(named("a"), named("b")) { $0.ceilings.listedNameByteCount = 500 }
        #expect(whole.members.count == 40 && cut.members.count == 5)
        #expect(cut.unlistedDifferenceCount == whole.unlistedDifferenceCount + 35)
        #expect(cut.account == whole.account && cut.grade == .different)
    }

    @Test func thePlaceOfADifferenceIsCut() {
        let region = FileLayout.Region(0..<1, .header, .owner, of: String(repeating: "a", count: 180_000))
        #expect(region.place == "header owner of " + String(repeating: "a", count: 8192) + " (cut)")
        #expect(FileLayout.Region(0..<1, .section, ".text").place == "section .text")
    }

    // MARK: Output

    @Test func outputComesInPieces() throws {
        let item = try Builds.compare(Self.texts("a"), Self.texts("b"))
        var (json, text): ([[UInt8]], [[UInt8]]) = ([], [])
        item.writeJSON { json.append($0) }
        item.writeText(appendix: "the appendix") { text.append($0) }
        #expect(json.count > 1 && text.count > 1)
        #expect((json + text).allSatisfy { $0.count < 512 << 10 })
        let whole = Array(json.joined())
        #expect(try JSON(parsing: whole).compact == whole)
        let words = String(decoding: Array(text.joined()), as: UTF8.self)
        #expect(words.hasSuffix("\n\nthe appendix\n\n\(item.account.summary)\ndifferent\n"))
        #expect(words.split(separator: "\n").filter { $0.hasSuffix("  text  different") }.count == 12)
    }

    @Test func deepPathsAreCutInTheText() throws {
        func nested(_ last: UInt8) -> [UInt8] {
            (0..<30).reduce([last]) { content, _ in
                Self.archive([Member(name: String(repeating: "n", count: 99), content: content)])
            }
        }
        let item = try Builds.compare(nested(1), nested(2))
        let text = item.text()
        #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count < 1300 } && text.contains("(cut) "))
        #expect(text.hasSuffix("\ndifferent\n"))
    }

    // MARK: Names and records

    @Test func namesCountAsTheyAreEscaped() throws {
        var (plain, odd) = (ContainerWriter("x"), ContainerWriter("x"))
        for _ in 0..<15 {
            try plain.add(ContainerMember(name: [UInt8](repeating: 0x61, count: 1 << 20), content: 0..<0))
        }
        let name = [UInt8](repeating: 0xFF, count: 1 << 20)
        for _ in 0..<5 { try odd.add(ContainerMember(name: name, content: 0..<0)) }
        #expect(throws: MalformedLayout.self) { try odd.add(ContainerMember(name: name, content: 0..<0)) }
    }

    @Test func extendedHeadersHaveFewRecords() throws {
        func archive(_ count: Int, _ byte: UInt8) -> [UInt8] {
            Self.archive([Self.pax(Array(repeating: ("a", [0x62]), count: count)), Member(name: "m", content: [byte])])
        }
        let item = try Builds.compare(archive(256, 1), archive(256, 2))
        #expect(Self.reasons(item).isEmpty && item.account.unexplained == 1)
        let refused = try Builds.compare(archive(257, 1), archive(257, 2))
        #expect(Self.reasons(refused).first?.contains("more than 256 records") == true && refused.grade == .different)
    }

    @Test func extendedHeadersAreShort() throws {
        func archive(_ count: Int, _ byte: UInt8) -> [UInt8] {
            let value = [UInt8](repeating: 0x62, count: count)
            return Self.archive([Self.pax([("SCHILY.xattr.a", value)]), Member(name: "m", content: [byte])])
        }
        #expect(Self.reasons(try Builds.compare(archive(65_000, 1), archive(65_000, 2))).isEmpty)
        let refused = try Builds.compare(archive(65_536, 1), archive(65_536, 2))
        #expect(Self.reasons(refused).first?.contains("an extended header is too long") == true)
    }

    /// Parts belong together by kind, part and member; the spelling of all three in one text does not count.
    @Test func partsAreMatchedByWhatTheyAre() {
        typealias Region = FileLayout.Region
        let long = String(repeating: "n", count: 1000)
        func region(_ part: LayoutPart, _ subject: String) -> Region { Region(0..<1, .header, part, of: subject) }
        let shipped = [
            region(.mode, "first"), region(.owner, long + "1"), region(.mode, long + "1"), region(.mode, long + "2"),
            region(.whole, "mode of x"), region(.mode, "last"),
        ]
        let rebuilt = [
            region(.mode, "other"), region(.mode, long + "2"), region(.owner, long + "1"), region(.mode, long + "1"),
            region(.mode, "x"), region(.mode, "end"),
        ]
        var found: [String] = []
        let isPermuted = RegionMatching(shipped, rebuilt).forEach { match in
            switch match {
            case .both(let one, let other): found.append("\(one)=\(other)")
            case .shipped(let one): found.append("\(one)-")
            case .rebuilt(let other): found.append("-\(other)")
            }
        }
        #expect(isPermuted && found == ["0-", "1=2", "2=3", "3=1", "4-", "5-", "-0", "-4", "-5"])
    }

    // MARK: Containers in containers

    private static func tars(_ count: Int, _ byte: UInt8) -> [UInt8] {
        archive(
            (0..<count).map { index in
                let inner = (0..<20).map { Member(name: "m\($0)", content: [byte, UInt8(index)]) }
                return Member(name: "t\(index)", content: archive(inner))
            }
        )
    }

    @Test func layoutsOfOpenContainersTakeLimitedMemory() throws {
        let (one, two) = (Self.tars(3, 1), Self.tars(3, 2))
        let stride = MemoryLayout<FileLayout.Region>.stride
        // The outer archive has some 36 parts and an inner one some 240: room for one pair of inner ones at a time.
        let fits = try Builds.compare(one, two) { $0.ceilings.layoutByteCount = 2 * 500 * stride }
        #expect(Self.reasons(fits).isEmpty && fits.account.unexplained == 60)
        let refused = try Builds.compare(one, two) { $0.ceilings.layoutByteCount = 2 * 100 * stride }
        #expect(Self.reasons(refused).count == 3 && refused.grade == .different)
        #expect(Self.reasons(refused).allSatisfy { $0.contains("bytes of memory") })
    }

    @Test func allContentsTogetherAreLimitedByTheSizeOfTheInput() throws {
        func archive(_ byte: UInt8) throws -> [UInt8] {
            let bomb = try Packed.by("gzip -n -c", [UInt8](repeating: 0, count: 1 << 20) + [byte])
            return Self.archive((0..<6).map { Member(name: "\($0).gz", content: bomb) })
        }
        let (one, two) = (try archive(1), try archive(2))
        #expect(Self.reasons(try Builds.compare(one, two)).isEmpty)
        let item = try Builds.compare(one, two) {
            ($0.ceilings.expandedFloor, $0.ceilings.expansionRatio) = (5 << 20, 50)
            $0.ceilings.openingByteCount = 0
        }
        let reasons = Self.reasons(item)
        #expect((1...4).contains(reasons.count) && reasons.allSatisfy { $0.contains("together are larger than") })
        #expect(item.grade == .different && item.account.unexplained > 0)
    }

    /// What takes longer to open counts for more.
    @Test(arguments: [("gzip -n -c", 200_002), ("bzip2 -c", 1_600_016), ("xz -c", 2_203_000)])
    func slowContainersCountForMore(_ program: String, _ count: UInt64) throws {
        guard Command.find(String(program.prefix { $0 != " " })) != nil else { return }
        var random = SeededGenerator(seed: 31)
        let noise = random.bytes(100_000)
        // Noise is packed into about as many bytes.
        let (one, two) = (try Packed.by(program, noise + [1]), try Packed.by(program, noise + [2]))
        func reasons(_ floor: UInt64) throws -> [String] {
            Self.reasons(
                try Builds.compare(one, two) {
                    ($0.ceilings.expandedFloor, $0.ceilings.expansionRatio) = (floor, 0)
                    $0.ceilings.openingByteCount = 0
                }
            )
        }
        let refused = try reasons(count / 10 * 9)
        #expect(refused.count == 1 && refused.allSatisfy { $0.contains("together are larger than") })
        #expect(try reasons(count / 10 * 11).isEmpty)
    }

    /// Each container is read by a process of its own.
    @Test func openingCounts() throws {
        func archive(_ byte: UInt8) -> [UInt8] {
            Self.archive((0..<4).map { Member(name: "\($0).gz", content: Packed.storedGzip([byte, UInt8($0)])) })
        }
        func reasons(_ floor: UInt64) throws -> [String] {
            Self.reasons(
                try Builds.compare(archive(1), archive(2)) {
                    ($0.ceilings.expandedFloor, $0.ceilings.expansionRatio) = (floor, 0)
                    $0.ceilings.openingByteCount = 1000
                }
            )
        }
        // Both archives are read a second time, then four pairs, each of two bytes.
        #expect(try reasons(10_016).isEmpty)
        let refused = try reasons(8_015)
        #expect(refused.count == 1 && refused.allSatisfy { $0.contains("together are larger than") })
    }

    @Test func slowMembersCountForMore() throws {
        for (method, cost) in [(8, 1), (12, 10), (14, 10)] as [(Int, UInt64)] {
            let zips = try ZipHidingTests.zips("add('a', [good, evil][side] * 100, method=\(method))")
            func reasons(_ floor: UInt64) throws -> [String] {
                Self.reasons(
                    try Builds.compare(zips.0, zips.1) {
                        ($0.ceilings.expandedFloor, $0.ceilings.expansionRatio) = (floor, 0)
                        $0.ceilings.openingByteCount = 0
                    }
                )
            }
            // Two members of 85,000 bytes.
            #expect(try reasons(cost * 170_000).isEmpty)
            #expect(try reasons(cost * 170_000 - 1).first?.contains("together are larger than") == true)
        }
    }
}

extension String {
    fileprivate func padded(to count: Int) -> String { self + String(repeating: "_", count: count - utf8.count) }
}
