package import Encodings
import SourceManifest

/// Why bytes are not a disclosure.
package enum MalformedDisclosure: Error, Hashable, Sendable {
    case tooLarge
    case notJSON(MalformedJSON)
    case notCompact
    case unexpected(UnexpectedJSON)
}

extension MalformedDisclosure: CustomStringConvertible {
    /// The reason in words.
    package var description: String {
        switch self {
        case .tooLarge: "larger than 64 MiB"
        case .notJSON(let malformed): malformed.description
        case .notCompact: "not one line of compact JSON"
        case .unexpected(let unexpected): unexpected.description
        }
    }
}

extension Disclosure {
    /// The most bytes of a disclosure: 64 MiB.
    package static let maximumByteCount = 64 << 20

    /// Reads a disclosure, strictly; nothing is proven by that.
    package init(parsing bytes: [UInt8]) throws(MalformedDisclosure) {
        guard bytes.count <= Disclosure.maximumByteCount else { throw .tooLarge }
        let value: JSON
        do throws(MalformedJSON) {
            value = try JSON(parsing: bytes)
        } catch {
            throw .notJSON(error)
        }
        guard value.compact + [UInt8(ascii: "\n")] == bytes else { throw .notCompact }
        do throws(UnexpectedJSON) {
            try self.init(value)
        } catch {
            throw .unexpected(error)
        }
    }

    /// The bytes of the file: one line of compact JSON.
    package var bytes: [UInt8] {
        let value = JSON.object([
            .init("format", .string("vitrine-disclosure/v1")), .init("form", .string(form.name)),
            .init("envelopes", .array(envelopes)), .init("items", .array(items.map { $0.json })),
        ])
        return value.compact + [UInt8(ascii: "\n")]
    }

    private init(_ value: JSON) throws(UnexpectedJSON) {
        var fields = try JSONFields(value, at: "")
        guard try fields.text("format") == "vitrine-disclosure/v1" else {
            throw UnexpectedJSON("format", .badValue(expected: "vitrine-disclosure/v1"))
        }
        let form = try fields.value("form", expected: "open or blinded") { text -> ManifestForm? in
            text == "open" ? .open : text == "blinded" ? .blinded : nil
        }
        let envelopes = try fields.array("envelopes")
        var items: [DisclosedItem] = []
        for (index, item) in try fields.array("items").enumerated() {
            items.append(try DisclosedItem(item, at: "items.\(index)"))
        }
        try fields.finish()
        self.init(form: form, envelopes: envelopes, orderedItems: items)
    }
}

extension DisclosedItem {
    fileprivate init(_ value: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(value, at: place)
        let kind = try fields.text("kind")
        let path = try fields.value("path", expected: "a path in its escaped spelling") {
            try? TreePath(escaped: $0.utf8)
        }
        switch kind {
        case "file":
            self = .file(
                DisclosedFile(
                    path: path,
                    entry: try fields.entry("entry"),
                    index: try fields.count("index"),
                    proof: try fields.digests("proof")
                )
            )
        case "opened-leaf":
            self = .openedLeaf(
                OpenedLeaf(
                    path: path,
                    entry: try fields.entry("entry"),
                    salt: try fields.value("salt", expected: "64 lower-case hexadecimal digits") { Digest(hex: $0) },
                    index: try fields.count("index"),
                    proof: try fields.digests("proof")
                )
            )
        case "directory":
            self = .directory(DisclosedDirectory(path: path, stretch: try fields.stretch(hasEntries: true)))
        case "absent":
            let gap = try fields.stretch(hasEntries: false)
            var gapBeneath: Stretch?
            if let beneath = fields.optional("beneath") {
                var inner = try JSONFields(beneath, at: fields.place(of: "beneath"))
                gapBeneath = try inner.stretch(hasEntries: false)
                try inner.finish()
            }
            self = .absent(ProvenAbsence(path: path, gap: gap, gapBeneath: gapBeneath))
        default:
            throw UnexpectedJSON(
                fields.place(of: "kind"),
                .badValue(expected: "file, opened-leaf, directory or absent")
            )
        }
        try fields.finish()
    }

