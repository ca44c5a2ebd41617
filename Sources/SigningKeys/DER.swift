/// The part of DER (X.690) that keys are made of: definite, shortest lengths and single-byte tags.
package enum DER {
    /// The tags that keys use.
    package enum Tag: UInt8 {
        case integer = 0x02
        case bitString = 0x03
        case octetString = 0x04
        case objectIdentifier = 0x06
        case sequence = 0x30
    }

    /// An element with `tag` and `content`.
    package static func element(_ tag: Tag, _ content: [UInt8]) -> [UInt8] {
        var bytes = [tag.rawValue]
        if content.count < 0x80 {
            bytes.append(UInt8(content.count))
        } else {
            let length = content.count.bigEndianBytes
            bytes.append(0x80 | UInt8(length.count))
            bytes.append(contentsOf: length)
        }
        return bytes + content
    }

    /// Reads elements one after the other; every read that fails is nil.
    package struct Reader {
        private var rest: ArraySlice<UInt8>

        /// Starts at the first of `bytes`.
        package init(_ bytes: ArraySlice<UInt8>) {
            rest = bytes
        }

        /// Whether everything was read.
        package var isAtEnd: Bool { rest.isEmpty }

        /// The content of the next element, which must have `tag`.
        package mutating func read(_ tag: Tag) -> ArraySlice<UInt8>? {
            guard rest.first == tag.rawValue else { return nil }
            var after = rest.dropFirst()
            guard let length = Reader.length(&after), length <= after.count else { return nil }
            rest = after.dropFirst(length)
            return after.prefix(length)
        }

        /// The whole next element with its tag and length, which must have `tag`.
        mutating func readWhole(_ tag: Tag) -> ArraySlice<UInt8>? {
            let before = rest
            guard read(tag) != nil else { return nil }
            return before[before.startIndex..<rest.startIndex]
        }

        /// The next element as a positive integer in its shortest form: big-endian, without the sign byte.
        package mutating func readPositiveInteger() -> [UInt8]? {
            guard let content = read(.integer), let first = content.first else { return nil }
            guard first != 0 else {
                // A leading zero is there to keep the sign and for nothing else (X.690 section 8.3.2).
                guard let second = content.dropFirst().first, second >= 0x80 else { return nil }
                return Array(content.dropFirst())
            }
            return first < 0x80 ? Array(content) : nil
        }

        /// The next element as a positive integer that fits; nil too for a larger one.
        package mutating func readSmallInteger() -> Int? {
            guard let bytes = readPositiveInteger(), bytes.count < 8 else { return nil }
            return bytes.reduce(0) { $0 << 8 | Int($1) }
        }

        private static func length(_ bytes: inout ArraySlice<UInt8>) -> Int? {
            guard let first = bytes.popFirst() else { return nil }
            guard first >= 0x80 else { return Int(first) }
            let count = Int(first & 0x7F)
            guard 1...3 ~= count, bytes.count >= count, bytes.first != 0 else { return nil }
            var length = 0
            for _ in 0..<count {
                length = length << 8 | Int(bytes.removeFirst())
            }
            return length >= 0x80 ? length : nil
        }
    }
}

extension Int {
    /// The bytes of a positive number, big-endian, without leading zeros.
    fileprivate var bigEndianBytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * $0)) }.drop { $0 == 0 }.map(\.self)
    }
}
