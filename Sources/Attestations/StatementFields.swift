import Digests
package import Encodings

// How the values of statements are spelled in JSON: digests in hex, names from the source escaped as in a manifest.

extension JSON {
    /// Raw bytes of the source, in the escaped spelling of docs/formats/manifest.md.
    static func escaped(_ bytes: [UInt8]) -> JSON {
        .string(String(decoding: TreePath.escape(bytes), as: UTF8.self))
    }

    /// A count; values above 2^63 - 1 cannot be spelled and are written as that, which no reader takes for equal.
    static func count(_ count: UInt64) -> JSON {
        .integer(Int64(clamping: count))
    }
}

extension JSONFields {
    mutating func digest(_ name: Text) throws(UnexpectedJSON) -> Digest {
        try value(name, expected: "64 lower-case hex digits") { Digest(hex: $0) }
    }

    mutating func objectID(_ name: Text) throws(UnexpectedJSON) -> GitObjectID {
        try value(name, expected: "40 lower-case hex digits") { GitObjectID(hex: $0) }
    }

    mutating func timestamp(_ name: Text) throws(UnexpectedJSON) -> Timestamp {
        try value(name, expected: "a time as 2026-11-23T22:00:00Z") { Timestamp($0) }
    }

    mutating func escaped(_ name: Text) throws(UnexpectedJSON) -> [UInt8] {
        try value(name, expected: "an escaped name") { try? TreePath.unescape($0.utf8) }
    }

    mutating func path(_ name: Text) throws(UnexpectedJSON) -> TreePath {
        try value(name, expected: "an escaped path") { try? TreePath(escaped: $0.utf8) }
    }

    /// Takes a string that is the raw value of one case of `Choice`.
    package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: Text,
        of type: Choice.Type
    ) throws(UnexpectedJSON) -> Choice {
        let names = Choice.allCases.map(\.rawValue).joined(separator: " or ")
        return try value(name, expected: names) { text in
            Choice.allCases.first { Text($0.rawValue) == text }
        }
    }

    /// Takes an array and reads each element, which errors name by its index.
    package mutating func list<Element>(
        _ name: Text,
        _ read: (JSON, String) throws(UnexpectedJSON) -> Element
    ) throws(UnexpectedJSON) -> [Element] {
        let place = place(of: name)
        var elements: [Element] = []
        for (index, value) in try array(name).enumerated() {
            elements.append(try read(value, "\(place)[\(index)]"))
        }
        return elements
    }

    /// Takes a field that must be there and may be null.
    mutating func nullable<Value>(
        _ name: Text,
        _ read: (JSON, String) throws(UnexpectedJSON) -> Value
    ) throws(UnexpectedJSON) -> Value? {
        let value = try required(name)
        return value == .null ? nil : try read(value, place(of: name))
    }

    /// Takes a text for people: not empty, at most 4,096 bytes.
    mutating func shortText(_ name: Text) throws(UnexpectedJSON) -> Text {
        let text = try text(name)
        try StatementText.check(text, at: place(of: name))
        return text
    }

    /// Takes a text that may be absent.
    mutating func optionalText(_ name: Text) throws(UnexpectedJSON) -> Text? {
        switch optional(name) {
        case nil: return nil
        case .string(let text): return text
        default: throw UnexpectedJSON(place(of: name), .wrongType(expected: "a string"))
        }
    }

    /// Takes an object, whose fields are then to be taken.
    mutating func object(_ name: Text) throws(UnexpectedJSON) -> JSONFields {
        try JSONFields(try required(name), at: place(of: name))
    }

    /// Takes an object of exactly one digest, `sha256`.
    mutating func sha256(_ name: Text) throws(UnexpectedJSON) -> Digest {
        var digests = try object(name)
        let digest = try digests.digest("sha256")
        try digests.finish()
        return digest
    }

    /// Takes the fields `product` and `version`.
    mutating func release() throws(UnexpectedJSON) -> ReleaseName {
        let (product, version) = (try text("product"), try text("version"))
        guard let release = ReleaseName(product: product, version: version) else {
            throw UnexpectedJSON(place(of: "product"), .badValue(expected: "a name and a version of plain characters"))
        }
        return release
    }
}

/// A text of a statement that is for people: a name, a reason.
enum StatementText {
    /// The most bytes.
    static let maximumByteCount = 4096

    /// Refuses what is empty, too long, or holds a control character.
    static func check(_ text: Text, at place: String) throws(UnexpectedJSON) {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        guard (1...maximumByteCount).contains(text.utf8.count), isPlain else {
            let expected = "1 to \(maximumByteCount) bytes of text without control characters"
            throw UnexpectedJSON(place, .badValue(expected: expected))
        }
    }
}