    fileprivate var json: JSON {
        switch self {
        case .file(let item):
            .object([
                .init("kind", .string("file")), .init("path", .string(item.path.escaped)),
                .init("entry", item.entry.json), .init("index", .integer(Int64(clamping: item.index))),
                .init("proof", .digests(item.proof)),
            ])
        case .openedLeaf(let item):
            .object([
                .init("kind", .string("opened-leaf")), .init("path", .string(item.path.escaped)),
                .init("entry", item.entry.json), .init("salt", .string(item.salt.hex)),
                .init("index", .integer(Int64(clamping: item.index))), .init("proof", .digests(item.proof)),
            ])
        case .directory(let item):
            .object(
                [.init("kind", .string("directory")), .init("path", .string(item.path.escaped))]
                    + item.stretch.members(withEntries: true)
            )
        case .absent(let item):
            .object(
                [.init("kind", .string("absent")), .init("path", .string(item.path.escaped))]
                    + item.gap.members(withEntries: false)
                    + (item.gapBeneath.map { [.init("beneath", .object($0.members(withEntries: false)))] } ?? [])
            )
        }
    }
}

extension Stretch {
    fileprivate func members(withEntries: Bool) -> [JSON.Member] {
        var members: [JSON.Member] = [
            .init("start", .integer(Int64(clamping: start))), .init("previous", previous?.json ?? .null),
        ]
        if withEntries { members.append(.init("entries", .array(entries.map { $0.json }))) }
        members.append(.init("next", next?.json ?? .null))
        members.append(.init("proof", .digests(proof)))
        return members
    }
}

extension Entry {
    fileprivate var json: JSON { .string(String(decoding: line, as: UTF8.self)) }

    fileprivate init(_ value: JSON, at place: String) throws(UnexpectedJSON) {
        guard case .string(let text) = value else {
            throw UnexpectedJSON(place, .wrongType(expected: "a string"))
        }
        do throws(MalformedManifest.Reason) {
            try self.init(parsing: text.utf8)
        } catch {
            throw UnexpectedJSON(place, .badValue(expected: "a manifest line: \(error.description)"))
        }
    }
}

extension JSON {
    fileprivate static func digests(_ digests: [Digest]) -> JSON {
        .array(digests.map { .string(Base64.encode($0.bytes)) })
    }
}

extension JSONFields {
    fileprivate mutating func entry(_ name: Text) throws(UnexpectedJSON) -> Entry {
        try Entry(try required(name), at: place(of: name))
    }

    /// An entry, or nil for `null`; the field must be there.
    fileprivate mutating func neighbour(_ name: Text) throws(UnexpectedJSON) -> Entry? {
        let value = try required(name)
        return value == .null ? nil : try Entry(value, at: place(of: name))
    }

    fileprivate mutating func digests(_ name: Text) throws(UnexpectedJSON) -> [Digest] {
        var digests: [Digest] = []
        for value in try array(name) {
            guard case .string(let text) = value, let digest = Base64.decode(text).flatMap({ Digest($0) }) else {
                throw UnexpectedJSON(place(of: name), .badValue(expected: "hashes in base64"))
            }
            digests.append(digest)
        }
        return digests
    }

    fileprivate mutating func stretch(hasEntries: Bool) throws(UnexpectedJSON) -> Stretch {
        let start = try count("start")
        let previous = try neighbour("previous")
        var entries: [Entry] = []
        if hasEntries {
            for value in try array("entries") {
                entries.append(try Entry(value, at: place(of: "entries")))
            }
        }
        let next = try neighbour("next")
        return Stretch(start: start, previous: previous, entries: entries, next: next, proof: try digests("proof"))
    }
}
