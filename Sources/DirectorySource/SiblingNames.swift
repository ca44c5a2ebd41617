import Encodings
import Verification

/// The names of one directory, to find those that a file system could take for one.
struct SiblingNames {
    /// A name that was there before, and what makes it the same.
    struct Clash {
        let name: [UInt8]
        let rule: Finding.Rule
    }

    // Names in ASCII: their bytes, each ended by NUL.
    private var ascii: [UInt8] = []
    // Those that a later name may clash with, by a hash of the lower-case spelling: where the name stands. In raw order
    // the spelling without capitals comes last, so that names without them need not be looked for.
    private var places: [UInt64: Range<Int>] = [:]
    // Whether `places` holds names without capitals too.
    private var isComplete = false
    // Other names, by their lower-case text, which `String` compares by canonical equivalence.
    private var texts: [String: [UInt8]] = [:]

    /// Adds the name at `range` of `path`; the earlier name that it clashes with.
    ///
    /// Names come in raw order. A name that is not UTF-8 clashes with none: no file system folds it.
    mutating func insert(_ path: [UInt8], _ range: Range<Int>, _ traits: NameTraits) -> Clash? {
        if traits.isASCII { return insertASCII(path, range, hasCapitals: traits.hasCapitals) }
        let name = Array(path[range])
        guard let text = Text(utf8: name)?.string else { return nil }
        let key = text.lowercased()
        if let spelling = SiblingNames.asciiSpelling(key) {
            completePlaces()
            if let earlier = earlierASCII(spelling, 0..<spelling.count) {
                return SiblingNames.clash(earlier, with: name)
            }
        }
        guard let earlier = texts.updateValue(name, forKey: key) else { return nil }
        return SiblingNames.clash(earlier, with: name)
    }

    private mutating func insertASCII(_ path: [UInt8], _ range: Range<Int>, hasCapitals: Bool) -> Clash? {
        if let earlier = earlierASCII(path, range) {
            return SiblingNames.clash(earlier, with: Array(path[range]))
        }
        let start = ascii.count
        ascii.append(contentsOf: path[range])
        ascii.append(0)
        let place = start..<ascii.count - 1
        guard hasCapitals || isComplete || !texts.isEmpty else { return nil }
        // Where two different names share a hash the later one is found by its text.
        let isShared = places.updateValue(place, forKey: SiblingNames.hash(path, range)) != nil
        guard isShared || !texts.isEmpty else { return nil }
        let name = Array(path[range])
        let key = String(decoding: name, as: UTF8.self).lowercased()
        return texts.updateValue(name, forKey: key).map { SiblingNames.clash($0, with: name) }
    }

    private func earlierASCII(_ path: [UInt8], _ range: Range<Int>) -> [UInt8]? {
        guard !places.isEmpty, let place = places[SiblingNames.hash(path, range)], place.count == range.count
        else { return nil }
        for (index, other) in zip(range, place) {
            guard SiblingNames.lower(path[index]) == SiblingNames.lower(ascii[other]) else { return nil }
        }
        return Array(ascii[place])
    }

    /// Makes every ASCII name findable, for the rare name outside ASCII that is the same as one inside.
    private mutating func completePlaces() {
        guard !isComplete else { return }
        isComplete = true
        var start = 0
        for end in ascii.indices where ascii[end] == 0 {
            places[SiblingNames.hash(ascii, start..<end)] = start..<end
            start = end + 1
        }
    }

    private static func clash(_ earlier: [UInt8], with name: [UInt8]) -> Clash {
        // Strings are equal when they are canonically equivalent: then only the normal form differs, not the case.
        let isSameText = String(decoding: earlier, as: UTF8.self) == String(decoding: name, as: UTF8.self)
        return Clash(name: earlier, rule: isSameText ? .normalizationCollision : .caseCollision)
    }

    /// The ASCII text that is canonically equivalent to `text`; nil where there is none.
    ///
    /// Three characters decompose to one of ASCII: the Kelvin sign, which `lowercased()` has made a `k`, the Greek
    /// question mark and the Greek varia.
    private static func asciiSpelling(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0..<0x80: bytes.append(UInt8(scalar.value))
            case 0x037E: bytes.append(UInt8(ascii: ";"))
            case 0x1FEF: bytes.append(UInt8(ascii: "`"))
            default: return nil
            }
        }
        return bytes
    }

    /// FNV-1a, 64 bits, of the lower-case spelling.
    private static func hash(_ path: [UInt8], _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range {
            hash = (hash ^ UInt64(lower(path[index]))) &* 0x0000_0100_0000_01B3
        }
        return hash
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
