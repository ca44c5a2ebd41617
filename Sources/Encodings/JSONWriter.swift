extension JSON {
    /// The compact text: members in their order, no white space, the fewest escapes RFC 8259 section 7 allows.
    package var compact: [UInt8] {
        var output: [UInt8] = []
        append(to: &output)
        return output
    }

    /// Appends the compact text to `output`.
    package func append(to output: inout [UInt8]) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .boolean(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): output.append(contentsOf: String(value).utf8)
        case .string(let text): JSON.append(text, to: &output)
        case .array(let values):
            JSON.append(values, between: "[", and: "]", to: &output) { value, output in
                value.append(to: &output)
            }
        case .object(let members):
            JSON.append(members, between: "{", and: "}", to: &output) { member, output in
                JSON.append(member.name, to: &output)
                output.append(UInt8(ascii: ":"))
                member.value.append(to: &output)
            }
        }
    }

    private static func append<Element>(
        _ elements: [Element],
        between open: Unicode.Scalar,
        and close: Unicode.Scalar,
        to output: inout [UInt8],
        each: (Element, inout [UInt8]) -> Void
    ) {
        output.append(UInt8(ascii: open))
        var isFirst = true
        for element in elements {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            each(element, &output)
        }
        output.append(UInt8(ascii: close))
    }

    private static func append(_ text: Text, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x08: output.append(contentsOf: "\\b".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0x0A: output.append(contentsOf: "\\n".utf8)
            case 0x0C: output.append(contentsOf: "\\f".utf8)
            case 0x0D: output.append(contentsOf: "\\r".utf8)
            case 0x00...0x1F:
                output.append(contentsOf: "\\u00".utf8)
                Hex.append(byte, to: &output)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
