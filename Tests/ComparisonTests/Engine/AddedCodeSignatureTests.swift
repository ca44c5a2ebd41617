import Attestations
import BuildStatements
import TestSupport
import Testing

@testable import Comparison

/// Mach-O files of which one is signed and the other is not, or was signed otherwise.
@Suite struct AddedCodeSignatureTests {
    /// An unsigned program with room for more load commands.
    private static func program(
        _ form: (is64: Bool, isBigEndian: Bool) = (true, false),
        room: Int = 40
    ) -> MachOBytes {
        var object = MachOBytes(is64: form.is64, isBigEndian: form.isBigEndian)
        object.room = room
        return object
    }

    private static let object = program()
    private static let unsigned = object.file()
    private static let text = object.linkEditStart

    private static func signed(
        flags: UInt64 = 0,
        _ changes: [Int: UInt8] = [:],
        more: [(UInt64, [UInt8])] = [],
        _ configure: (inout MachOSigner) -> Void = { _ in }
    ) throws -> [UInt8] {
        var signer = MachOSigner()
        configure(&signer)
        return try signer.sign(unsigned, MachOSigner.certified(flags: flags, text: text, changes, more: more))
    }

    /// Compares both ways; the item of the signed one as what was shipped.
    private static func compare(_ signed: [UInt8], _ unsigned: [UInt8] = unsigned) throws -> ComparedItem {
        let item = try Builds.compare(signed, unsigned)
        #expect(try Builds.compare(unsigned, signed).grade == item.grade)
        #expect(item.account.total == UInt64(signed.count))
        return item
    }

    @Test(arguments: MachOLayoutTests.forms)
    func aSignatureIsAllThatMayDiffer(_ is64: Bool, _ isBigEndian: Bool) throws {
        for room in [0, 16, 17, 40] {
            let object = Self.program((is64, isBigEndian), room: room)
            let unsigned = object.file()
            // Without zeros behind the commands no signature can be added in place.
            let commands = try MachOCommands(BytesInMemory(unsigned))
            guard Int(commands.commandsEnd) + 16 <= object.textStart else { continue }
            for make in [
                MachOSigner.certified(text: object.linkEditStart), MachOSigner.adHoc(text: object.linkEditStart),
                MachOSigner.certified(text: object.linkEditStart, message: 9000),
            ] {
                let item = try Self.compare(try MachOSigner().sign(unsigned, make), unsigned)
                #expect(item.grade == .identicalOutsideSignature && item.causes == [.signature], "\(item.places)")
                #expect(item.account.unexplained == 0)
            }
        }
    }

