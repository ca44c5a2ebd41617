import Attestations
import BuildStatements
import TestSupport
import Testing

@testable import Comparison

@Suite struct RpmLayoutTests {
    /// A header structure: tag, type, number of values, bytes.
    static func header(_ entries: [(UInt32, UInt32, UInt32, [UInt8])]) -> [UInt8] {
        func number(_ value: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) }
        }
        var index: [UInt8] = []
        var store: [UInt8] = []
        for (tag, type, count, bytes) in entries {
            if type == 4 { store += [UInt8](repeating: 0, count: (4 - store.count % 4) % 4) }
            index += number(tag) + number(type) + number(UInt32(store.count)) + number(count)
            store += bytes
        }
        return [0x8E, 0xAD, 0xE8, 1, 0, 0, 0, 0] + number(UInt32(entries.count)) + number(UInt32(store.count)) + index
            + store
    }

    /// A package with a digest, a signature, and room for more of them.
    static func package(room: [UInt8] = [0, 0, 0, 0], fill: [UInt8]? = nil) -> [UInt8] {
        var lead = [UInt8](repeating: 0, count: 96)
        lead.replaceSubrange(0..<5, with: [0xED, 0xAB, 0xEE, 0xDB, 3])
        lead[79] = 5
        let signatures = header([
            (273, 6, 1, Array("abcd\0".utf8)), (268, 7, 3, [7, 8, 9]), (1008, 7, UInt32(room.count), room),
        ])
        let padding = [UInt8](repeating: 0, count: (8 - (96 + signatures.count) % 8) % 8)
        let main = header([
            (1000, 6, 1, Array("p\0".utf8)), (1006, 4, 1, [1, 2, 3, 4]), (1007, 6, 1, Array("host\0".utf8)),
            (1117, 8, 2, Array("a\0b\0".utf8)),
        ])
        return lead + signatures + (fill ?? padding) + main + Array("payload".utf8)
    }

    @Test func findsTheSignatureArea() throws {
        let bytes = Self.package()
        let container = try ContainerReader.rpm.layout(bytes)
        let kinds: [(String, FileLayout.Region.Kind, Int)] = [
            ("lead", .header, 96), ("tag and type of SHA-256 of the header", .header, 8),
            ("size of the signature header", .signature, 16), ("place of SHA-256 of the header", .signature, 4),
            ("entry of RSA signature", .signature, 16), ("entry of reserved space", .signature, 16),
            ("SHA-256 of the header", .checksum, 5), ("RSA signature", .signature, 3),
            ("reserved space", .signature, 4), ("padding behind the signature header", .signature, 4),
            ("build time", .timestamp, 4), ("build host", .header, 5), ("padding in the header", .padding, 2),
            ("tag 1117 of the header", .header, 4), ("payload", .member, 7),
        ]
        for (name, kind, count) in kinds {
            let range = try container.range(name)
            #expect(try range.count == count && container.region(at: range.lowerBound).kind == kind, "\(name)")
        }
    }

    @Test func seesBytesInTheRoomForSignatures() throws {
        let room = try ContainerReader.rpm.layout(Self.package(room: [0, 0, 0, 1]))
        #expect(try room.region(at: room.range("reserved space").lowerBound).kind == .padding)
        let fill = try ContainerReader.rpm.layout(Self.package(fill: [0, 0, 0, 1]))
        #expect(try fill.region(at: fill.range("padding behind the signature header").lowerBound).kind == .padding)
    }

    /// A package with these entries in the signature header.
    private static func signed(_ entries: [(UInt32, UInt32, UInt32, [UInt8])]) -> [UInt8] {
        let signatures = header(entries)
        let padding = [UInt8](repeating: 0, count: (8 - (96 + signatures.count) % 8) % 8)
        return package()[..<96] + signatures + padding + header([(1000, 6, 1, Array("p\0".utf8))]) + [1]
    }

    @Test func countsOnlySmallSignaturesOfTheirTypeAsThat() throws {
        func kind(_ tag: UInt32, _ type: UInt32, _ bytes: [UInt8]) throws -> FileLayout.Region.Kind {
            let container = try ContainerReader.rpm.layout(Self.signed([(tag, type, UInt32(bytes.count), bytes)]))
            return try container.region(at: 96 + 16 + 16).kind
        }
        #expect(try kind(268, 7, [UInt8](repeating: 7, count: 65_536)) == .signature)
        #expect(try kind(268, 7, [UInt8](repeating: 7, count: 65_537)) == .header)
        #expect(try kind(268, 2, [7]) == .header && kind(62, 7, [7]) == .header && kind(275, 7, [7]) == .header)
    }

    /// A signature moves what stands behind it, its entry and its bytes.
    @Test func signingIsAllThatDiffers() throws {
        let size: (UInt32, UInt32, UInt32, [UInt8]) = (1007, 4, 1, [0, 0, 0, 1])
        let digest: (UInt32, UInt32, UInt32, [UInt8]) = (273, 6, 1, Array("abcd\0".utf8))
        let unsigned = Self.signed([digest, size, (1008, 7, 9, [UInt8](repeating: 0, count: 9))])
        let signed = Self.signed([(268, 7, 2, [8, 9]), digest, size, (1008, 7, 3, [0, 0, 0])])
        for (one, other) in [(unsigned, signed), (signed, unsigned)] {
            let item = try Builds.compare(one, other)
            #expect(item.grade == .identicalOutsideSignature && item.account.unexplained == 0, "\(item.places)")
        }
    }

    @Test func refusesTooManySignatures() throws {
        let twice = Self.signed([(268, 7, 1, [1]), (268, 7, 1, [2])])
        #expect(try ContainerReader.rpm.refusal(twice) == "entry 268 is twice in the signature header")
        let long = [UInt8](repeating: 7, count: 65_000)
        let large = Self.signed([268, 267, 1002].map { ($0, 7, 65_000, long) })
        #expect(try ContainerReader.rpm.refusal(large) == "signatures larger than signatures are")
    }

    @Test func theIndexOfWhatIsNoSignatureIsAHeader() throws {
        let (number, bytes) = (Self.signed([(1000, 4, 1, [0, 0, 0, 1])]), Self.signed([(1000, 7, 4, [0, 0, 0, 1])]))
        #expect(number.count == bytes.count)
        let item = try Builds.compare(number, bytes)
        #expect(item.grade == .different)
        #expect(item.places.contains { $0.contains("tag and type of size of header and payload") })
    }

    @Test func refusesByName() throws {
        func refusal(_ offset: Int, _ byte: UInt8) throws -> String? {
            var bytes = Self.package()
            bytes[offset] = byte
            return try ContainerReader.rpm.refusal(bytes)
        }
        #expect(try refusal(4, 9) == "the lead is of an unknown version")
        #expect(try refusal(100, 1) == "a header does not begin as it must")
        // The second entry is moved onto the first, then behind the store.
        #expect(try refusal(96 + 16 + 16 + 11, 0) == "entry 273 overlaps another")
        #expect(try refusal(96 + 16 + 16 + 11, 200) == "entry 268 is not within the store")
        #expect(try refusal(96 + 16 + 7, 99) == "entry 273 has an unknown type")
        #expect(try ContainerReader.rpm.refusal(Array(Self.package().dropLast(7))) == "no payload")
    }

    @Test func walksTextsThatOverlapOnlyOnce() throws {
        // Each of 60,000 entries claims the same two million texts.
        var lead = Array(Self.package()[..<96])
        var main = Self.header([(1000, 8, 2_000_000, [UInt8](repeating: 0, count: 2_000_000))])
        let entry = Array(main[16..<32])
        main.replaceSubrange(8..<12, with: [0, 0, 0xEA, 0x60])
        main.replaceSubrange(16..<32, with: (0..<60_000).flatMap { _ in entry })
        lead += main
        #expect(try ContainerReader.rpm.refusal(lead) == "entry 1000 overlaps another")
    }

    @Test(.enabled(if: ContainerSamples.has("rpmbuild"), "rpmbuild is not installed"))
    func readsWhatRpmbuildWrites() throws {
        let script = """
            printf 'Name: p\\nVersion: 1\\nRelease: 1\\nSummary: s\\nLicense: l\\nBuildArch: noarch\\n%%description\\nd\\n\
            %%files\\n/a.txt\\n' > p.spec
            mkdir -p root && cp a.txt root/
            rpmbuild -bb --buildroot "$PWD/root" --define "_topdir $PWD/top" --define '__spec_install_pre true' \
            --define '_build_id_links none' p.spec >&2 && cat top/RPMS/noarch/*.rpm
            """
        let bytes = try ContainerSamples.shell(script)
        let container = try ContainerReader.rpm.layout(bytes)
        #expect(RpmLayout.recognises(bytes) && container.kinds.isSuperset(of: [.signature, .timestamp, .checksum]))
        #expect(try container.range("build time").count == 4 && container.range("build host").count > 1)
        #expect(try container.range("payload size").count == 4)
        #expect(try FormatSniffer.format(of: Array(bytes[container.range("payload")])) != .data)
    }
}
