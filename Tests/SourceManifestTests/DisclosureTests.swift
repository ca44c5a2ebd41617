import Disclosures
import Encodings
import Merkle
import MerkleProofs
import PureSHA256
import SourceManifest
import Testing

@Suite struct DisclosureTests {
    /// A disclosure of every kind of item, and the tree it is taken from.
    private struct Open {
        let manifest: Manifest
        let tree: MerkleTree
        let disclosure: Disclosure
        var size: UInt64 { UInt64(manifest.count) }

        init(_ paths: [String], of manifest: Manifest) throws {
            var hasher = PureSHA256()
            self.manifest = manifest
            let tree = manifest.tree(using: &hasher)
            self.tree = tree
            let items = try paths.map { try manifest.disclose(Samples.path($0), tree: tree) }
            disclosure = Disclosure(form: .open, envelopes: [.object([])], items: items)
        }

        func isTrue(_ item: DisclosedItem) -> Bool {
            let beneath = manifest.range(beneath: item.path).map { manifest.entry(at: $0) }
            let here = manifest.index(of: item.path).map { [manifest.entry(at: $0)] } ?? []
            return item.entries == here + beneath
        }

        func check(_ disclosure: Disclosure) throws {
            var hasher = PureSHA256()
            try disclosure.check(size: size, root: tree.root, using: &hasher)
        }
    }

    static let paths = [
        "README.md", "src", "src/main.c", "src-old", "latest", "!", "src-", "src/boot/zzz", "vendor", "zzz",
        "src.txt/x",
    ]

    @Test func everyKindIsShown() throws {
        let open = try Open(Self.paths, of: Samples.tree())
        try open.check(open.disclosure)
        for item in open.disclosure.items {
            #expect(open.isTrue(item))
        }
        let read = try Disclosure(parsing: open.disclosure.bytes)
        #expect(read == open.disclosure)
        #expect(read.bytes == open.disclosure.bytes)
    }

    /// `src` is absent, though names around it and between `src` and `src/` are there.
    @Test(arguments: [
        [], ["a"], ["z"], ["a", "z"], ["src-old/x"], ["src!"], ["a", "src-old", "src.c", "z"], ["src0"],
        ["sr", "src%20", "src-", "src0", "srd"], ["src-", "src-/x"].dropLast(1) + ["src.d/x", "src.e"],
    ])
    func absenceHoldsAroundEveryNeighbour(_ paths: [String]) throws {
        let open = try Open(["src"], of: Samples.manifest(paths))
        try open.check(open.disclosure)
        guard case .absent(let absence) = open.disclosure.items[0] else {
            Issue.record("not absent")
            return
        }
        let between = paths.filter { $0 > "src" && $0 < "src/" || $0 == "src%20" }
        #expect((absence.gapBeneath == nil) == between.isEmpty)
        #expect(try Disclosure(parsing: open.disclosure.bytes) == open.disclosure)
    }

    /// Every gap of the tree, given as proof that a path is absent which is there, or beneath which something is.
    @Test func nothingThatIsThereIsShownAbsent() throws {
        let manifest = try Samples.manifest(["a", "src!", "src-old", "src/a", "src/b", "src0", "z"])
        let gaps = (0...manifest.count).map { place in
            let name = place < manifest.count ? manifest.path(at: place).bytes : [0x7A, 0x7A]
            return name.dropLast() + [name[name.count - 1] - 1, 0x7E]
        }
        let open = try Open([], of: manifest)
        var stretches: [Stretch] = []
        guard case .absent(var absence) = try manifest.disclose(Samples.path("!"), tree: open.tree) else { return }
        for gap in gaps {
            guard case .absent(let found) = try manifest.disclose(TreePath(Array(gap)), tree: open.tree) else {
                continue
            }
            stretches += [found.gap, found.gapBeneath].compactMap { $0 }
        }
        #expect(stretches.count >= 4)
        for path in ["a", "src", "src/a", "src!", "z"] {
            for first in stretches {
                for second in [nil] + stretches.map(Optional.init) {
                    absence.path = try Samples.path(path)
                    absence.gap = first
                    absence.gapBeneath = second
                    let lie = Disclosure(form: .open, envelopes: [], items: [.absent(absence)])
                    #expect(throws: UnprovenDisclosure.self) { try open.check(lie) }
                }
            }
        }
    }

    @Test func aDirectoryIsShownWhole() throws {
        let open = try Open(["src"], of: Samples.tree())
        guard case .directory(let whole) = open.disclosure.items[0] else {
            Issue.record("no directory")
            return
        }
        func refuses(_ change: (inout Stretch) -> Void) {
            var directory = whole
            change(&directory.stretch)
            let lie = Disclosure(form: .open, envelopes: [], items: [.directory(directory)])
            #expect(throws: UnprovenDisclosure.self) { try open.check(lie) }
        }
        refuses { $0.entries.removeFirst() }
        refuses { $0.entries.removeLast() }
        refuses { $0.entries = [] }
        refuses { $0.entries.swapAt(0, 1) }
        refuses { $0.previous = nil }
        refuses { $0.next = nil }
        refuses { $0.start += 1 }
        refuses { $0.start = .max }
        refuses { $0.proof.removeLast() }
        refuses { $0.previous = $0.entries.removeFirst() }
        refuses { $0.next = $0.entries.removeLast() }
        // A part of the directory with a true proof of its own: the neighbours give it away.
        for part in [6..<7, 7..<8] {
            refuses { stretch in
                guard let proof = try? open.tree.rangeProof(for: part.lowerBound - 1..<part.upperBound + 1) else {
                    return
                }
                stretch.start = proof.start
                stretch.previous = open.manifest.entry(at: part.lowerBound - 1)
                stretch.entries = part.map { open.manifest.entry(at: $0) }
                stretch.next = open.manifest.entry(at: part.upperBound)
                stretch.proof = proof.path
            }
            refuses { stretch in
                guard let proof = try? open.tree.rangeProof(for: part) else { return }
                stretch.start = proof.start
                stretch.previous = nil
                stretch.entries = part.map { open.manifest.entry(at: $0) }
                stretch.next = nil
                stretch.proof = proof.path
            }
        }
    }