    /// A command that nobody here knows could name what is in the signature, and one that is known could too.
    @Test func whatOtherCommandsNameIsNoSignature() throws {
        func grade(_ command: UInt64, _ offset: Int, _ count: Int) throws -> Grade {
            var object = Self.program()
            var writer = ByteWriter(isBigEndian: false)
            writer.u32(command, 24, UInt64(offset), UInt64(count), 0, 0)
            object.commands = [writer.bytes]
            let unsigned = object.file()
            let make = MachOSigner.certified(text: object.linkEditStart)
            return try Builds.compare(try MachOSigner().sign(unsigned, make), unsigned).grade
        }
        // LC_SOURCE_VERSION, LC_MAIN and LC_RPATH name nothing; content that is encrypted is elsewhere.
        for known: UInt64 in [0x2A, 0x8000_0028, 0x8000_001C] { #expect(try grade(known, 0, 0) != .different) }
        #expect(try grade(0x2C, 0, 64) == .identicalOutsideSignature)
        for unknown: UInt64 in [0x03, 0x10, 0x37, 0x38, 0x3A, 0x7F, 0x8000_0035, 0x8000_007F] {
            #expect(try grade(unknown, 0, 0) == .different, "\(unknown)")
        }
    }

    @Test func encryptedContentInASignatureIsNone() throws {
        var object = MachOBytes()
        object.signature = MachOBytes.superBlob([(0, MachOBytes.codeDirectory(size: 0))])
        var writer = ByteWriter(isBigEndian: false)
        // The command itself moves the signature by its own 24 bytes.
        for (offset, isNamed) in [(0, false), (1, true)] {
            var named = object
            let moved = { () -> Int in
                var same = object
                same.commands = [[UInt8](repeating: 0, count: 24)]
                return same.signatureStart
            }()
            writer.bytes = []
            writer.u32(0x2C, 24, UInt64(offset * moved), 8, 1, 0)
            named.commands = [writer.bytes]
            let layout = try MachOLayoutTests.read(named.file())
            let hasSignature = layout.regions.contains { $0.kind == .signature && $0.range.lowerBound >= UInt64(moved) }
            #expect(hasSignature != isNamed)
        }
    }

    /// Memory of `__LINKEDIT` that reaches into that of another segment.
    @Test func aSignatureInTheMemoryOfOthersIsNone() throws {
        let signed = try Self.signed()
        let address = Self.object.segmentStarts[1] + 24
        #expect(try Self.compare(signed).grade == .identicalOutsideSignature)
        #expect(
            try Builds.compare(signed.with([0, 0x10], at: address), Self.unsigned.with([0, 0x10], at: address)).grade
                == .different
        )
    }

    @Test func theSizeInMemoryMayStayOrFollow() throws {
        for page in [1, 0x1000, 0x4000] {
            let file = try Self.signed { $0.page = page }
            #expect(try Self.compare(file).grade == .identicalOutsideSignature, "\(page)")
        }
        // A size with room for the signature, which follows from nothing.
        let field = Self.object.segmentStarts[1] + 32
        let roomy = Self.unsigned.with([0, 0x70], at: field)
        let kept = try MachOSigner(keepsMemorySize: true).sign(roomy, MachOSigner.certified(text: Self.text))
        #expect(try Self.compare(kept, roomy).grade == .identicalOutsideSignature)
        // Another one beside it, and one that follows in the signed file alone.
        #expect(try Self.compare(kept.with([0, 0x71], at: field), roomy).grade == .different)
        #expect(try Self.compare(try Self.signed(), roomy).grade == .different)
        #expect(try Self.compare(kept, Self.unsigned).grade == .different)
        for (offset, bits) in [(0, 1), (1, 0x10), (2, 1), (7, 0x80)] as [(Int, UInt8)] {
            let changed = try Self.signed { $0.changes = [(.memorySize, offset, bits)] }
            #expect(try Self.compare(changed).grade == .different, "byte \(offset)")
        }
    }

