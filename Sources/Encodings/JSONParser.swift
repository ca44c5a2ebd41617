/// Why a text is not the JSON we read: the place and the reason.
package struct MalformedJSON: Error, Hashable, Sendable {
    /// The closed list of reasons.
    package enum Reason: String, Sendable {
        case unexpectedEnd = "the text ends early"
        case unexpectedByte = "a byte that cannot stand here"
        case trailingBytes = "bytes after the value"
        case tooDeep = "nested more than 32 levels"
        case tooManyValues = "more than 3,000,000 values"
        case duplicateName = "a name twice in one object"
        case notAWholeNumber = "a number with a fraction, an exponent, a leading zero or a minus zero"
        case numberOutOfRange = "a number outside 64 bits"
        case controlCharacter = "a control character in a string"
        case badEscape = "an escape that JSON does not have"
        case loneSurrogate = "half of a surrogate pair"
        case notUTF8 = "bytes that are not UTF-8"
    }

    /// What is wrong.
    package let reason: Reason
    /// Where, in bytes from the start.
    package let offset: Int
}

extension MalformedJSON: CustomStringConvertible {
    /// The reason and the place.
    package var description: String { "malformed JSON at byte \(offset): \(reason.rawValue)" }
}

extension JSON {
    /// The deepest nesting that is read, in levels.
    package static let maximumDepth = 32
    /// The most values that are read: names, and values of any kind.
    ///
    /// A value of a few bytes takes many in memory. The largest disclosure, 64 MiB of audit paths, holds half as many.
    package static let maximumValueCount = 3_000_000

    /// Reads one JSON text (RFC 8259), strictly.
    ///
    /// Refused beyond the RFC: a byte order mark, a name twice in one object, numbers other than whole numbers of
    /// 64 bits in their shortest spelling, more than 32 levels, more than 3,000,000 values. White space between tokens is the only freedom.
    /// The caller sets the ceiling on the size by what it hands over.
    package init(parsing bytes: [UInt8]) throws(MalformedJSON) {
        guard Text.isWellFormed(bytes.span) else { throw MalformedJSON(reason: .notUTF8, offset: 0) }
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var offset = 0
    private var valueCount = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(MalformedJSON) -> JSON {
        let value = try value(depth: 1)
        skipSpace()
        guard offset == bytes.count else { throw malformed(.trailingBytes) }
        return value
    }

    private mutating func value(depth: Int) throws(MalformedJSON) -> JSON {
        guard depth <= JSON.maximumDepth else { throw malformed(.tooDeep) }
        valueCount += 1
        guard valueCount <= JSON.maximumValueCount else { throw malformed(.tooManyValues) }
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .boolean(true))
        case UInt8(ascii: "f"): return try literal("false", .boolean(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .integer(try integer())
        }
    }

    private mutating func members(depth: Int) throws(MalformedJSON) -> [JSON.Member] {
        var members: [JSON.Member] = []
        var names: Set<Text> = []
        offset += 1
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            offset += 1
            return members
        }
        while true {
            skipSpace()
            let start = offset
            valueCount += 1
            let name = try string()
            guard names.insert(name).inserted else { throw MalformedJSON(reason: .duplicateName, offset: start) }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            members.append(JSON.Member(name, try value(depth: depth + 1)))
            if try !continues(until: UInt8(ascii: "}")) { return members }
        }
    }

    private mutating func elements(depth: Int) throws(MalformedJSON) -> [JSON] {
        var elements: [JSON] = []
        offset += 1
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            offset += 1
            return elements
        }
        while true {
            elements.append(try value(depth: depth + 1))
            if try !continues(until: UInt8(ascii: "]")) { return elements }
        }
    }

    /// Reads the `,` or the closing byte after an element; whether another element follows.
    private mutating func continues(until close: UInt8) throws(MalformedJSON) -> Bool {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: ","):
            offset += 1
            return true
        case close:
            offset += 1
            return false
        default: throw malformed(.unexpectedByte)
        }
    }

    private mutating func integer() throws(MalformedJSON) -> Int64 {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let firstDigit = offset
        while offset < bytes.count, isDigit(bytes[offset]) {
            offset += 1
        }
        guard offset > firstDigit else { throw MalformedJSON(reason: .unexpectedByte, offset: start) }
        let isZero = bytes[firstDigit] == UInt8(ascii: "0")
        let follows = offset < bytes.count ? bytes[offset] : 0
        let isFraction = [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(follows)
        guard !isFraction, !(isZero && (offset > firstDigit + 1 || firstDigit > start)) else {
            throw MalformedJSON(reason: .notAWholeNumber, offset: start)
        }
        guard let value = Int64(String(decoding: bytes[start..<offset], as: UTF8.self)) else {
            throw MalformedJSON(reason: .numberOutOfRange, offset: start)
        }
        return value
    }

    private mutating func string() throws(MalformedJSON) -> Text {
        try expect(UInt8(ascii: "\""))
        var content: [UInt8] = []
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                // Cannot fail: the text was checked as a whole, and escapes give whole scalars.
                guard let text = Text(utf8: content) else { throw malformed(.notUTF8) }
                return text
            case UInt8(ascii: "\\"): try escape(into: &content)
            case 0x00...0x1F: throw malformed(.controlCharacter)
            default:
                content.append(byte)
                offset += 1
            }
        }
    }

    private mutating func escape(into content: inout [UInt8]) throws(MalformedJSON) {
        offset += 1
        let byte = try peek()
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content.append(contentsOf: try escapedScalar().utf8)
        default: throw malformed(.badEscape)
        }
    }

    private mutating func escapedScalar() throws(MalformedJSON) -> Unicode.Scalar {
        let start = offset
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // A high surrogate must be followed by an escaped low one, RFC 8259 section 7.
        guard (0xD800...0xDBFF).contains(unit), offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
            bytes[offset + 1] == UInt8(ascii: "u")
        else { throw MalformedJSON(reason: .loneSurrogate, offset: start) }
        offset += 2
        let low = try codeUnit()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw MalformedJSON(reason: .loneSurrogate, offset: start) }
        return scalar
    }

    private mutating func codeUnit() throws(MalformedJSON) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let byte = try peek()
            let lower = (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte) ? byte + 32 : byte
            guard let value = Hex.value(of: lower) else { throw malformed(.badEscape) }
            unit = unit << 4 | UInt32(value)
            offset += 1
        }
        return unit
    }

    private mutating func literal(_ word: String, _ value: JSON) throws(MalformedJSON) -> JSON {
        for byte in word.utf8 {
            try expect(byte)
        }
        return value
    }

    private mutating func expect(_ byte: UInt8) throws(MalformedJSON) {
        guard try peek() == byte else { throw malformed(.unexpectedByte) }
        offset += 1
    }

    private func peek() throws(MalformedJSON) -> UInt8 {
        guard offset < bytes.count else { throw malformed(.unexpectedEnd) }
        return bytes[offset]
    }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private func malformed(_ reason: MalformedJSON.Reason) -> MalformedJSON {
        MalformedJSON(reason: reason, offset: offset)
    }
}