    @Test func everyAlteredByteIsRefused() throws {
        let open = try Open(["README.md", "src", "src-"], of: Samples.tree())
        let bytes = open.disclosure.bytes
        let envelopes = Array("\"envelopes\":[{}]".utf8)
        let start = try #require(
            bytes.indices.first { bytes[$0...].starts(with: envelopes) }
        )
        for place in bytes.indices {
            #expect(throws: MalformedDisclosure.self) { try Disclosure(parsing: Array(bytes[..<place])) }
            // The envelopes are the judge's to check.
            guard !(start..<start + envelopes.count).contains(place) else { continue }
            var altered = bytes
            altered[place] ^= 1 << UInt8(place % 7)
            guard let read = try? Disclosure(parsing: altered) else { continue }
            // Another absent path in the same gap is absent too: what still holds must be true.
            guard (try? open.check(read)) != nil else { continue }
            #expect(read.items.map(open.isTrue) == [true, true, true], "byte \(place)")
            #expect(read.items.dropLast() == open.disclosure.items.dropLast(), "byte \(place)")
        }
    }

    @Test func itemsBelongToTheirFormAndOrder() throws {
        let open = try Open(["README.md", "src"], of: Samples.tree())
        let text = String(decoding: open.disclosure.bytes, as: UTF8.self)
        let blinded = text.replacing("\"form\":\"open\"", with: "\"form\":\"blinded\"")
        let read = try Disclosure(parsing: Array(blinded.utf8))
        #expect(throws: UnprovenDisclosure.self) { try open.check(read) }
        let value = try JSON(parsing: open.disclosure.bytes)
        guard case .array(let items)? = value["items"] else {
            Issue.record("no items")
            return
        }
        for disordered in [[items[1], items[0]], [items[0], items[0]]] {
            let json = JSON.object([
                .init("format", .string("vitrine-disclosure/v1")), .init("form", .string("open")),
                .init("envelopes", .array([])), .init("items", .array(disordered)),
            ])
            let read = try Disclosure(parsing: json.compact + [0x0A])
            #expect(throws: UnprovenDisclosure.self) { try open.check(read) }
        }
    }

    @Test func otherTreesRefuse() throws {
        var hasher = PureSHA256()
        let open = try Open(Self.paths, of: Samples.tree())
        for item in open.disclosure.items {
            let one = Disclosure(form: .open, envelopes: [], items: [item])
            // Near sizes can have the same shape on the left: the size is the statement's to bind.
            for size in [0, 1, 1 << 63, .max] as [UInt64] {
                #expect(throws: UnprovenDisclosure.self) {
                    try one.check(size: size, root: open.tree.root, using: &hasher)
                }
            }
            #expect(throws: UnprovenDisclosure.self) {
                try one.check(size: open.size, root: Samples.digest("other"), using: &hasher)
            }
        }
    }

    @Test func leavesOpen() throws {
        var hasher = PureSHA256()
        let file = try Samples.secretFile()
        let blinded = try file.blinded(using: &hasher)
        let tree = blinded.tree(using: &hasher)
        var items: [DisclosedItem] = []
        for path in ["README.md", "src"] {
            items += try file.disclose(Samples.path(path), of: blinded, tree: tree, using: &hasher)
        }
        let disclosure = Disclosure(form: .blinded, envelopes: [], items: items)
        #expect(disclosure.items.map { $0.path.escaped } == ["README.md", "src/boot/start.s", "src/main.c"])
        let size = UInt64(blinded.count)
        try disclosure.check(size: size, root: tree.root, using: &hasher)
        #expect(try Disclosure(parsing: disclosure.bytes) == disclosure)
        #expect(throws: NotDisclosable.notInManifest) {
            try file.disclose(Samples.path("sr"), of: blinded, tree: tree, using: &hasher)
        }
        guard case .openedLeaf(let leaf) = disclosure.items[0] else {
            Issue.record("no opened leaf")
            return
        }
        let changes: [(inout OpenedLeaf) throws -> Void] = [
            { $0.salt = Samples.digest("salt") }, { $0.entry = try Samples.entry("README.md", "Other.\n") },
            { $0.path = try Samples.path("README") }, { $0.index += 1 }, { $0.index = .max },
            { $0.proof.removeLast() }, { $0.proof.swapAt(0, 1) },
            { $0.entry = try Samples.entry("README.md", "Read me.\n", mode: .executable) },
        ]
        for change in changes {
            var changed = leaf
            try change(&changed)
            #expect(throws: UnprovenDisclosure.self) {
                try Disclosure(form: .blinded, envelopes: [], items: [.openedLeaf(changed)])
                    .check(size: size, root: tree.root, using: &hasher)
            }
        }
    }
}