    @Test func whatHidesWhereTheSignatureIsAddedIsDifferent() throws {
        let lies: [(String, (inout MachOSigner) -> Void)] = [
            ("alignment", { $0.changes = [(.alignment, 0, 1)] }),
            ("end of the alignment", { $0.changes = [(.alignment, 7, 1)] }),
            ("more alignment", { $0.moreAlignment = 16 }), ("no alignment", { $0.moreAlignment = 4 }),
            ("behind the commands", { $0.changes = [(.behindCommands, 0, 1)] }),
            ("end of the room", { $0.changes = [(.behindCommands, 23, 1)] }),
            ("another command", { $0.changes = [(.command, 0, 0x60)] }),
            ("place of the signature", { $0.changes = [(.command, 8, 0x10)] }),
            ("size of the signature", { $0.changes = [(.command, 12, 0x01)] }),
            ("behind the signature", { $0.moreLinkEdit = 8 }),
            ("a larger segment", { $0.changes = [(.fileSize, 0, 0x80)] }),
        ]
        for (what, lie) in lies { #expect(try Self.compare(try Self.signed([:], lie)).grade == .different, "\(what)") }
        let signed = try Self.signed()
        #expect(try Self.compare(signed + [0]).grade == .different)
        #expect(try Self.compare(signed, Self.unsigned + [0]).grade == .different)
        let end = Int(try MachOCommands(BytesInMemory(Self.unsigned)).commandsEnd)
        for offset in 0..<40 {
            let hidden = Self.unsigned.with([1], at: end + offset)
            #expect(try Self.compare(signed, hidden).grade == .different, "byte \(offset)")
        }
        for (offset, count) in [(16, 4), (20, 4)] {
            for byte in 0..<count {
                let place = offset + byte
                let changed = signed.with([signed[place] ^ 1], at: place)
                #expect(try Self.compare(changed).grade == .different, "byte \(place)")
            }
        }
    }

    /// A command that stands before others moved them, and did not just take room.
    @Test func aCommandThatIsNotTheLastIsDifferent() throws {
        var object = Self.object
        object.commands = [[0x2A, 0, 0, 0, 16, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]]
        let unsigned = object.file()
        let signed = try MachOSigner().sign(unsigned, MachOSigner.certified(text: object.linkEditStart))
        #expect(try Self.compare(signed, unsigned).grade == .identicalOutsideSignature)
        let command = Int(try MachOCommands(BytesInMemory(unsigned)).commandsEnd)
        let swapped =
            signed[..<(command - 16)] + signed[command..<command + 16] + signed[(command - 16)..<command]
            + signed[(command + 16)...]
        #expect(try Self.compare(Array(swapped), unsigned).grade == .different)
        // One more command that is no signature.
        var more = object
        more.commands.append([0x7E, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        more.room = object.room - 16
        #expect(try Self.compare(more.file(), unsigned).grade == .different)
    }

    /// Zeros that a section has are content, and no room.
    @Test func zerosOfASegmentAreNoRoom() throws {
        let signed = try Self.signed()
        let field = Self.object.segmentStarts[0] + 72 + 48
        let start = UInt64(try MachOCommands(BytesInMemory(Self.unsigned)).commandsEnd)
        let size = UInt64(Self.object.textStart) - start + 40
        func claim(_ file: [UInt8]) -> [UInt8] {
            file.with(ZipFile.field(start, 4), at: field).with(ZipFile.field(size, 8), at: field - 8)
        }
        #expect(try MachOLayoutTests.read(claim(Self.unsigned)).named("__TEXT,__text")?.range.count == Int(size))
        #expect(try Self.compare(signed, claim(Self.unsigned)).grade == .different)
        #expect(try Self.compare(claim(signed), claim(Self.unsigned)).grade == .different)
    }

    /// The same of a segment without sections, which a command does not get in the way of.
    @Test func zerosOfASegmentWithoutSectionsAreNoRoom() throws {
        func grade(_ start: Int) throws -> Grade {
            var object = Self.object
            var segment = ByteWriter()
            segment.u32(0x19, 72)
            segment.name("__X", 16)
            segment.u64(0, 8, UInt64(start), 8)
            segment.u32(1, 1, 0, 0)
            object.commands = [segment.bytes]
            let field = object.segmentStarts[0] + 40
            let size = object.linkEditStart - object.textStart
            let unsigned = object.file().with(
                ZipFile.field(UInt64(object.textStart), 8) + ZipFile.field(UInt64(size), 8),
                at: field
            )
            let place = [70: UInt8(object.textStart >> 8), 71: UInt8(object.textStart & 0xFF)]
            let signed = try MachOSigner().sign(unsigned, MachOSigner.certified(text: size, place))
            #expect(try MachOLayoutTests.read(unsigned).named("__X")?.range.count == 8)
            return try Self.compare(signed, unsigned).grade
        }
        let end = Int(try MachOCommands(BytesInMemory(Self.unsigned)).commandsEnd) + 72
        #expect(try grade(end + 16) == .identicalOutsideSignature)
        for start in [end, end + 8, end + 15] { #expect(try grade(start) == .different, "\(start - end)") }
    }

    /// Each byte of both, but for those of the signature itself.
    @Test func aChangedByteIsDifferentWhateverIsSigned() throws {
        let signed = try Self.signed()
        func bits(_ place: Int) -> UInt8 { [0x01, 0x10, 0x80][place % 3] }
        let start = (Self.unsigned.count + 15) / 16 * 16
        for place in 0..<start {
            let changed = signed.with([signed[place] ^ bits(place)], at: place)
            #expect(try Builds.compare(changed, Self.unsigned).grade == .different, "byte \(place)")
        }
        for place in Self.unsigned.indices {
            let changed = Self.unsigned.with([Self.unsigned[place] ^ bits(place)], at: place)
            #expect(try Builds.compare(signed, changed).grade == .different, "byte \(place)")
        }
    }

    @Test func whatASignatureGrantsIsDifferent() throws {
        let granted: [(String, [UInt8])] = [
            ("entitlements", try Self.signed(more: [(5, [1])])), ("in DER", try Self.signed(more: [(7, [1])])),
            ("an unknown slot", try Self.signed(more: [(0x77, [1])])),
            ("a platform", try Self.signed([38: 1])), ("a right", try Self.signed([87: 0x11])),
            ("no main program", try Self.signed([87: 0])), ("a wide right", try Self.signed([80: 1])),
            ("a start of the segment", try Self.signed([71: 1])), ("an end of the segment", try Self.signed([79: 9])),
            ("a flag", try Self.signed(flags: 0x4)), ("a far flag", try Self.signed(flags: 0x0400_0000)),
            ("a middle flag", try Self.signed(flags: 0x2000)), ("two flags", try Self.signed(flags: 0x1_0001)),
            ("ad hoc with a message", try Self.signed(flags: 2)), ("of a linker", try Self.signed(flags: 0x20000)),
            ("a space in the name", try Self.signed([89: 0x20])), ("a byte in the name", try Self.signed([89: 0x80])),
            ("another structure", try Self.signed([36: 20])), ("a newer version", try Self.signed([10: 6])),
        ]
        for (what, file) in granted {
            let item = try Self.compare(file)
            #expect(item.grade == .different && item.account.unexplained > 0, "\(what)")
        }
        // Apple's linker gives the size of the code alone, which is of 40 bytes here.
        let code = MachOSigner.adHoc(text: 40)
        #expect(try Self.compare(try MachOSigner().sign(Self.unsigned, code)).grade == .identicalOutsideSignature)
        for size in [0, 39, 41] {
            let file = try MachOSigner().sign(Self.unsigned, MachOSigner.adHoc(text: size))
            #expect(try Self.compare(file).grade == .different, "\(size)")
        }
        // The hardened runtime only takes away.
        #expect(try Self.compare(try Self.signed(flags: 0x10000)).grade == .identicalOutsideSignature)
    }

    /// The SDK of the program is what the version of the runtime follows from.
    @Test func theVersionOfTheRuntimeIsThatOfTheSDK() throws {
        var object = Self.object
        let sdk: [UInt8] = [0, 12, 3, 0]
        object.commands = [[0x32, 0, 0, 0, 24, 0, 0, 0, 1, 0, 0, 0, 0, 0, 11, 0] + sdk.reversed() + [0, 0, 0, 0]]
        let unsigned = object.file()
        func grade(_ runtime: [UInt8], _ unsigned: [UInt8] = unsigned) throws -> Grade {
            let make = MachOSigner.adHoc(flags: 0x10002, text: object.linkEditStart, runtime: runtime)
            return try Self.compare(try MachOSigner().sign(unsigned, make), unsigned).grade
        }
        #expect(try grade(sdk + [0, 0, 0, 0]) == .identicalOutsideSignature)
        #expect(try grade([0, 0, 0, 0, 0, 0, 0, 0]) == .identicalOutsideSignature)
        #expect(try grade([0, 12, 3, 1, 0, 0, 0, 0]) == .different)
        #expect(try grade(sdk + [0, 0, 0, 1]) == .different)
        // The older command, with the version in another place.
        let build = object.commands
        object.commands = [[0x24, 0, 0, 0, 16, 0, 0, 0, 0, 10, 10, 0] + sdk.reversed()]
        let older = object.file()
        #expect(try grade(sdk + [0, 0, 0, 0], older) == .identicalOutsideSignature)
        #expect(try grade([0, 10, 10, 0, 0, 0, 0, 0], older) == .different)
        object.commands = build
        // Two commands that say it, and none.
        object.commands += object.commands
        let twice = object.file()
        #expect(try MachOCommands(BytesInMemory(twice)).commandCount == 7)
        let make = MachOSigner.adHoc(flags: 0x10002, text: object.linkEditStart, runtime: sdk + [0, 0, 0, 0])
        #expect(try Self.compare(try MachOSigner().sign(twice, make), twice).grade == .different)
        let none = MachOSigner.adHoc(flags: 0x10002, text: Self.text, runtime: sdk + [0, 0, 0, 0])
        #expect(try Self.compare(try MachOSigner().sign(Self.unsigned, none)).grade == .different)
    }

    @Test func onlyZerosThatAlignHashesAreOfASignature() throws {
        func grade(_ gap: [UInt8]) throws -> Grade {
            let make = MachOSigner.adHoc(text: Self.text, team: "TEAM", gap: gap)
            return try Self.compare(try MachOSigner().sign(Self.unsigned, make)).grade
        }
        let zeros = [UInt8](repeating: 0, count: 11)
        #expect(try grade([]) == .identicalOutsideSignature && grade(zeros) == .identicalOutsideSignature)
        for count in [10, 12, 27] {
            #expect(try grade([UInt8](repeating: 0, count: count)) == .different, "\(count)")
        }
        for place in zeros.indices { #expect(try grade(zeros.with([1], at: place)) == .different, "byte \(place)") }
    }

    @Test func anAdHocSignatureStandsForACertifiedOne() throws {
        let adHoc = try MachOSigner().sign(Self.unsigned, MachOSigner.adHoc(text: Self.text))
        for message in [900, 40_000] {
            let make = MachOSigner.certified(text: Self.text, message: message)
            let item = try Self.compare(try MachOSigner().sign(Self.unsigned, make), adHoc)
            #expect(item.grade == .identicalOutsideSignature && item.causes == [.signature], "\(item.places)")
        }
        // The runtime is hardened in one, a linker's flag stands without the other, or beside a message.
        for flags in [0x10000, 0x4, 0x20000, 0x2, 0x20002] as [UInt64] {
            #expect(try Self.compare(try Self.signed(flags: flags), adHoc).grade == .different, "\(flags)")
        }
        let runtime = try MachOSigner().sign(Self.unsigned, MachOSigner.adHoc(flags: 0x10002, text: Self.text))
        #expect(try Self.compare(try Self.signed(flags: 0x10000), runtime).grade == .identicalOutsideSignature)
        #expect(try Self.compare(try Self.signed(), runtime).grade == .different)
        #expect(try Self.compare(try Self.signed([88: 0x62]), adHoc).grade == .different)
        // A signer leaves the size in memory as it is where there is room.
        var object = Self.object
        object.signature = MachOSigner.adHoc(text: Self.text)(object.signatureStart)
        let roomy = Self.unsigned.with([0, 0x80], at: object.segmentStarts[1] + 32)
        let kept = try MachOSigner(keepsMemorySize: true).sign(roomy, MachOSigner.adHoc(text: Self.text))
        let large = try MachOSigner().sign(roomy, MachOSigner.certified(text: Self.text, message: 20_000))
        #expect(try Self.compare(large, kept).grade == .identicalOutsideSignature)
        #expect(try Self.compare(large, kept.with([0, 0x81], at: object.segmentStarts[1] + 32)).grade == .different)
    }
}
