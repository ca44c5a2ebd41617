/// Why a JSON value has not the shape its format asks for.
package struct UnexpectedJSON: Error, Hashable, Sendable {
    /// The closed list of reasons.
    package enum Reason: Hashable, Sendable {
        case missing
        case unknownField
        case wrongType(expected: String)
        case badValue(expected: String)
    }

    /// Where in the document, as `predicate.git.commit`.
    package let place: String
    /// What is wrong there.
    package let reason: Reason

    /// Names a place and what is wrong there.
    package init(_ place: String, _ reason: Reason) {
        self.place = place
        self.reason = reason
    }
}

extension UnexpectedJSON: CustomStringConvertible {
    /// The place and the reason.
    package var description: String {
        switch reason {
        case .missing: "\(place): missing"
        case .unknownField: "\(place): unknown field"
        case .wrongType(let expected): "\(place): not \(expected)"
        case .badValue(let expected): "\(place): not \(expected)"
        }
    }
}

/// Takes the fields of one JSON object, one by one, each at most once.
///
/// A format that refuses unknown fields ends with ``finish()``.
package struct JSONFields {
    private let place: String
    private var rest: [JSON.Member]

    /// Opens an object; `place` is how errors name it.
    package init(_ value: JSON, at place: String) throws(UnexpectedJSON) {
        guard case .object(let members) = value else {
            throw UnexpectedJSON(place, .wrongType(expected: "an object"))
        }
        self.place = place
        rest = members
    }

    /// How errors name the field `name`.
    package func place(of name: Text) -> String { place.isEmpty ? name.string : "\(place).\(name.string)" }

    /// Takes a field that may be absent.
    package mutating func optional(_ name: Text) -> JSON? {
        guard let index = rest.firstIndex(where: { $0.name == name }) else { return nil }
        return rest.remove(at: index).value
    }

    /// Takes a field that must be there.
    package mutating func required(_ name: Text) throws(UnexpectedJSON) -> JSON {
        guard let value = optional(name) else { throw UnexpectedJSON(place(of: name), .missing) }
        return value
    }

    /// Takes a string that must be there.
    package mutating func text(_ name: Text) throws(UnexpectedJSON) -> Text {
        guard case .string(let text) = try required(name) else {
            throw UnexpectedJSON(place(of: name), .wrongType(expected: "a string"))
        }
        return text
    }

    /// Takes a string that must be there and that `read` understands; `expected` says what it should be.
    package mutating func value<Value>(
        _ name: Text,
        expected: String,
        _ read: (Text) -> Value?
    ) throws(UnexpectedJSON) -> Value {
        guard let value = read(try text(name)) else {
            throw UnexpectedJSON(place(of: name), .badValue(expected: expected))
        }
        return value
    }

    /// Takes a whole number that must be there and not be negative.
    package mutating func count(_ name: Text) throws(UnexpectedJSON) -> UInt64 {
        guard case .integer(let value) = try required(name), let count = UInt64(exactly: value) else {
            throw UnexpectedJSON(place(of: name), .wrongType(expected: "a whole number"))
        }
        return count
    }

    /// Takes a boolean that must be there.
    package mutating func boolean(_ name: Text) throws(UnexpectedJSON) -> Bool {
        guard case .boolean(let value) = try required(name) else {
            throw UnexpectedJSON(place(of: name), .wrongType(expected: "true or false"))
        }
        return value
    }

    /// Takes an array that must be there.
    package mutating func array(_ name: Text) throws(UnexpectedJSON) -> [JSON] {
        guard case .array(let values) = try required(name) else {
            throw UnexpectedJSON(place(of: name), .wrongType(expected: "an array"))
        }
        return values
    }

    /// Refuses whatever was not taken.
    package func finish() throws(UnexpectedJSON) {
        guard let first = rest.first else { return }
        throw UnexpectedJSON(place(of: first.name), .unknownField)
    }
}
