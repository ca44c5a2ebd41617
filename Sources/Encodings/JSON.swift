/// A JSON value as Vitrine writes and reads it: whole numbers only, no key twice.
package enum JSON: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case string(Text)
    case array([JSON])
    /// The members in the order they are written.
    case object([Member])

    /// One name and its value.
    package struct Member: Hashable, Sendable {
        /// The name, unique in its object.
        package let name: Text
        /// The value.
        package let value: JSON

        /// Pairs a name with a value.
        package init(_ name: Text, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// A string value.
    package static func string(_ string: String) -> JSON {
        .string(Text(string))
    }

    /// An array of string values.
    package static func strings(_ strings: [String]) -> JSON {
        .array(strings.map { .string(Text($0)) })
    }

    /// The value of the member `name`; nil when this is no object or has no such member.
    package subscript(name: Text) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
}
