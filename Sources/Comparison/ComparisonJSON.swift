import Attestations
import BuildStatements
package import Encodings
import Verification

extension ComparedItem {
    /// The comparison as compact JSON, docs/formats/comparison.md; `write` gets it piece by piece.
    package func writeJSON<Failure>(to write: @escaping ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        var output = PiecewiseOutput(to: write)
        let head = [
            JSON.Member("format", .string("vitrine-comparison/v1")), .init("grade", .string(grade.rawValue)),
            .init("summary", .string(account.summary)),
        ]
        output.open(head, "item")
        try append(to: &output)
        output.bytes.append(UInt8(ascii: "}"))
        try output.flush()
    }

    private func append<Failure>(to output: inout PiecewiseOutput<Failure>) throws(Failure) {
        output.open(fields, "members")
        output.bytes.append(UInt8(ascii: "["))
        for (index, member) in members.enumerated() {
            if index > 0 { output.bytes.append(UInt8(ascii: ",")) }
            try member.append(to: &output)
        }
        output.bytes += "]}".utf8
        try output.settle()
    }

    /// All of an item but its members.
    private var fields: [JSON.Member] {
        [
            JSON.Member("name", .string(ASCII.escape(name, limit: ComparedItem.nameLimit))),
            .init("format", .string(format)),
            .init("presence", .string(presence.rawValue)),
            .init("shipped", shipped?.json ?? .null),
            .init("rebuilt", rebuilt?.json ?? .null),
            .init("grade", .string(grade.rawValue)),
            .init("account", account.json),
            .init("differences", .array(differences.map(\.json))),
            .init("unlistedDifferences", .integer(Int64(clamping: unlistedDifferenceCount))),
        ]
    }

    /// The most bytes of a name that are shown.
    static let nameLimit = 8192
}

extension PiecewiseOutput {
    /// Writes an object up to the value of its last member.
    fileprivate mutating func open(_ members: [JSON.Member], _ last: Text) {
        JSON.object(members + [JSON.Member(last, .null)]).append(to: &bytes)
        bytes.removeLast("null}".utf8.count)
    }
}

extension ByteAccount {
    /// The line for those who read one line: how much the rebuild has too, never rounded up, and what nothing explains.
    package var summary: String {
        guard total > 0 else { return "no bytes were shipped, 0 unexplained" }
        let share = "\(ByteAccount.percentage(reproduced, of: total)) of \(ByteAccount.grouped(total)) bytes reproduced"
        return "\(share), \(ByteAccount.grouped(unexplained)) unexplained"
    }

    /// All counts and their sum.
    package var json: JSON {
        .object(
            [JSON.Member("total", .integer(Int64(clamping: total)))]
                + Class.allCases.map { .init(Text($0.rawValue), .integer(Int64(clamping: self[$0]))) }
        )
    }

    /// Hundredths of a percent, cut.
    private static func percentage(_ part: UInt64, of total: UInt64) -> String {
        guard part < total else { return "100.00 %" }
        // The quotient is below 10,000 since the part is below the total.
        let share = total.dividingFullWidth(part.multipliedFullWidth(by: 10_000)).quotient
        return "\(share / 100).\(share % 100 < 10 ? "0" : "")\(share % 100) %"
    }

    private static func grouped(_ number: UInt64) -> String {
        let digits = Array(String(number))
        return digits.enumerated().reduce("") { text, digit in
            let isBoundary = digit.offset > 0 && (digits.count - digit.offset).isMultiple(of: 3)
            return text + (isBoundary ? "," : "") + String(digit.element)
        }
    }
}

extension ComparedItem.Content {
    fileprivate var json: JSON {
        .object([
            .init("size", .integer(Int64(clamping: size))),
            .init("sha256", digest.map { .string($0.hex) } ?? .null),
        ])
    }
}

extension ByteDifference {
    fileprivate var json: JSON {
        .object([
            .init("place", .string(place)),
            .init(
                "range",
                range.map {
                    .array([.integer(Int64(clamping: $0.lowerBound)), .integer(Int64(clamping: $0.upperBound))])
                }
                    ?? .null
            ),
            .init("bytes", .integer(Int64(clamping: byteCount))),
            .init("class", .string(accountedAs.rawValue)),
            .init("cause", .string(cause.rawValue)),
            .init("fix", fix.map { .string($0) } ?? .null),
            .init("view", view?.json ?? .null),
        ])
    }
}

extension ByteDifference.View {
    fileprivate var json: JSON {
        switch self {
        case .hex(let shippedOffset, let shipped, let rebuiltOffset, let rebuilt):
            .object([
                .init("kind", .string("hex")),
                .init("shippedOffset", .integer(Int64(clamping: shippedOffset))),
                .init("shipped", .string(Hex.encode(shipped))),
                .init("rebuiltOffset", .integer(Int64(clamping: rebuiltOffset))),
                .init("rebuilt", .string(Hex.encode(rebuilt))),
            ])
        case .text(let lines):
            .object([.init("kind", .string("text")), .init("lines", .array(lines.map(\.json)))])
        case .property(let shipped, let rebuilt):
            .object([
                .init("kind", .string("property")),
                .init("shipped", .string(ASCII.escape(shipped))),
                .init("rebuilt", .string(ASCII.escape(rebuilt))),
            ])
        }
    }
}

extension ByteDifference.Line {
    fileprivate var json: JSON {
        func number(_ number: Int?) -> JSON { number.map { .integer(Int64($0)) } ?? .null }
        let side =
            switch self.side {
            case .both: "both"
            case .shipped: "shipped"
            case .rebuilt: "rebuilt"
            }
        return .object([
            .init("side", .string(side)),
            .init("shippedNumber", number(shippedNumber)),
            .init("rebuiltNumber", number(rebuiltNumber)),
            .init("text", .string(ASCII.escape(bytes))),
        ])
    }
}
